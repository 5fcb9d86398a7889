package dev.backlot.schema;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.JsonProperties;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Row schemas as the Avro schemas of keys and envelopes, and back.
 *
 * <p>The envelope has Debezium's shape: {@code before}, {@code after}, {@code op}, {@code ts_ms},
 * {@code ts_us}, {@code source}. Every column but a required key column is a union with null first,
 * since a {@code before} may hold the key only and {@code _exact} may stand in for a value. The
 * original names, the key and what Avro has no word for stand in properties that begin with {@code
 * backlot.}, so that the envelope alone gives back the row schema exactly.
 */
public final class AvroSchemas {
  /** Name of the field after the columns that maps columns to exact text. */
  public static final String EXACT = "_exact";

  static final String ENUM = "backlot.enum";
  static final String JSON = "backlot.json";
  static final String NUMERIC = "backlot.numeric";
  private static final String PREFIX = "backlot.";
  private static final String NAME = "backlot.name";
  private static final String REQUIRED = "backlot.required";
  private static final String SOURCE = "backlot.source";
  private static final String KEY = "backlot.key";

  /** The schema of keys and values of records that are not changes of rows. */
  public static final Schema CONTROL =
      record(
          "dev.backlot.Control",
          "A fence or a truncation",
          List.of(
              new Schema.Field("kind", Schema.create(Schema.Type.STRING)),
              new Schema.Field("generation", Schema.create(Schema.Type.LONG)),
              new Schema.Field("position", Schema.create(Schema.Type.STRING))));

  private AvroSchemas() {}

  /** Parses Avro JSON. */
  public static Schema parse(String json) {
    return new Schema.Parser().parse(json);
  }

  /**
   * Returns the schema of a record key: the key columns in key order, then {@code _exact} if one of
   * them is nullable.
   */
  public static Schema key(RowSchema row) {
    List<Schema.Field> fields = new ArrayList<>();
    boolean inexact = false;
    Schema interval = interval();
    for (Field field : row.keyFields()) {
      fields.add(column(field, field.nullable(), interval));
      inexact |= field.nullable();
    }
    if (inexact) {
      fields.add(exact());
    }
    return record(Names.namespaceOf(row.name()) + ".Key", null, fields);
  }

  /** Returns the schema of a record value. */
  public static Schema envelope(RowSchema row) {
    String namespace = Names.namespaceOf(row.name());
    List<Schema.Field> columns = new ArrayList<>();
    Schema interval = interval();
    for (Field field : row.fields()) {
      columns.add(column(field, isUnion(row, field), interval));
    }
    columns.add(exact());
    Schema value = record(namespace + ".Value", null, columns);
    value.addProp(SOURCE, row.name());
    value.addProp(KEY, row.keyColumns());
    return record(
        namespace + ".Envelope",
        null,
        List.of(
            optional("before", value),
            optional("after", value),
            new Schema.Field("op", Schema.create(Schema.Type.STRING)),
            new Schema.Field("ts_ms", Schema.create(Schema.Type.LONG)),
            new Schema.Field("ts_us", Schema.create(Schema.Type.LONG)),
            new Schema.Field("source", origin())));
  }

  /** Returns whether this field is a union with null in the envelope's rows. */
  public static boolean isUnion(RowSchema row, Field field) {
    return field.nullable() || !row.isKey(field);
  }

  /**
   * Returns the row schema that {@link #envelope} was given.
   *
   * @throws IllegalArgumentException when the schema is no envelope of Backlot
   */
  public static RowSchema rowSchema(Schema envelope) {
    Schema value = valueRecord(envelope);
    Object name = value.getObjectProp(SOURCE);
    Object key = value.getObjectProp(KEY);
    if (!(name instanceof String source) || !(key instanceof List<?> keyColumns)) {
      throw new IllegalArgumentException(envelope.getFullName() + " is not an envelope of Backlot");
    }
    List<Field> fields = new ArrayList<>();
    for (Schema.Field field : value.getFields()) {
      if (!field.name().equals(EXACT)) {
        fields.add(field(field));
      }
    }
    return new RowSchema(source, fields, keyColumns.stream().map(String::valueOf).toList());
  }

