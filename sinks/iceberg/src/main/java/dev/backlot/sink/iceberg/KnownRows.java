package dev.backlot.sink.iceberg;

import dev.backlot.schema.SystemColumn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.InternalRecordWrapper;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.flink.RowDataWrapper;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.util.StructLikeSet;

/** Tells which of some rows a table has already. For one thread. */
final class KnownRows {
  /** Beyond this, a range of offsets prunes files as well as their list. */
  private static final int MOST_LISTED = 200;

  private final Table table;
  private final Schema identity;
  private final RowType identityType;
  private final RowData.FieldGetter[] getters;
  private final int source;
  private final int offset;

  /** Compares rows of a type with a table's by what identifies them. */
  KnownRows(Table table, Schema schema, RowType rows, RowIdentity rowIdentity) {
    this.table = table;
    this.identity = schema.select(rowIdentity.columns());
    List<RowType.RowField> fields = new ArrayList<>();
    List<RowData.FieldGetter> getting = new ArrayList<>();
    identity
        .columns()
        .forEach(
            column -> {
              int index = rows.getFieldIndex(column.name());
              fields.add(rows.getFields().get(index));
              getting.add(RowData.createFieldGetter(rows.getTypeAt(index), index));
            });
    this.identityType = new RowType(fields);
    this.getters = getting.toArray(RowData.FieldGetter[]::new);
    this.source = rows.getFieldIndex(SystemColumn.SOURCE.column());
    this.offset = rows.getFieldIndex(SystemColumn.OFFSET.column());
  }

  /**
   * Returns the rows that the table lacks as of its object's current snapshot, each once.
   *
   * @param rows not empty
   */
  List<RowData> lacking(Collection<RowData> rows) {
    StructLikeSet seen = StructLikeSet.create(identity.asStruct());
    InternalRecordWrapper record = new InternalRecordWrapper(identity.asStruct());
    try (CloseableIterable<Record> found =
        IcebergGenerics.read(table).project(identity).where(near(rows)).build()) {
      found.forEach(row -> seen.add(record.copyFor(row)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<RowData> lacking = new ArrayList<>();
    for (RowData row : rows) {
      if (seen.add(identityOf(row))) {
        lacking.add(row);
      }
    }
    return lacking;
  }

  private StructLike identityOf(RowData row) {
    GenericRowData values = new GenericRowData(getters.length);
    for (int i = 0; i < getters.length; i++) {
      values.setField(i, getters[i].getFieldOrNull(row));
    }
    return new RowDataWrapper(identityType, identity.asStruct()).wrap(values);
  }

  private Expression near(Collection<RowData> rows) {
    Set<String> sources = new TreeSet<>();
    TreeSet<Long> offsets = new TreeSet<>();
    for (RowData row : rows) {
      sources.add(row.getString(source).toString());
      offsets.add(row.getLong(offset));
    }
    String column = SystemColumn.OFFSET.column();
    Expression byOffset =
        offsets.size() <= MOST_LISTED
            ? Expressions.in(column, offsets.toArray())
            : Expressions.and(
                Expressions.greaterThanOrEqual(column, offsets.first()),
                Expressions.lessThanOrEqual(column, offsets.last()));
    return Expressions.and(
        Expressions.in(SystemColumn.SOURCE.column(), sources.toArray()), byOffset);
  }
}
