/** Policies held against each other: measures frame by frame, drawn as one HTML page that needs nothing beside it. */
package io.packcache.examples.report;
