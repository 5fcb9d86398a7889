package dev.backlot.schema;

import java.io.Serializable;
import java.util.List;

/** The type of a field: one of the kinds of value that Backlot moves without loss. */
public sealed interface FieldType extends Serializable {

  /** Types without parameters. */
  enum Simple implements FieldType {
    BOOLEAN,
    /** 32 bits, signed. */
    INT,
    /** 64 bits, signed. */
    LONG,
    FLOAT,
    DOUBLE,
    /** Lower-case text with hyphens. */
    UUID,
    BYTES,
    /** Days since 1970-01-01; the integer's minimum and maximum are minus and plus infinity. */
    DATE,
    /** Microseconds since 1970-01-01 00:00 of no zone; the long's limits are the infinities. */
    TIMESTAMP,
    /** Microseconds since 1970-01-01 00:00 UTC; the long's limits are the infinities. */
    TIMESTAMPTZ,
    /** Microseconds since midnight; 24:00:00 is 86,400,000,000. */
    TIME,
    /** Months (int), days (int) and microseconds (long), apart. */
    INTERVAL,
    /** A map from text to nullable text; the type of {@code _exact}. */
    TEXT_MAP
  }

  /** An exact number of at most 38 digits. */
  record Decimal(int precision, int scale) implements FieldType {
    /** Checks the limits of the Iceberg and Flink types. */
    public Decimal {
      if (precision < 1 || precision > 38 || scale < 0 || scale > precision) {
        throw new IllegalArgumentException("No decimal(" + precision + ", " + scale + ")");
      }
    }
  }

  /**
   * Text, as the source writes it.
   *
   * @param kind what the text means
   * @param values the labels of an enum, in its order; empty for other kinds
   */
  record Text(TextKind kind, List<String> values) implements FieldType {
    public static final Text PLAIN = new Text(TextKind.PLAIN, List.of());
    public static final Text NUMERIC = new Text(TextKind.NUMERIC, List.of());
    public static final Text JSON = new Text(TextKind.JSON, List.of());

    /** Copies what is mutable. */
    public Text {
      values = List.copyOf(values);
    }

    /** Returns the type of an enum with these labels. */
    public static Text enumOf(List<String> values) {
      return new Text(TextKind.ENUM, values);
    }
  }

  /** What a text means. */
  enum TextKind {
    PLAIN,
    /** An exact number that no decimal(p, s) holds; also NaN and the infinities. */
    NUMERIC,
    JSON,
    ENUM
  }

  /** A list whose elements may be null. */
  record ArrayOf(FieldType element) implements FieldType {}

  /**
   * Returns whether every value of {@code writer} can be read as this type without loss: the same
   * type, or a widening that Iceberg allows too (int to long, float to double, a decimal of more
   * digits and the same scale); any text reads as any text.
   */
  default boolean accepts(FieldType writer) {
    if (equals(writer)) {
      return true;
    }
    if (this == Simple.LONG) {
      return writer == Simple.INT;
    }
    if (this == Simple.DOUBLE) {
      return writer == Simple.FLOAT;
    }
    if (this instanceof Decimal mine && writer instanceof Decimal theirs) {
      return mine.scale() == theirs.scale() && mine.precision() >= theirs.precision();
    }
    if (this instanceof ArrayOf mine && writer instanceof ArrayOf theirs) {
      return mine.element().accepts(theirs.element());
    }
    return this instanceof Text && (writer instanceof Text || writer == Simple.UUID);
  }

  /**
   * Returns the type as text, such as {@code decimal(12,2)}, {@code array<timestamptz>} or {@code
   * enum('a','it''s')}; {@link #parse} reads it.
   */
  default String notation() {
    return TypeNotation.write(this);
  }

  /**
   * Reads {@link #notation}.
   *
   * @throws IllegalArgumentException when the text is no type
   */
  static FieldType parse(String notation) {
    return TypeNotation.parse(notation);
  }
}
