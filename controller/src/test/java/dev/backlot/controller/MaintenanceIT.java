package dev.backlot.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backlot.controller.TestPlatform.Answer;
import dev.backlot.controller.TestPlatform.Said;
import dev.backlot.metadata.MaintenanceStore;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType.Simple;
import dev.backlot.warehouse.LakeCatalog;
import dev.backlot.warehouse.LakeSettings;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.TableRequest;
import dev.backlot.warehouse.TableRequest.VersionOrder;
import java.io.IOException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.parquet.Parquet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tables are maintained on demand and by themselves, and one sees it. */
final class MaintenanceIT {
  private static final Duration PATIENCE = Duration.ofSeconds(150);
  private static TestPlatform platform;
  private static LakeCatalog lake;

  @BeforeAll
  static void start() throws IOException {
    platform = new TestPlatform();
    lake = LakeCatalog.open(LakeSettings.of(platform.config));
  }

  @AfterAll
  static void stop() {
    lake.close();
    platform.close();
  }

  @Test
  void a_table_is_maintained_on_demand() throws IOException {
    TableName table = table("on_demand", 5);

    Said said = platform.run("maintain", "studio.on_demand", "--compact");

    assertThat(said.err()).isEmpty();
    assertThat(said.exitCode()).isZero();
    assertThat(said.out()).contains(" of studio.on_demand done").containsPattern("files +5 -> 1");
    assertThat(lake.load(table).newScan().planFiles()).hasSize(1);
    // The scheduler may be looking for forgotten files of the new table just now.
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(platform.run("get", "jobs").out())
                    .contains("KIND")
                    .containsPattern("studio.on_demand +maintenance +done"));
    Answer job = platform.get("/api/v1/jobs/studio.on_demand");
    assertThat(job.at("spec", "type")).isEqualTo("maintenance");
    Answer shown = platform.get("/api/v1/tables/studio.on_demand");
    assertThat(shown.at("status", "maintenance", "health", "files")).isEqualTo(1);
    assertThat((List<?>) shown.at("status", "maintenance", "runs"))
        .filteredOn(run -> ((Map<?, ?>) run).get("asked").equals(true))
        .singleElement()
        .extracting(run -> ((Map<?, ?>) ((Map<?, ?>) run).get("report")).get("files_rewritten"))
        .isEqualTo(5);
    assertThat(platform.run("describe", "table", "studio.on_demand").out())
        .contains("superseded_ratio_at_most");
    assertThat(platform.run("maintain", "studio.on_demand", "--dry-run").out()).contains("due:");
  }

  @Test
  void what_can_not_be_maintained_is_said() {
    Said missing = platform.run("maintain", "studio.nothing");
    Answer unknown =
        platform.post("/api/v1/tables/studio.nothing/maintenance", Map.of("work", List.of("x")));

    assertThat(missing.exitCode()).isEqualTo(1);
    assertThat(missing.err()).contains("studio.nothing").contains("[NOT_FOUND]");
    assertThat(unknown.status()).isEqualTo(404);
  }

  @Test
  void a_table_with_many_small_files_is_maintained_by_itself() throws IOException {
    TableName table = table("by_itself", 25);

    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(lake.load(table).newScan().planFiles()).hasSize(1));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        platform
                            .get("/api/v1/tables/studio.by_itself")
                            .at("status", "maintenance", "runs", 0, "asked"))
                    .isEqualTo(false));
  }

  @Test
  void what_a_dead_controller_was_doing_another_does() throws IOException {
    TableName table = table("of_the_dead", 3);
    try (MetadataDatabase metadata = MetadataDatabase.open(platform.config.metadata())) {
      MaintenanceStore store = metadata.maintenance();
      long lost = store.request(table.toString(), true, List.of("compact"));
      store.start(lost, table.toString());
      metadata
          .jdbi()
          .useHandle(
              handle ->
                  handle.execute(
                      "INSERT INTO scheduled_tasks (task_name, task_instance, execution_time,"
                          + " picked, picked_by, last_heartbeat, version) VALUES"
                          + " ('maintenance-run', ?, now() - interval '1 hour', true, 'the dead',"
                          + " now() - interval '1 hour', 1)",
                      Long.toString(lost)));

      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(store.find(lost).orElseThrow().state())
                      .isEqualTo(MaintenanceStore.State.DONE));
    }
    assertThat(lake.load(table).newScan().planFiles()).hasSize(1);
  }

  @Test
  void one_table_has_one_run_at_a_time() {
    try (MetadataDatabase one = MetadataDatabase.open(platform.config.metadata());
        MetadataDatabase other = MetadataDatabase.open(platform.config.metadata())) {
      String second =
          one.maintenance()
              .locked("a.b", () -> other.maintenance().locked("a.b", () -> "in").orElse("kept out"))
              .orElseThrow();
      String later = other.maintenance().locked("a.b", () -> "in").orElse("kept out");

      assertThat(second).isEqualTo("kept out");
      assertThat(later).isEqualTo("in");
    }
  }

  private static TableName table(String name, int commits) throws IOException {
    TableName table = new TableName("studio", name);
    lake.ensure(
        new TableRequest(
            table,
            List.of(Field.nullable("id", Simple.INT)),
            List.of("id"),
            VersionOrder.OFFSET,
            "test"));
    Table loaded = lake.load(table);
    for (int i = 0; i < commits; i++) {
      append(loaded, i);
    }
    return table;
  }

  private static void append(Table table, int offset) throws IOException {
    String location = table.locationProvider().newDataLocation(UUID.randomUUID() + ".parquet");
    DataWriter<Record> writer =
        Parquet.writeData(table.io().newOutputFile(location))
            .forTable(table)
            .createWriterFunc(GenericParquetWriter::create)
            .build();
    try (writer) {
      OffsetDateTime now = OffsetDateTime.now(java.time.ZoneOffset.UTC).withNano(0);
      GenericRecord row = GenericRecord.create(table.schema());
      row.setField("id", offset);
      row.setField("_op", "c");
      row.setField("_ts", now);
      row.setField("_source", "studio.public.movie");
      row.setField("_source_ts", now);
      row.setField("_epoch", 1);
      row.setField("_partition", 0);
      row.setField("_offset", (long) offset);
      writer.write(row);
    }
    table.newAppend().appendFile(writer.toDataFile()).commit();
  }
}
