/** What happens to the tokens that lose: they are dropped, or become part of one that stays. */
package io.packcache.kvcache.policy.fold;
