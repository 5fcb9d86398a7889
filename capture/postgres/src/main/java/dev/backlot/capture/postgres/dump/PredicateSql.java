package dev.backlot.capture.postgres.dump;

import dev.backlot.capture.postgres.catalog.SqlText;
import dev.backlot.capture.predicate.Predicate;
import java.util.Locale;
import java.util.stream.Collectors;

/** Writes a predicate as SQL of our own: names quoted, values as literals. */
final class PredicateSql {
  private PredicateSql() {}

  static String render(Predicate predicate) {
    if (predicate instanceof Predicate.And and) {
      return "(" + render(and.left()) + " AND " + render(and.right()) + ")";
    }
    if (predicate instanceof Predicate.Or or) {
      return "(" + render(or.left()) + " OR " + render(or.right()) + ")";
    }
    if (predicate instanceof Predicate.Not not) {
      return "(NOT " + render(not.inner()) + ")";
    }
    if (predicate instanceof Predicate.IsNull isNull) {
      return "(" + SqlText.identifier(isNull.column()) + " IS NULL)";
    }
    if (predicate instanceof Predicate.In in) {
      return "("
          + SqlText.identifier(in.column())
          + " IN ("
          + in.values().stream().map(PredicateSql::literal).collect(Collectors.joining(", "))
          + "))";
    }
    if (predicate instanceof Predicate.Between between) {
      return "("
          + SqlText.identifier(between.column())
          + " BETWEEN "
          + literal(between.low())
          + " AND "
          + literal(between.high())
          + ")";
    }
    Predicate.Compare compare = (Predicate.Compare) predicate;
    String operator =
        compare.operator().equals("LIKE")
            ? "OPERATOR(pg_catalog.~~)"
            : "OPERATOR(pg_catalog." + compare.operator() + ")";
    return "("
        + SqlText.identifier(compare.column())
        + " "
        + operator
        + " "
        + literal(compare.value())
        + ")";
  }

  private static String literal(Predicate.Literal literal) {
    return switch (literal.kind()) {
      case TEXT -> SqlText.literal(literal.text());
      case NUMBER -> literal.text();
      case BOOLEAN -> literal.text().toLowerCase(Locale.ROOT);
    };
  }
}
