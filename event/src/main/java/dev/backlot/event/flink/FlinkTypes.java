package dev.backlot.event.flink;

import dev.backlot.schema.FieldType;
import dev.backlot.schema.SystemColumn;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.BooleanType;
import org.apache.flink.table.types.logical.DateType;
import org.apache.flink.table.types.logical.DecimalType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.FloatType;
import org.apache.flink.table.types.logical.IntType;
import org.apache.flink.table.types.logical.LocalZonedTimestampType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.TimestampType;
import org.apache.flink.table.types.logical.VarBinaryType;
import org.apache.flink.table.types.logical.VarCharType;

/**
 * How fields stand in Flink rows. A time is a long of microseconds, since Flink's own TIME has
 * milliseconds and no 24:00:00; a uuid is text; an interval is a row of months, days and micros.
 * Everything may be null, since deletes carry the key only.
 */
public final class FlinkTypes {
  /** Names the column that says whether the earlier values are known, and begins their names. */
  public static final String BEFORE = "_before";

  private FlinkTypes() {}

  /** Returns Flink's type for a field's type. */
  public static LogicalType logicalType(FieldType type) {
    if (type instanceof FieldType.Simple simple) {
      return simple(simple);
    }
    if (type instanceof FieldType.Decimal decimal) {
      return new DecimalType(decimal.precision(), decimal.scale());
    }
    if (type instanceof FieldType.ArrayOf array) {
      return new ArrayType(logicalType(array.element()));
    }
    return VarCharType.STRING_TYPE;
  }

  /** Returns the type of rows with these columns and then the system columns. */
  public static RowType rowType(List<String> names, List<FieldType> types) {
    List<RowType.RowField> fields = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      fields.add(new RowType.RowField(names.get(i), logicalType(types.get(i))));
    }
    for (SystemColumn system : SystemColumn.values()) {
      fields.add(new RowType.RowField(system.column(), logicalType(system.type())));
    }
    return new RowType(fields);
  }

  /**
   * Returns the type of such rows with what fields were before the change behind them: {@link
   * SourceDecoder} says how.
   *
   * @param before some of the names
   */
  public static RowType rowType(List<String> names, List<FieldType> types, List<String> before) {
    RowType type = rowType(names, types);
    if (before.isEmpty()) {
      return type;
    }
    List<RowType.RowField> fields = new ArrayList<>(type.getFields());
    for (String name : before) {
      fields.add(
          new RowType.RowField(BEFORE + "." + name, logicalType(types.get(names.indexOf(name)))));
    }
    fields.add(new RowType.RowField(BEFORE, new BooleanType()));
    return new RowType(fields);
  }

  private static LogicalType simple(FieldType.Simple type) {
    return switch (type) {
      case BOOLEAN -> new BooleanType();
      case INT -> new IntType();
      case LONG, TIME -> new BigIntType();
      case FLOAT -> new FloatType();
      case DOUBLE -> new DoubleType();
      case UUID -> VarCharType.STRING_TYPE;
      case BYTES -> new VarBinaryType(VarBinaryType.MAX_LENGTH);
      case DATE -> new DateType();
      case TIMESTAMP -> new TimestampType(6);
      case TIMESTAMPTZ -> new LocalZonedTimestampType(6);
      case INTERVAL ->
          RowType.of(
              new LogicalType[] {new IntType(), new IntType(), new BigIntType()},
              new String[] {"months", "days", "micros"});
      case TEXT_MAP -> new MapType(VarCharType.STRING_TYPE, VarCharType.STRING_TYPE);
    };
  }
}
