package dev.backlot.sdk;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What a component of a config record says about itself; see {@link ConfigSchema}. */
@Target(ElementType.RECORD_COMPONENT)
@Retention(RetentionPolicy.RUNTIME)
public @interface Setting {
  /** Returns a short name for people. */
  String title();

  /** Returns its name in configs, where the component can't have it; else empty. */
  String key() default "";

  /** Returns what it does, one or more sentences. */
  String description();

  /** Returns what its text, its texts, or its values mean. */
  Format format() default Format.NONE;

  /** Returns what the names of a mapping mean. */
  Format names() default Format.NONE;

  /** Returns whether a step can't do without. */
  boolean required() default false;

  /** Returns the words that it may be; any when empty. */
  String[] words() default {};

  /** Returns what stands for it when it is left out, as text; empty when nothing does. */
  String standard() default "";

  /** Returns the least number that it may be. */
  long least() default Long.MIN_VALUE;

  /** Returns something that it may be, as text. */
  String example() default "";

  /** What a text means beyond being one; a form has an editor for each. */
  enum Format {
    NONE,
    /** A field of the step's input. */
    FIELD,
    /** A SQL predicate over the fields of the step's input. */
    SQL_PREDICATE,
    /** A GraphQL query. */
    GRAPHQL,
    /** The name of an endpoint. */
    ENDPOINT,
    /** A variable of the query. */
    GRAPHQL_VARIABLE,
    /** A path in the query's answer, below its items. */
    GRAPHQL_PATH,
    /** The name of a field that the step adds. */
    NEW_FIELD,
    /** The type of a field. */
    FIELD_TYPE,
    /** A number with a unit, such as {@code 5s}. */
    DURATION,
    /** {@code namespace.table}. */
    TABLE
  }
}
