/** Models and sinks that do what a test says and count what they hold. */
package io.packcache.stream.testkit;
