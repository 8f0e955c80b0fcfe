/**
 * Compares the engine with golden folders: numbers that another implementation produced on the same weights. The format
 * is described in the README beside the golden folder of the tests.
 */
package io.packcache.examples.verify;
