/**
 * Which tokens matter: scorers, small and shared between policies. A scorer sees one cell (layer and KV head) at a time and
 * gives one number per token; higher stays.
 */
package io.packcache.kvcache.policy.score;
