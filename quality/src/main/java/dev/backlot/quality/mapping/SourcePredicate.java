package dev.backlot.quality.mapping;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A filter's predicate as a condition on the Source's columns, in the language of dumps' filters.
 * It holds in PostgreSQL exactly where the filter lets a row pass: NOT stands nowhere but in
 * comparisons, so only what is true counts, and values that the filter takes for NULL are excluded
 * where they are compared.
 */
record SourcePredicate(Node root) {

  /** A translated predicate, or why there is none. */
  sealed interface Outcome {}

  /** It can be asked. */
  record Known(SourcePredicate predicate) implements Outcome {}

  /**
   * The predicate can't be said in the other language.
   *
   * @param fact why, in plain words
   */
  record Unknown(String fact) implements Outcome {}

  /** A part of a predicate. */
  sealed interface Node {
    /** Returns its text; negated, the text of what is true when this is false. */
    String render(boolean negated);
  }

  /** Parts joined by AND or OR. */
  record Junction(boolean and, List<Node> parts) implements Node {
    @Override
    public String render(boolean negated) {
      return parts.stream()
          .map(part -> part.render(negated))
          .collect(Collectors.joining(and != negated ? " AND " : " OR ", "(", ")"));
    }
  }

  /** The opposite. */
  record Not(Node inner) implements Node {
    @Override
    public String render(boolean negated) {
      return inner.render(!negated);
    }
  }

  /**
   * A comparison.
   *
   * @param holds true exactly where it is true
   * @param fails true exactly where it is false, and not where it is NULL
   */
  record Test(String holds, String fails) implements Node {
    @Override
    public String render(boolean negated) {
      return negated ? fails : holds;
    }
  }

  /** Translates a filter's predicate over the columns of a branch. */
  static Outcome of(String where, Branch columns) {
    try {
      return new Known(new SourcePredicate(new PredicateReader(where, columns).read()));
    } catch (PredicateReader.UnknownException e) {
      return new Unknown(e.fact());
    }
  }

  /** Returns the text of several at once; empty for none. */
  static String all(List<SourcePredicate> predicates) {
    return predicates.stream()
        .map(predicate -> predicate.root.render(false))
        .collect(Collectors.joining(" AND "));
  }
}