  /** Returns the record of {@code before} and {@code after}. */
  public static Schema valueRecord(Schema envelope) {
    Schema.Field after =
        envelope.getType() == Schema.Type.RECORD ? envelope.getField("after") : null;
    if (after == null || !after.schema().isUnion()) {
      throw new IllegalArgumentException("Not an envelope: " + envelope.getName());
    }
    return after.schema().getTypes().get(1);
  }

  /** Returns the original name of a column. */
  public static String columnName(Schema.Field field) {
    Object name = field.getObjectProp(NAME);
    return name instanceof String text ? text : Names.unescape(field.name());
  }

  private static Schema.Field column(Field field, boolean union, Schema interval) {
    String avroName = avroName(field.name());
    Schema type = type(field.type(), interval);
    String doc = field.doc().isEmpty() ? null : field.doc();
    Schema.Field avro =
        union
            ? new Schema.Field(avroName, nullable(type), doc, JsonProperties.NULL_VALUE)
            : new Schema.Field(avroName, type, doc);
    if (!avroName.equals(field.name())) {
      avro.addProp(NAME, field.name());
    }
    if (union && !field.nullable()) {
      avro.addProp(REQUIRED, true);
    }
    field.properties().entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(p -> avro.addProp(PREFIX + p.getKey(), p.getValue()));
    return avro;
  }

  private static Field field(Schema.Field avro) {
    Schema type = avro.schema();
    boolean nullable = type.isUnion();
    if (nullable) {
      type = type.getTypes().get(1);
      nullable = !Boolean.TRUE.equals(avro.getObjectProp(REQUIRED));
    }
    Map<String, String> properties = new HashMap<>();
    avro.getObjectProps()
        .forEach(
            (name, value) -> {
              if (name.startsWith(PREFIX) && !name.equals(NAME) && !name.equals(REQUIRED)) {
                properties.put(name.substring(PREFIX.length()), String.valueOf(value));
              }
            });
    String doc = avro.doc() == null ? "" : avro.doc();
    return new Field(columnName(avro), fieldType(type), nullable, doc, properties);
  }

  /** A column that is itself called {@code _exact} gives way to ours. */
  private static String avroName(String column) {
    return column.equals(EXACT) ? "_x005F_exact" : Names.escape(column);
  }

  static Schema type(FieldType type, Schema interval) {
    if (type instanceof FieldType.Simple simple) {
      return simple(simple, interval);
    }
    if (type instanceof FieldType.Decimal decimal) {
      return LogicalTypes.decimal(decimal.precision(), decimal.scale())
          .addToSchema(Schema.create(Schema.Type.BYTES));
    }
    if (type instanceof FieldType.ArrayOf array) {
      return Schema.createArray(nullable(type(array.element(), interval)));
    }
    FieldType.Text text = (FieldType.Text) type;
    Schema string = Schema.create(Schema.Type.STRING);
    switch (text.kind()) {
      case PLAIN -> {}
      case NUMERIC -> string.addProp(NUMERIC, true);
      case JSON -> string.addProp(JSON, true);
      case ENUM -> string.addProp(ENUM, text.values());
    }
    return string;
  }

  private static Schema simple(FieldType.Simple type, Schema interval) {
    return switch (type) {
      case BOOLEAN -> Schema.create(Schema.Type.BOOLEAN);
      case INT -> Schema.create(Schema.Type.INT);
      case LONG -> Schema.create(Schema.Type.LONG);
      case FLOAT -> Schema.create(Schema.Type.FLOAT);
      case DOUBLE -> Schema.create(Schema.Type.DOUBLE);
      case UUID -> LogicalTypes.uuid().addToSchema(Schema.create(Schema.Type.STRING));
      case BYTES -> Schema.create(Schema.Type.BYTES);
      case DATE -> LogicalTypes.date().addToSchema(Schema.create(Schema.Type.INT));
      case TIMESTAMP ->
          LogicalTypes.localTimestampMicros().addToSchema(Schema.create(Schema.Type.LONG));
      case TIMESTAMPTZ ->
          LogicalTypes.timestampMicros().addToSchema(Schema.create(Schema.Type.LONG));
      case TIME -> LogicalTypes.timeMicros().addToSchema(Schema.create(Schema.Type.LONG));
      case INTERVAL -> interval;
      case TEXT_MAP -> Schema.createMap(nullable(Schema.create(Schema.Type.STRING)));
    };
  }

