/** Checkpoints seen from outside: synthetic ones of real size, and what a folder would ask of this machine. */
package io.packcache.examples.checkpoint;
