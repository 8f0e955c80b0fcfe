/**
 * Races of two threads, in every order, for jcstress. A rig holds what is raced, what either thread may do to it, and what is
 * told afterwards; a race is no more than two of those things and the outcomes that are allowed. jcstress looks for the
 * threads and the arbiter in the class of the race itself and in none above it, so each race names them again.
 */
package io.packcache.operators.stress;