  /**
   * Returns the type of a column's values.
   *
   * @param schema of a column in a key or a row, without null
   * @throws IllegalArgumentException when no column has it
   */
  public static FieldType fieldType(Schema schema) {
    return switch (schema.getType()) {
      case BOOLEAN -> FieldType.Simple.BOOLEAN;
      case INT ->
          schema.getLogicalType() instanceof LogicalTypes.Date
              ? FieldType.Simple.DATE
              : FieldType.Simple.INT;
      case LONG -> longType(schema);
      case FLOAT -> FieldType.Simple.FLOAT;
      case DOUBLE -> FieldType.Simple.DOUBLE;
      case BYTES ->
          schema.getLogicalType() instanceof LogicalTypes.Decimal decimal
              ? new FieldType.Decimal(decimal.getPrecision(), decimal.getScale())
              : FieldType.Simple.BYTES;
      case STRING -> textType(schema);
      case ARRAY -> new FieldType.ArrayOf(fieldType(withoutNull(schema.getElementType())));
      case MAP -> FieldType.Simple.TEXT_MAP;
      case RECORD -> FieldType.Simple.INTERVAL;
      default -> throw new IllegalArgumentException("No field has the Avro type " + schema);
    };
  }

  private static FieldType longType(Schema schema) {
    if (schema.getLogicalType() instanceof LogicalTypes.LocalTimestampMicros) {
      return FieldType.Simple.TIMESTAMP;
    }
    if (schema.getLogicalType() instanceof LogicalTypes.TimestampMicros) {
      return FieldType.Simple.TIMESTAMPTZ;
    }
    return schema.getLogicalType() instanceof LogicalTypes.TimeMicros
        ? FieldType.Simple.TIME
        : FieldType.Simple.LONG;
  }

  private static FieldType textType(Schema schema) {
    if (schema.getLogicalType() != null && schema.getLogicalType().getName().equals("uuid")) {
      return FieldType.Simple.UUID;
    }
    if (schema.getObjectProp(ENUM) instanceof List<?> values) {
      return FieldType.Text.enumOf(values.stream().map(String::valueOf).toList());
    }
    if (schema.getObjectProp(JSON) != null) {
      return FieldType.Text.JSON;
    }
    return schema.getObjectProp(NUMERIC) != null ? FieldType.Text.NUMERIC : FieldType.Text.PLAIN;
  }

  private static Schema withoutNull(Schema schema) {
    return schema.isUnion() ? schema.getTypes().get(1) : schema;
  }

  private static Schema.Field exact() {
    return optional(EXACT, simple(FieldType.Simple.TEXT_MAP, interval()));
  }

  private static Schema interval() {
    return record(
        "dev.backlot.Interval",
        "Months, days and microseconds, which do not convert into one another",
        List.of(
            new Schema.Field("months", Schema.create(Schema.Type.INT)),
            new Schema.Field("days", Schema.create(Schema.Type.INT)),
            new Schema.Field("micros", Schema.create(Schema.Type.LONG))));
  }

  private static Schema origin() {
    Schema string = Schema.create(Schema.Type.STRING);
    return record(
        "dev.backlot.Origin",
        "Where and when the change happened",
        List.of(
            new Schema.Field("connector", string),
            new Schema.Field("db", string),
            new Schema.Field("schema", string),
            new Schema.Field("table", string),
            new Schema.Field("timeline", Schema.create(Schema.Type.INT)),
            new Schema.Field("lsn", Schema.create(Schema.Type.LONG)),
            new Schema.Field("ordinal", Schema.create(Schema.Type.INT)),
            optional("txId", Schema.create(Schema.Type.LONG)),
            new Schema.Field("snapshot", string),
            new Schema.Field("ts_us", Schema.create(Schema.Type.LONG))));
  }

  private static Schema.Field optional(String name, Schema type) {
    return new Schema.Field(name, nullable(type), null, JsonProperties.NULL_VALUE);
  }

  private static Schema nullable(Schema type) {
    return Schema.createUnion(Schema.create(Schema.Type.NULL), type);
  }

  private static Schema record(String fullName, @Nullable String doc, List<Schema.Field> fields) {
    int dot = fullName.lastIndexOf('.');
    return Schema.createRecord(
        fullName.substring(dot + 1), doc, fullName.substring(0, dot), false, fields);
  }
}
