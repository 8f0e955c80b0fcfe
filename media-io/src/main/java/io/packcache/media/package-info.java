/** Where pictures leave and enter: sinks and sources on JavaCV, the only package that touches it. */
package io.packcache.media;
