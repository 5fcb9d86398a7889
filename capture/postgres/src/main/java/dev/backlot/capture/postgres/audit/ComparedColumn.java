package dev.backlot.capture.postgres.audit;

import dev.backlot.capture.postgres.catalog.SqlText;
import dev.backlot.capture.postgres.type.PostgresTypes.TypeInfo;
import dev.backlot.schema.FieldType;

/**
 * A column as it is now.
 *
 * @param type as it travels
 * @param postgres its type, domains resolved
 * @param literalType the same without modifiers, as SQL writes it
 * @param delimiter between an array's elements
 * @param ordersByBytes whether its texts are ordered by their bytes in UTF-8
 */
record ComparedColumn(
    String name,
    FieldType type,
    TypeInfo postgres,
    String literalType,
    char delimiter,
    boolean ordersByBytes) {
  private static final int TEXT = 25;
  private static final int VARCHAR = 1043;
  private static final int MONEY = 790;

  /** Returns what is selected: its text is what the column's is, but that money has no currency. */
  String expression() {
    String quoted = SqlText.identifier(name);
    TypeInfo element = postgres.element();
    if (postgres.oid() == MONEY) {
      return quoted + "::pg_catalog.numeric";
    }
    return element != null && element.oid() == MONEY ? quoted + "::pg_catalog.numeric[]" : quoted;
  }

  CanonicalText text() {
    return CanonicalTexts.of(type, delimiter);
  }

  /** Returns whether it is text or varchar. */
  boolean isPlainText() {
    return postgres.oid() == TEXT || postgres.oid() == VARCHAR;
  }

  /** Returns whether every engine orders its values alike. */
  boolean isOrderedAlike() {
    if (type instanceof FieldType.Simple simple) {
      return switch (simple) {
        case BOOLEAN, INT, LONG, UUID, DATE, TIMESTAMP, TIMESTAMPTZ, TIME -> true;
        default -> false;
      };
    }
    return type instanceof FieldType.Decimal || (isPlainText() && ordersByBytes);
  }

  /**
   * Returns the SQL of a value's canonical text in UTF-8, or an empty string where SQL has no word
   * for it.
   */
  String canonicalSql() {
    String quoted = SqlText.identifier(name);
    if (type instanceof FieldType.Text text && text.kind() != FieldType.TextKind.NUMERIC) {
      return "pg_catalog.concat(" + quoted + ")";
    }
    if (type instanceof FieldType.Decimal || type instanceof FieldType.Text) {
      return "pg_catalog.concat(pg_catalog.trim_scale(" + expression() + "))";
    }
    if (!(type instanceof FieldType.Simple simple)) {
      return "";
    }
    return switch (simple) {
      case BOOLEAN -> "CASE WHEN " + quoted + " THEN 'true' ELSE 'false' END";
      case BYTES -> "pg_catalog.encode(" + quoted + ", 'hex')";
      case INT, LONG, UUID, DATE, TIME, TIMESTAMP, TIMESTAMPTZ ->
          "pg_catalog.concat(" + quoted + ")";
      default -> "";
    };
  }
}
