package dev.backlot.warehouse.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlot.model.ProblemException;
import dev.backlot.schema.Field;
import dev.backlot.warehouse.SnapshotMarks;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.TableRequest;
import dev.backlot.warehouse.TableRequest.VersionOrder;
import dev.backlot.warehouse.TestLake;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.iceberg.Files;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.parquet.InternalWriter;
import org.apache.iceberg.io.FileAppender;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.util.SnapshotUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows get the values of younger columns bit by bit, and nothing else happens to their table. */
class ColumnFillIT {
  private static final TestLake lake = TestLake.shared();
  private static final List<String> IDENTITY =
      List.of("_source", "_epoch", "_partition", "_offset", "_exact");
  private static int tables;

  @TempDir private Path directory;

  @Test
  void every_type_is_filled_as_if_the_columns_had_been_there() throws IOException {
    for (List<String> key : List.of(List.of("id"), List.<String>of())) {
      Table whole = table("whole", key, ExactRewriteIT.TYPES.keySet().stream().toList());
      List<Map<String, Object>> rows = ExactRewriteIT.edges(whole);
      append(whole, rows, 3);
      Table late = table("late", key, List.of());
      List<Map<String, Object>> bare =
          rows.stream().map(row -> ExactRewriteIT.row(late, row.get("id"), Map.of())).toList();
      append(late, bare, 3);
      List<String> columns = new ArrayList<>(ExactRewriteIT.TYPES.keySet());
      ensure(late, key, columns);
      // The rows of another table would have other ids inside of their structures.
      List<Map<String, Object>> values = ExactRewriteIT.edges(lake.catalog().load(name(late)));

      ColumnFill fill = workshop().begin(name(late), columns);
      List<ColumnFill.Step> steps = all(fill, values(late, columns, values));

      assertThat(new RawRows(late).read()).isEqualTo(new RawRows(whole).read());
      assertThat(steps.stream().mapToLong(ColumnFill.Step::filled).sum())
          .as("rows but the one that has nothing")
          .isEqualTo(rows.size() - 1);
      assertThat(all(workshop().begin(name(late), columns), values(late, columns, values)))
          .as("again")
          .allSatisfy(step -> assertThat(step.filled()).isZero());
    }
  }

  @Test
  void rows_that_end_others_and_rows_that_have_a_value_stay_as_they_are() throws IOException {
    Table table = table("ends", List.of("id"), List.of());
    List<Map<String, Object>> old = new ArrayList<>();
    for (int id = 0; id < 4; id++) {
      old.add(new HashMap<>(ExactRewriteIT.row(table, id, Map.of())));
    }
    old.get(1).put("_op", "d");
    old.get(2).put("_op", "t");
    append(table, old, 10);
    ensure(table, List.of("id"), List.of("words", "dec9"));
    append(table, List.of(ExactRewriteIT.row(table, 9, Map.of("words", "own"))), 10);
    List<Map<String, Object>> values = new ArrayList<>();
    for (int id : List.of(0, 1, 2, 9)) {
      values.add(ExactRewriteIT.row(table, id, Map.of("words", "filled " + id)));
    }
    values.add(ExactRewriteIT.row(table, 3, Map.of("_exact", Map.of("dec9", "NaN"))));

    ColumnFill fill = workshop().begin(name(table), List.of("words", "dec9"));
    long filled =
        all(fill, values(table, List.of("words", "dec9"), values)).stream()
            .mapToLong(ColumnFill.Step::filled)
            .sum();

    assertThat(filled).isEqualTo(2);
    assertThat(new RawRows(table).read())
        .hasSize(5)
        .anyMatch(row -> row.startsWith("[0, filled 0,"))
        .anyMatch(row -> row.startsWith("[1, null,"))
        .anyMatch(row -> row.startsWith("[2, null,"))
        .anyMatch(row -> row.startsWith("[3, null,") && row.contains("{dec9=NaN}"))
        .anyMatch(row -> row.startsWith("[9, own,"));
  }

  @Test
  void marks_stay_and_what_a_writer_appends_meanwhile_is_not_looked_at() throws IOException {
    Table table = table("beside", List.of("id"), List.of());
    SnapshotMarks.commit(
        table.newAppend(), "beside", Map.of(), Map.of("backlot.mark.topic.0", "4:1"));
    append(table, rows(table, 0, 4), 2);
    ensure(table, List.of("id"), List.of("words"));
    List<Path> values = values(table, List.of("words"), named(table, 0, 4));

    ColumnFill fill = workshop().begin(name(table), List.of("words"));
    append(table, rows(table, 10, 12), 10);
    List<ColumnFill.Step> steps = all(fill, values);

    assertThat(steps.stream().mapToLong(ColumnFill.Step::rows).sum()).isEqualTo(4);
    table.refresh();
    assertThat(SnapshotMarks.nearest(SnapshotUtil.currentAncestors(table)))
        .contains(Map.of("backlot.mark.topic.0", "4:1"));
    assertThat(SnapshotMarks.of(table.currentSnapshot())).as("marks are never copied").isEmpty();
    assertThat(words(table)).containsExactly("name 0", "name 1", "name 2", "name 3", null, null);
  }

