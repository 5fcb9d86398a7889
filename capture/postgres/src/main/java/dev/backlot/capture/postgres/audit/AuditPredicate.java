package dev.backlot.capture.postgres.audit;

import dev.backlot.capture.postgres.catalog.SqlText;
import dev.backlot.capture.predicate.Predicate;
import dev.backlot.capture.predicate.Predicate.Literal;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.schema.FieldType;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Writes a predicate as SQL that holds for the rows for which the {@code filter} processor holds:
 * that one sees values as they travel. Texts of all kinds compare by their UTF-8 bytes, whatever
 * their type's own order is, and a value that its type can't hold is NULL there.
 */
final class AuditPredicate {
  private static final String BEYOND_TIMESTAMPS = "'294247-01-10 04:00:54.775807'";

  private final Function<String, ComparedColumn> columns;
  private final String source;

  /** Takes what is known of a column by its name. */
  AuditPredicate(String source, Function<String, ComparedColumn> columns) {
    this.source = source;
    this.columns = columns;
  }

  String render(Predicate predicate) {
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
      // Not IS NULL, which a composite of NULLs fulfils too.
      return "(pg_catalog.num_nulls(" + value(isNull.column()) + ") = 1)";
    }
    if (predicate instanceof Predicate.In in) {
      return "("
          + value(in.column())
          + " IN ("
          + in.values().stream()
              .map(literal -> literal(in.column(), literal))
              .collect(Collectors.joining(", "))
          + "))";
    }
    if (predicate instanceof Predicate.Between between) {
      return "("
          + value(between.column())
          + " BETWEEN "
          + literal(between.column(), between.low())
          + " AND "
          + literal(between.column(), between.high())
          + ")";
    }
    Predicate.Compare compare = (Predicate.Compare) predicate;
    boolean like = compare.operator().equals("LIKE");
    String value = value(compare.column());
    return "("
        + (like && !isText(columns.apply(compare.column()).type()) ? text(value) : value)
        + (like ? " OPERATOR(pg_catalog.~~) " : " OPERATOR(pg_catalog." + compare.operator() + ") ")
        + (like ? text(literal(compare.value())) : literal(compare.column(), compare.value()))
        + ")";
  }

  /** Returns the expression of a value as it travels. */
  private String value(String name) {
    ComparedColumn column = columns.apply(name);
    String quoted = SqlText.identifier(name);
    FieldType type = column.type();
    if (isText(type)) {
      // Not a cast to text, which strips the blanks of a char(n) and calls users' functions.
      return column.isPlainText()
          ? text(quoted)
          : "(CASE WHEN pg_catalog.num_nulls("
              + quoted
              + ") = 0 THEN pg_catalog.concat("
              + quoted
              + ") END COLLATE \"C\")";
    }
    if (type instanceof FieldType.Decimal) {
      return "nullif(" + quoted + ", 'NaN'::pg_catalog.numeric)";
    }
    if (type == FieldType.Simple.TIMESTAMP || type == FieldType.Simple.TIMESTAMPTZ) {
      return "(CASE WHEN NOT (pg_catalog.isfinite("
          + quoted
          + ") AND "
          + quoted
          + " >= "
          + BEYOND_TIMESTAMPS
          + ") THEN "
          + quoted
          + " END)";
    }
    if (type instanceof FieldType.ArrayOf || type == FieldType.Simple.INTERVAL) {
      throw new ProblemException(
          ProblemCode.EXPRESSION_TYPE,
          "Cannot audit source '"
              + source
              + "' by a predicate over column '"
              + name
              + "': arrays and intervals are not compared. Leave it out.");
    }
    // A float equals a number's nearest double, in a list of numbers too.
    return type == FieldType.Simple.FLOAT
        ? "(" + quoted + "::pg_catalog.float8)"
        : column.expression();
  }

  /** Texts compare as texts; a number beside a text would be another comparison. */
  private String literal(String column, Literal literal) {
    String text = literal(literal);
    return isText(columns.apply(column).type()) ? text(text) : text;
  }

  private static String text(String expression) {
    return "(" + expression + "::pg_catalog.text COLLATE \"C\")";
  }

  private static boolean isText(FieldType type) {
    return type instanceof FieldType.Text text && text.kind() != FieldType.TextKind.NUMERIC;
  }

  private static String literal(Literal literal) {
    return switch (literal.kind()) {
      case TEXT -> SqlText.literal(literal.text());
      case NUMBER -> literal.text();
      case BOOLEAN -> literal.text().toLowerCase(Locale.ROOT);
    };
  }
}
