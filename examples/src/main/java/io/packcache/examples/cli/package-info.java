/** The command line. */
package io.packcache.examples.cli;
