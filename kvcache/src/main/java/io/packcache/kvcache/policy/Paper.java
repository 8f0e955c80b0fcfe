package io.packcache.kvcache.policy;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Where a policy comes from, and how much of it we could know. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Paper {

    /** What the policy keeps, in a few words. */
    String keeps();

    /** Name of the method in its paper. */
    String title();

    /** arXiv number such as {@code 2601.04359}; empty if there is no paper. */
    String arxiv() default "";

    /** What the rule here was taken from: the paper, the authors' code, a third party's code, a summary. */
    String evidence();
}
