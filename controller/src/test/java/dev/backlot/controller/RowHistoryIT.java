package dev.backlot.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.controller.TestPlatform.Answer;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType.Simple;
import dev.backlot.schema.FieldType.Text;
import dev.backlot.warehouse.LakeCatalog;
import dev.backlot.warehouse.LakeSettings;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.TableRequest;
import dev.backlot.warehouse.TableRequest.VersionOrder;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
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

/** What a table itself tells of a row, found by composite and hostile keys. */
final class RowHistoryIT {
  private static final String HOSTILE = "a/b'; DROP [\"%2F\" é";

  private static TestPlatform platform;

  @BeforeAll
  static void start() throws IOException {
    platform = new TestPlatform();
    try (LakeCatalog lake = LakeCatalog.open(LakeSettings.of(platform.config))) {
      TableName name = new TableName("studio", "roles");
      lake.ensure(
          new TableRequest(
              name,
              List.of(
                  Field.nullable("movie_id", Simple.LONG),
                  Field.nullable("who", Text.PLAIN),
                  Field.nullable("fee", Simple.LONG)),
              List.of("movie_id", "who"),
              VersionOrder.OFFSET,
              "test"));
      Table table = lake.load(name);
      append(table, "c", 7, HOSTILE, 100, 1);
      append(table, "u", 7, HOSTILE, 250, 2);
      append(table, "u", 7, "another", 1, 3);
      append(table, "c", 8, HOSTILE, 2, 4);
      append(table, "d", 8, HOSTILE, 2, 5);
    }
  }

  @AfterAll
  static void stop() {
    platform.close();
  }

  private static void append(Table table, String op, long movie, String who, long fee, long offset)
      throws IOException {
    DataWriter<Record> writer =
        Parquet.writeData(
                table
                    .io()
                    .newOutputFile(
                        table.locationProvider().newDataLocation(UUID.randomUUID() + ".parquet")))
            .forTable(table)
            .createWriterFunc(GenericParquetWriter::create)
            .build();
    try (writer) {
      OffsetDateTime time = OffsetDateTime.of(2026, 1, 1, 0, 0, (int) offset, 0, ZoneOffset.UTC);
      GenericRecord row = GenericRecord.create(table.schema());
      row.setField("movie_id", movie);
      row.setField("who", who);
      row.setField("fee", fee);
      row.setField("_op", op);
      row.setField("_ts", time);
      row.setField("_source", "studio.public.role");
      row.setField("_source_position", "00000001/0000000000000010/0000000" + offset);
      row.setField("_source_ts", time);
      row.setField("_epoch", 1);
      row.setField("_partition", 0);
      row.setField("_offset", offset);
      writer.write(row);
    }
    table.newAppend().appendFile(writer.toDataFile()).commit();
  }

  private static Answer history(String table, String key) {
    return platform.get(
        "/api/v1/tables/"
            + table
            + "/rows/"
            + URLEncoder.encode(key, StandardCharsets.UTF_8).replace("+", "%20")
            + "/history");
  }

  private static String key(long movie) {
    return "[" + movie + ",\"" + HOSTILE.replace("\"", "\\\"") + "\"]";
  }

  @Test
  void versions_come_newest_first_with_what_changed_and_the_row_as_it_is() {
    Answer row = history("studio.roles_latest", key(7));

    assertThat(row.status()).isEqualTo(200);
    assertThat(row.at("table")).isEqualTo("studio.roles");
    assertThat((List<?>) row.at("versions")).hasSize(2);
    assertThat(row.at("versions", 0, "op")).isEqualTo("u");
    assertThat(row.at("versions", 0, "changed")).isEqualTo(List.of("fee"));
    assertThat(row.at("versions", 0, "values", "fee")).isEqualTo(250);
    assertThat(row.at("versions", 1, "values", "fee")).isEqualTo(100);
    assertThat(row.at("current", "fee")).isEqualTo(250);
    assertThat(row.at("key", "who")).isEqualTo(HOSTILE);
  }

  @Test
  void a_deleted_row_has_no_present_state_and_one_that_never_was_has_no_version() {
    Answer deleted = history("studio.roles", key(8));
    Answer never = history("studio.roles", key(9));

    assertThat(deleted.at("current")).isNull();
    assertThat(deleted.at("versions", 0, "op")).isEqualTo("d");
    assertThat((List<?>) never.at("versions")).isEmpty();
  }

  @Test
  void a_key_that_can_be_none_is_refused_with_the_next_step() {
    Answer few = history("studio.roles", "7");
    Answer wrong = history("studio.roles", "[\"seven\",\"x\"]");

    assertThat(few.status()).isEqualTo(400);
    assertThat(few.at("problems", 0, "message").toString()).contains("Give movie_id, who");
    assertThat(wrong.status()).isEqualTo(400);
    assertThat(history("studio.nothing", "7").status()).isEqualTo(404);
  }
}
