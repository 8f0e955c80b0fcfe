/** Operator x race x library: whatever happens, every picture is released, and none twice. */
package io.packcache.operators.races;