  @Test
  void files_that_maintenance_made_meanwhile_are_filled_too() throws IOException {
    Table table = table("packed", List.of("id"), List.of());
    append(table, rows(table, 0, 6), 1);
    ensure(table, List.of("id"), List.of("words"));
    List<Path> values = values(table, List.of("words"), named(table, 0, 6));
    ColumnFill fill = workshop().begin(name(table), List.of("words"));
    ColumnFill.Left stale = fill.left();

    new TableMaintenance(
            lake.catalog(),
            new NotedDeletions(),
            MaintenanceSettings.DEFAULT,
            directory.resolve("maintenance"),
            "",
            Clock.systemUTC())
        .run(name(table), EnumSet.of(Work.COMPACT), MaintenanceState.NEW);
    ColumnFill.Step lost = fill.step(stale, values);
    List<ColumnFill.Step> steps = all(fill, values);

    assertThat(lost.conflict()).isNotEmpty();
    assertThat(steps).singleElement().satisfies(s -> assertThat(s.filled()).isEqualTo(6));
    assertThat(words(table))
        .containsExactly("name 0", "name 1", "name 2", "name 3", "name 4", "name 5");
  }

  @Test
  void what_can_not_be_filled_is_said() {
    Table table = table("said", List.of("id"), List.of());

    assertThat(ColumnFill.lacking(table, "words")).isZero();
    assertThatThrownBy(() -> workshop().begin(name(table), List.of("words")))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("Cannot backfill column 'words' of table 'fill.said_");
    table.updateProperties().remove("backlot.pipeline").commit();
    assertThatThrownBy(() -> workshop().begin(name(table), List.of("id")))
        .hasMessageContaining("no pipeline writes it");
  }

  private static List<ColumnFill.Step> all(ColumnFill fill, List<Path> values) throws IOException {
    List<ColumnFill.Step> steps = new ArrayList<>();
    for (ColumnFill.Left left = fill.left(); !left.isNothing(); left = fill.left()) {
      steps.add(fill.step(left, values));
      assertThat(steps.get(steps.size() - 1).conflict()).isEmpty();
    }
    return steps;
  }

  private ColumnFill.Workshop workshop() {
    return new ColumnFill.Workshop(
        lake.catalog(), MaintenanceSettings.DEFAULT, directory.resolve("fill"), "");
  }

  private List<Path> values(Table table, List<String> columns, List<Map<String, Object>> rows)
      throws IOException {
    Schema whole = lake.catalog().load(name(table)).schema();
    Schema schema =
        new Schema(
            Stream.concat(columns.stream(), IDENTITY.stream()).map(whole::findField).toList());
    Path file = directory.resolve("values-" + System.nanoTime() + ".parquet");
    FileAppender<StructLike> writer =
        Parquet.write(Files.localOutput(file.toFile()))
            .schema(schema)
            .createWriterFunc(message -> InternalWriter.createWriter(schema, message))
            .build();
    try (writer) {
      for (Map<String, Object> row : rows) {
        GenericRecord holder = GenericRecord.create(schema);
        schema.columns().forEach(c -> holder.setField(c.name(), row.get(c.name())));
        writer.add(holder);
      }
    }
    return List.of(file);
  }

  private static List<Map<String, Object>> rows(Table table, int from, int to) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (int id = from; id < to; id++) {
      rows.add(ExactRewriteIT.row(table, id, Map.of()));
    }
    return rows;
  }

  private static List<Map<String, Object>> named(Table table, int from, int to) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (int id = from; id < to; id++) {
      rows.add(ExactRewriteIT.row(table, id, Map.of("words", "name " + id)));
    }
    return rows;
  }

  private static void append(Table table, List<Map<String, Object>> rows, int perFile) {
    table.refresh();
    for (int i = 0; i < rows.size(); i += perFile) {
      new RawRows(table).append(rows.subList(i, Math.min(i + perFile, rows.size())));
    }
  }

  /** Returns the words by id. */
  private static List<String> words(Table table) {
    return new RawRows(table)
        .read().stream()
            .map(row -> row.substring(1).split(", "))
            .sorted(java.util.Comparator.comparing(fields -> Integer.parseInt(fields[0])))
            .map(fields -> fields[1].equals("null") ? null : fields[1])
            .toList();
  }

  private static Table table(String name, List<String> key, List<String> columns) {
    TableName table = new TableName("fill", name + "_" + ++tables);
    lake.catalog().ensure(request(table, key, columns));
    return lake.catalog().load(table);
  }

  private static void ensure(Table table, List<String> key, List<String> columns) {
    lake.catalog().ensure(request(name(table), key, columns));
    table.refresh();
  }

  private static TableName name(Table table) {
    String[] parts = table.name().split("\\.");
    return new TableName(parts[parts.length - 2], parts[parts.length - 1]);
  }

  private static TableRequest request(TableName table, List<String> key, List<String> columns) {
    List<Field> fields = new ArrayList<>();
    fields.add(Field.nullable("id", dev.backlot.schema.FieldType.Simple.INT));
    columns.forEach(c -> fields.add(Field.nullable(c, ExactRewriteIT.TYPES.get(c))));
    return new TableRequest(table, fields, key, VersionOrder.OFFSET, "test");
  }
}
