package dev.backlot.engine.backfill;

import dev.backlot.engine.plan.Shapes;
import dev.backlot.event.Op;
import dev.backlot.event.flink.FlinkTypes;
import dev.backlot.model.plan.PlanColumn;
import dev.backlot.model.plan.PlanSink;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.model.plan.PlanUse;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.SystemColumn;
import dev.backlot.sdk.RowFunction;
import dev.backlot.sdk.Rows;
import dev.backlot.sdk.Shape;
import dev.backlot.sink.iceberg.RowFile;
import dev.backlot.transport.Mark;
import dev.backlot.transport.Marks;
import dev.backlot.transport.StoredRows;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.RowType;
import org.apache.iceberg.Schema;

/**
 * Writes what a Source's topic still holds of some columns to files on disk, exactly as the
 * pipeline's job would have written it to the table: with the rows' identity, without rows that
 * have no value. For one thread.
 */
final class SourceValues {
  private static final List<SystemColumn> IDENTITY =
      List.of(SystemColumn.SOURCE, SystemColumn.EPOCH, SystemColumn.PARTITION, SystemColumn.OFFSET);

  private final Map<String, String> kafka;
  private final Path directory;
  private final StoredRows.Pace pace;

  /**
   * Prepares.
   *
   * @param kafka client properties
   * @param directory where the files will be
   * @param pace says how fast it is read, and whether it goes on
   */
  SourceValues(Map<String, String> kafka, Path directory, StoredRows.Pace pace) {
    this.kafka = kafka;
    this.directory = directory;
    this.pace = pace;
  }

  /**
   * Writes the values up to a table's marks.
   *
   * @param from the Source's columns by the table's
   * @param targets the table's columns
   * @param table its schema
   * @param lowest offset of rows that matter
   */
  List<Path> write(
      PlanSource source,
      Map<String, String> from,
      List<PlanSink.Target> targets,
      Schema table,
      Marks marks,
      long lowest)
      throws IOException {
    PlanSource wanted = wanted(source, from);
    List<Path> files = new ArrayList<>();
    try (StoredRows rows = new StoredRows(kafka, wanted)) {
      Writing writing = new Writing(wanted, from, targets, table);
      for (int partition = 0; partition < source.partitions(); partition++) {
        Optional<Mark> mark = marks.mark(source.topic(), partition);
        if (mark.isPresent() && mark.get().nextOffset() > lowest) {
          Path file = directory.resolve("values-" + source.id() + "-" + partition + ".parquet");
          if (write(rows, writing, partition, lowest, mark.get().nextOffset(), file)) {
            files.add(file);
          }
        }
      }
    }
    return files;
  }

  private boolean write(
      StoredRows rows, Writing writing, int partition, long lowest, long to, Path file)
      throws IOException {
    try (RowFile values = new RowFile(file, writing.schema, writing.type)) {
      rows.read(
          partition,
          lowest,
          to,
          row -> {
            RowData made = writing.function.apply(row);
            if (made != null && writing.hasValue(made) && writing.isVersion(row)) {
              values.add(made);
            }
          },
          pace);
      if (values.rows() > 0) {
        return true;
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    Files.deleteIfExists(file);
    return false;
  }

  /** Returns the Source with these columns only: what becomes of others is nothing to it. */
  private static PlanSource wanted(PlanSource source, Map<String, String> from) {
    List<PlanColumn> columns = new ArrayList<>(source.columns());
    columns.removeIf(column -> !from.containsValue(column.name()));
    List<PlanUse> uses = columns.stream().map(column -> source.use(column.name())).toList();
    return new PlanSource(
        source.id(),
        source.name(),
        source.topic(),
        source.epoch(),
        source.partitions(),
        source.key(),
        columns,
        uses,
        false,
        source.keySchemas(),
        source.valueSchemas(),
        source.startFrom(),
        List.of(),
        "",
        source.orderedByTime());
  }

  /** How the rows of a Source become rows of values. */
  private static final class Writing {
    final Schema schema;
    final RowType type;
    final RowFunction function;
    private final int values;
    private final int exact;
    private final int op;

    Writing(
        PlanSource source, Map<String, String> from, List<PlanSink.Target> targets, Schema table) {
      Shape shape = Shapes.of(source);
      List<Rows.Column> columns = new ArrayList<>();
      for (PlanSink.Target target : targets) {
        columns.add(
            new Rows.Column(
                target.name(),
                FieldType.parse(target.type()),
                Objects.requireNonNullElse(from.get(target.name()), "")));
      }
      this.values = columns.size();
      IDENTITY.forEach(c -> columns.add(new Rows.Column(c.column(), c.type(), c.column())));
      this.exact = columns.size();
      SystemColumn last = SystemColumn.EXACT;
      columns.add(new Rows.Column(last.column(), last.type(), last.column()));
      this.op = shape.index(SystemColumn.OP);
      this.function = Rows.rearrange(shape, columns);
      this.schema =
          new Schema(columns.stream().map(column -> table.findField(column.name())).toList());
      this.type =
          new RowType(
              columns.stream()
                  .map(c -> new RowType.RowField(c.name(), FlinkTypes.logicalType(c.type())))
                  .toList());
    }

    boolean hasValue(RowData row) {
      for (int i = 0; i < values; i++) {
        if (!row.isNullAt(i)) {
          return true;
        }
      }
      return !row.isNullAt(exact);
    }

    boolean isVersion(RowData row) {
      return row.getString(op).toBytes()[0] != Op.DELETE.code();
    }
  }
}
