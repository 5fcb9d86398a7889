package dev.backlot.sink.iceberg;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlot.model.ProblemException;
import org.apache.flink.table.types.logical.BigIntType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.TimestampType;
import org.apache.flink.table.types.logical.VarCharType;
import org.apache.iceberg.Schema;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.Test;

final class ShapeCheckTest {
  private static final LogicalType TEXT = VarCharType.STRING_TYPE;
  private static final LogicalType LONG = new BigIntType();
  private final Schema schema =
      new Schema(
          Types.NestedField.optional(1, "id", Types.LongType.get()),
          Types.NestedField.optional(2, "first", Types.StringType.get()),
          Types.NestedField.optional(3, "last", Types.StringType.get()));

  @Test
  void theExactShapePasses() {
    assertThatCode(() -> check(row("id", LONG, "first", TEXT, "last", TEXT)))
        .doesNotThrowAnyException();
  }

  @Test
  void swappedColumnsOfOneTypeAreRefused() {
    assertRefused(
        row("id", LONG, "last", TEXT, "first", TEXT),
        "column 2 is 'first' in it, and 'last' in the rows");
  }

  @Test
  void anotherTypeIsRefused() {
    assertRefused(row("id", TEXT, "first", TEXT, "last", TEXT), "column 'id' is long in it");
    assertRefused(
        row("id", new TimestampType(6), "first", TEXT, "last", TEXT), "column 'id' is long in it");
  }

  @Test
  void missingAndSurplusColumnsAreRefused() {
    assertRefused(row("id", LONG, "first", TEXT), "its column 'last' is not in the rows");
    assertRefused(
        row("id", LONG, "first", TEXT, "last", TEXT, "more", TEXT),
        "column 'more' of the rows is not in it");
  }

  private void check(RowType rows) {
    ShapeCheck.check("studio.talent", rows, schema);
  }

  private void assertRefused(RowType rows, String cause) {
    assertThatThrownBy(() -> check(rows))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("Cannot write table 'studio.talent': " + cause);
  }

  private static RowType row(Object... namesAndTypes) {
    LogicalType[] types = new LogicalType[namesAndTypes.length / 2];
    String[] names = new String[types.length];
    for (int i = 0; i < types.length; i++) {
      names[i] = (String) namesAndTypes[2 * i];
      types[i] = (LogicalType) namesAndTypes[2 * i + 1];
    }
    return RowType.of(types, names);
  }
}
