package io.packcache.kvcache.policy;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What a setting may be, in words that follow "it must be"; for settings whose type alone does not say it. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Allowed {

    /** For example {@code a number from 0 to 1}. */
    String value();
}
