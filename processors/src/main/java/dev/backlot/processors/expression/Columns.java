package dev.backlot.processors.expression;

import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.sdk.Suggestions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.TimestampData;

/** The columns that an expression may name, and how their values are read from rows. */
final class Columns {
  private final List<Field> fields;

  Columns(List<Field> fields) {
    this.fields = List.copyOf(fields);
  }

  /**
   * Returns the column's index, or -1; a name that is not quoted ignores case when that is clear.
   */
  int index(Expression.Column column) {
    List<Integer> alike = new ArrayList<>();
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).name().equals(column.name())) {
        return i;
      }
      if (!column.quoted() && fields.get(i).name().equalsIgnoreCase(column.name())) {
        alike.add(i);
      }
    }
    return alike.size() == 1 ? alike.get(0) : -1;
  }

  Field field(int index) {
    return fields.get(index);
  }

  /** Returns what to do about a name that is no column. */
  String fixFor(Expression.Column column) {
    Optional<String> near = Suggestions.nearest(column.name(), names());
    if (near.isPresent()) {
      return "Did you mean " + quoteIfNeeded(near.get()) + "?";
    }
    return "The input has " + listed() + ". Write texts in single quotes.";
  }

  private List<String> names() {
    return fields.stream().map(Field::name).toList();
  }

  private String listed() {
    return Suggestions.list(names().stream().map(Columns::quoteIfNeeded).toList());
  }

  static String quoteIfNeeded(String name) {
    boolean plain = name.matches("[A-Za-z_][A-Za-z0-9_$]*");
    return plain ? name : "\"" + name.replace("\"", "\"\"") + "\"";
  }

  static Evaluator reader(FieldType type, int index) {
    Evaluator value = valueReader(type, index);
    return row -> row.isNullAt(index) ? null : value.evaluate(row);
  }

  private static Evaluator valueReader(FieldType type, int index) {
    if (type instanceof FieldType.Decimal decimal) {
      return row -> {
        DecimalData value = row.getDecimal(index, decimal.precision(), decimal.scale());
        return value.toBigDecimal();
      };
    }
    if (type instanceof FieldType.Text text) {
      return text.kind() == FieldType.TextKind.NUMERIC
          ? row -> Numbers.parse(row.getString(index).toString())
          : row -> row.getString(index);
    }
    if (type instanceof FieldType.ArrayOf) {
      return row -> row.getArray(index);
    }
    return switch ((FieldType.Simple) type) {
      case BOOLEAN -> row -> row.getBoolean(index);
      case INT, DATE -> row -> (long) row.getInt(index);
      case LONG, TIME -> row -> row.getLong(index);
      case FLOAT -> row -> (double) row.getFloat(index);
      case DOUBLE -> row -> row.getDouble(index);
      case UUID -> row -> row.getString(index);
      case BYTES -> row -> row.getBinary(index);
      case TIMESTAMP, TIMESTAMPTZ -> row -> micros(row.getTimestamp(index, 6));
      case INTERVAL -> row -> row.getRow(index, 3);
      case TEXT_MAP -> row -> row.getMap(index);
    };
  }

  private static long micros(TimestampData value) {
    return value.getMillisecond() * 1000 + value.getNanoOfMillisecond() / 1000;
  }
}
