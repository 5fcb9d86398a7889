package dev.backlot.capture.postgres.type;

import dev.backlot.schema.FieldType;
import java.util.List;

/** Chooses the codec of a column from its type as the catalog describes it. */
public final class PostgresTypes {
  static final int BOOL = 16;
  static final int BYTEA = 17;
  static final int NAME = 19;
  static final int INT8 = 20;
  static final int INT2 = 21;
  static final int INT4 = 23;
  static final int TEXT = 25;
  static final int OID = 26;
  static final int JSON = 114;
  static final int FLOAT4 = 700;
  static final int FLOAT8 = 701;
  static final int MONEY = 790;
  static final int BPCHAR = 1042;
  static final int VARCHAR = 1043;
  static final int DATE = 1082;
  static final int TIME = 1083;
  static final int TIMESTAMP = 1114;
  static final int TIMESTAMPTZ = 1184;
  static final int INTERVAL = 1186;
  static final int TIMETZ = 1266;
  static final int BIT = 1560;
  static final int VARBIT = 1562;
  static final int NUMERIC = 1700;
  static final int UUID = 2950;
  static final int JSONB = 3802;

  private static final int LARGEST_PRECISION = 38;

  private PostgresTypes() {}

  /**
   * A type, domains resolved to what they are made of.
   *
   * @param oid of the base type
   * @param name as SQL writes it, such as {@code character varying} or {@code "my schema".mood}
   * @param modifier the column's or the domain's type modifier, -1 for none
   * @param labels of an enum, in its order; empty for other types
   * @param element of an array, or null
   * @param binaryIsText whether its binary form is its text, as that of citext is
   */
  public record TypeInfo(
      int oid,
      String name,
      int modifier,
      List<String> labels,
      @org.jspecify.annotations.Nullable TypeInfo element,
      boolean binaryIsText) {
    /** Copies what is mutable. */
    public TypeInfo {
      labels = List.copyOf(labels);
    }

    /** Returns whether only the server can turn its binary form into text. */
    public boolean needsServerText() {
      return element == null && labels.isEmpty() && !binaryIsText && !isKnown(oid);
    }
  }

  /**
   * Returns the codec of values in the binary format.
   *
   * @param moneyDigits fraction digits of money in this database
   */
  public static ColumnCodec codec(TypeInfo type, int moneyDigits, ServerText server) {
    TypeInfo element = type.element();
    if (element != null) {
      return new ArrayCodec(type.oid(), codec(element, moneyDigits, server), server);
    }
    if (!type.labels().isEmpty()) {
      return new PlainCodecs.TextCodec(FieldType.Text.enumOf(type.labels()), 0);
    }
    return switch (type.oid()) {
      case BOOL -> new PlainCodecs.BooleanCodec();
      case INT2 -> new PlainCodecs.SmallIntCodec();
      case INT4 -> new PlainCodecs.IntCodec();
      case INT8 -> new PlainCodecs.LongCodec();
      case OID -> new PlainCodecs.OidCodec();
      case FLOAT4 -> new PlainCodecs.FloatCodec(server);
      case FLOAT8 -> new PlainCodecs.DoubleCodec(server);
      case NUMERIC -> numeric(type.modifier());
      case MONEY -> new NumericCodecs.MoneyCodec(moneyDigits);
      case UUID -> new PlainCodecs.UuidCodec();
      case BYTEA -> new PlainCodecs.BytesCodec();
      case JSON -> new PlainCodecs.TextCodec(FieldType.Text.JSON, 0);
      case JSONB -> new PlainCodecs.TextCodec(FieldType.Text.JSON, 1);
      case DATE -> new TimeCodecs.DateCodec(server);
      case TIME -> new TimeCodecs.TimeCodec(server);
      case TIMETZ -> new TimeCodecs.ZonedTimeCodec();
      case TIMESTAMP -> new TimeCodecs.TimestampCodec(false, server);
      case TIMESTAMPTZ -> new TimeCodecs.TimestampCodec(true, server);
      case INTERVAL -> new TimeCodecs.IntervalCodec(server);
      case BIT, VARBIT -> new PlainCodecs.BitCodec();
      default ->
          isText(type.oid()) || type.binaryIsText()
              ? new PlainCodecs.TextCodec(FieldType.Text.PLAIN, 0)
              : new PlainCodecs.ServerTextCodec(type.oid(), FieldType.Text.PLAIN, server);
    };
  }

  /** Returns the codec of values that a query has turned into text already. */
  public static ColumnCodec textCodec(FieldType type) {
    return new PlainCodecs.TextCodec(type, 0);
  }

  private static ColumnCodec numeric(int modifier) {
    if (modifier >= 4) {
      int precision = (modifier - 4) >> 16 & 0xffff;
      int scale = (((modifier - 4) & 0x7ff) ^ 1024) - 1024;
      if (precision <= LARGEST_PRECISION && scale >= 0 && scale <= precision) {
        return new NumericCodecs.DecimalCodec(precision, scale);
      }
    }
    return new NumericCodecs.NumericTextCodec();
  }

  private static boolean isText(int oid) {
    return oid == TEXT || oid == VARCHAR || oid == BPCHAR || oid == NAME;
  }

  private static boolean isKnown(int oid) {
    return switch (oid) {
      case BOOL,
          INT2,
          INT4,
          INT8,
          OID,
          FLOAT4,
          FLOAT8,
          NUMERIC,
          MONEY,
          UUID,
          BYTEA,
          JSON,
          JSONB,
          DATE,
          TIME,
          TIMETZ,
          TIMESTAMP,
          TIMESTAMPTZ,
          INTERVAL,
          BIT,
          VARBIT ->
          true;
      default -> isText(oid);
    };
  }
}
