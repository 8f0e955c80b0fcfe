/** What the operators of both families tell Micrometer. Optional: who has no Micrometer on the class path never loads it. */
package io.packcache.operators.meter;
