package dev.backlot.capture.predicate;

import java.util.List;

/** A condition on one row, as a tree. */
public sealed interface Predicate {
  /** Both hold. */
  record And(Predicate left, Predicate right) implements Predicate {}

  /** One of them holds. */
  record Or(Predicate left, Predicate right) implements Predicate {}

  /** It does not hold. */
  record Not(Predicate inner) implements Predicate {}

  /** A column compared with a literal by one of {@code = <> < <= > >= LIKE}. */
  record Compare(String column, String operator, Literal value) implements Predicate {}

  /** A column is null. */
  record IsNull(String column) implements Predicate {}

  /** A column equals one of some literals. */
  record In(String column, List<Literal> values) implements Predicate {
    /** Copies what is mutable. */
    public In {
      values = List.copyOf(values);
    }
  }

  /** A column lies between two literals, both included. */
  record Between(String column, Literal low, Literal high) implements Predicate {}

  /**
   * A constant.
   *
   * @param text its characters, unquoted
   */
  record Literal(Kind kind, String text) {
    /** What a constant is. */
    public enum Kind {
      TEXT,
      NUMBER,
      BOOLEAN
    }
  }
}
