package dev.backlot.model.spec;

import java.util.Optional;

/**
 * A value that a document may leave out or switch off.
 *
 * @param <T> what is said when something is said
 */
public sealed interface Setting<T> {
  /** The document says nothing: the default holds. */
  record Unsaid<T>() implements Setting<T> {}

  /** The document says {@code off}. */
  record Off<T>() implements Setting<T> {}

  /** The document says this. */
  record Said<T>(T value) implements Setting<T> {}

  /** Returns what holds where {@code standard} is the default; empty when it is off. */
  default Optional<T> or(T standard) {
    if (this instanceof Said<T> said) {
      return Optional.of(said.value());
    }
    return this instanceof Off<T> ? Optional.empty() : Optional.of(standard);
  }
}
