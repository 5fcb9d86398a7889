package dev.backlot.sdk;

import dev.backlot.event.flink.FlinkTypes;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.SystemColumn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.DecimalData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.jspecify.annotations.Nullable;

/** Rearranges rows: the one mechanism behind projection, rename, union and the tables' shapes. */
public final class Rows {
  private Rows() {}

  /**
   * A column of rows to be made.
   *
   * @param name its name in the new rows
   * @param type its type there, which accepts the type it is filled from
   * @param from the name of the column of the given rows that fills it, system columns included; or
   *     empty when it stays null
   */
  public record Column(String name, FieldType type, String from) {}

  /**
   * Returns a function that makes rows of exactly these columns. Values are widened to the columns'
   * types, and the names in {@code _exact} follow the columns.
   *
   * @throws IllegalArgumentException when a column names a field that the rows don't have
   */
  public static RowFunction rearrange(Shape input, List<Column> columns) {
    Getter[] getters = new Getter[columns.size()];
    Map<String, String> newNames = new HashMap<>();
    for (int i = 0; i < getters.length; i++) {
      Column column = columns.get(i);
      if (column.from().isEmpty()) {
        getters[i] = row -> null;
        continue;
      }
      FieldType type = typeOf(input, column.from());
      getters[i] = getter(type, column.type(), indexOf(input, column.from()));
      if (input.index(column.from()) >= 0) {
        newNames.put(column.from(), column.name());
      }
    }
    if (isSame(input, columns)) {
      return row -> row;
    }
    int exact = exactColumn(columns);
    boolean sameNames =
        newNames.size() == input.fields().size()
            && newNames.entrySet().stream().allMatch(e -> e.getKey().equals(e.getValue()));
    return row -> {
      GenericRowData made = new GenericRowData(row.getRowKind(), getters.length);
      for (int i = 0; i < getters.length; i++) {
        made.setField(i, getters[i].get(row));
      }
      if (!sameNames && exact >= 0 && !made.isNullAt(exact)) {
        made.setField(exact, renamed(made.getMap(exact), newNames));
      }
      return made;
    };
  }

  private static boolean isSame(Shape input, List<Column> columns) {
    List<Column> given = new ArrayList<>(same(input));
    given.addAll(system());
    given.addAll(before(input));
    return given.equals(columns);
  }

  /** Returns the names and types of a shape's own columns, each filled from itself. */
  public static List<Column> same(Shape shape) {
    return shape.fields().stream()
        .map(field -> new Column(field.name(), field.type(), field.name()))
        .toList();
  }

  /** Returns the system columns, each filled from itself. */
  public static List<Column> system() {
    return java.util.Arrays.stream(SystemColumn.values())
        .map(column -> new Column(column.column(), column.type(), column.column()))
        .toList();
  }

  /** Returns what the rows of a shape tell of fields before the change, each filled from itself. */
  public static List<Column> before(Shape shape) {
    if (shape.before().isEmpty()) {
      return List.of();
    }
    List<Column> columns = new ArrayList<>();
    for (String name : shape.before()) {
      String column = FlinkTypes.BEFORE + "." + name;
      columns.add(new Column(column, shape.field(name).orElseThrow().type(), column));
    }
    columns.add(new Column(FlinkTypes.BEFORE, FieldType.Simple.BOOLEAN, FlinkTypes.BEFORE));
    return columns;
  }

  @FunctionalInterface
  private interface Getter {
    @Nullable Object get(RowData row);
  }

  private static Getter getter(FieldType from, FieldType to, int index) {
    RowData.FieldGetter getter = RowData.createFieldGetter(FlinkTypes.logicalType(from), index);
    UnaryOperator<Object> widening = widening(from, to);
    if (widening == null) {
      return row ->
          row instanceof GenericRowData generic
              ? generic.getField(index)
              : getter.getFieldOrNull(row);
    }
    return row -> {
      Object value = getter.getFieldOrNull(row);
      return value == null ? null : widening.apply(value);
    };
  }

  /** Returns what makes a wider type's value of a narrower one's, or null when they are alike. */
  private static @Nullable UnaryOperator<Object> widening(FieldType from, FieldType to) {
    if (from.equals(to)) {
      return null;
    }
    if (!to.accepts(from)) {
      throw new IllegalArgumentException(from.notation() + " does not fit " + to.notation());
    }
    if (to == FieldType.Simple.LONG) {
      return value -> ((Integer) value).longValue();
    }
    if (to == FieldType.Simple.DOUBLE) {
      return value -> ((Float) value).doubleValue();
    }
    if (to instanceof FieldType.Decimal decimal) {
      return value ->
          DecimalData.fromBigDecimal(
              ((DecimalData) value).toBigDecimal(), decimal.precision(), decimal.scale());
    }
    if (from instanceof FieldType.ArrayOf narrow && to instanceof FieldType.ArrayOf wide) {
      UnaryOperator<Object> element = widening(narrow.element(), wide.element());
      return element == null ? null : value -> widened((ArrayData) value, narrow, element);
    }
    return null;
  }

  private static Object widened(
      ArrayData array, FieldType.ArrayOf type, UnaryOperator<Object> element) {
    ArrayData.ElementGetter getter =
        ArrayData.createElementGetter(FlinkTypes.logicalType(type.element()));
    Object[] wide = new Object[array.size()];
    for (int i = 0; i < wide.length; i++) {
      Object value = getter.getElementOrNull(array, i);
      wide[i] = value == null ? null : element.apply(value);
    }
    return new GenericArrayData(wide);
  }

  private static FieldType typeOf(Shape input, String name) {
    return input
        .field(name)
        .map(dev.backlot.schema.Field::type)
        .or(() -> system(name).map(SystemColumn::type))
        .or(() -> beforeColumn(input, name).map(Column::type))
        .orElseThrow(() -> new IllegalArgumentException("The rows have no column " + name));
  }

  private static int indexOf(Shape input, String name) {
    int own = input.index(name);
    if (own >= 0) {
      return own;
    }
    return system(name)
        .map(input::index)
        .orElseGet(
            () ->
                input.fields().size()
                    + SystemColumn.values().length
                    + before(input).indexOf(beforeColumn(input, name).orElseThrow()));
  }

  private static java.util.Optional<Column> beforeColumn(Shape input, String name) {
    return before(input).stream().filter(column -> column.name().equals(name)).findFirst();
  }

  private static java.util.Optional<SystemColumn> system(String name) {
    return SystemColumn.ofColumn(name).filter(column -> column.column().equals(name));
  }

  private static int exactColumn(List<Column> columns) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).from().equals(SystemColumn.EXACT.column())) {
        return i;
      }
    }
    return -1;
  }

  private static @Nullable MapData renamed(MapData exact, Map<String, String> newNames) {
    Map<StringData, @Nullable StringData> renamed = new HashMap<>();
    ArrayData keys = exact.keyArray();
    ArrayData values = exact.valueArray();
    for (int i = 0; i < keys.size(); i++) {
      String name = newNames.get(keys.getString(i).toString());
      if (name != null) {
        renamed.put(StringData.fromString(name), values.isNullAt(i) ? null : values.getString(i));
      }
    }
    return renamed.isEmpty() ? null : new GenericMapData(renamed);
  }
}
