package dev.backlot.processors.expression;

import dev.backlot.schema.FieldType;

/**
 * What an expression evaluates to. In brackets: the class of its values.
 *
 * <p>Numbers are {@code Long}, {@code BigDecimal} or {@code Double}; exact numbers that are NaN or
 * infinite appear as {@code Double} too. Times are {@code Long}: days of a date, microseconds of
 * the others.
 */
enum Kind {
  BOOLEAN("a boolean"),
  INTEGER("an integer"),
  DECIMAL("a decimal number"),
  DOUBLE("a floating-point number"),
  TEXT("a text"),
  ENUM("an enum's label"),
  UUID("a uuid"),
  BYTES("binary data"),
  DATE("a date"),
  TIME("a time of day"),
  TIMESTAMP("a timestamp without time zone"),
  TIMESTAMPTZ("a timestamp with time zone"),
  INTERVAL("an interval"),
  LIST("an array"),
  MAP("a map"),
  /** The type of NULL, which fits everywhere. */
  NULL("NULL"),
  /**
   * The type of what is already reported as wrong; fits everywhere, so that one fault is told once.
   */
  UNKNOWN("unknown");

  private final String description;

  Kind(String description) {
    this.description = description;
  }

  String description() {
    return description;
  }

  boolean isNumber() {
    return this == INTEGER || this == DECIMAL || this == DOUBLE;
  }

  boolean isText() {
    return this == TEXT || this == ENUM || this == UUID;
  }

  boolean isTemporal() {
    return this == DATE || this == TIME || this == TIMESTAMP || this == TIMESTAMPTZ;
  }

  boolean fitsAnywhere() {
    return this == NULL || this == UNKNOWN;
  }

  boolean isOrdered() {
    return isNumber() || isTemporal() || this == TEXT || this == UUID || this == BOOLEAN;
  }

  static Kind of(FieldType type) {
    if (type instanceof FieldType.Decimal) {
      return DECIMAL;
    }
    if (type instanceof FieldType.ArrayOf) {
      return LIST;
    }
    if (type instanceof FieldType.Text text) {
      return switch (text.kind()) {
        case PLAIN, JSON -> TEXT;
        case NUMERIC -> DECIMAL;
        case ENUM -> ENUM;
      };
    }
    return switch ((FieldType.Simple) type) {
      case BOOLEAN -> BOOLEAN;
      case INT, LONG -> INTEGER;
      case FLOAT, DOUBLE -> DOUBLE;
      case UUID -> UUID;
      case BYTES -> BYTES;
      case DATE -> DATE;
      case TIMESTAMP -> TIMESTAMP;
      case TIMESTAMPTZ -> TIMESTAMPTZ;
      case TIME -> TIME;
      case INTERVAL -> INTERVAL;
      case TEXT_MAP -> MAP;
    };
  }
}
