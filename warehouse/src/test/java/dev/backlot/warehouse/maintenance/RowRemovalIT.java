package dev.backlot.warehouse.maintenance;

import static dev.backlot.warehouse.TestLake.row;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType.Simple;
import dev.backlot.schema.FieldType.Text;
import dev.backlot.warehouse.SnapshotMarks;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.TableRequest;
import dev.backlot.warehouse.TableRequest.VersionOrder;
import dev.backlot.warehouse.TestLake;
import dev.backlot.warehouse.query.QueryLimits;
import dev.backlot.warehouse.query.QueryResult;
import dev.backlot.warehouse.query.QueryService;
import dev.backlot.warehouse.query.QuerySettings;
import dev.backlot.warehouse.query.RowShape;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.util.SnapshotUtil;
import org.junit.jupiter.api.Test;

/** Rows that nobody can explain go; all others, files without them and marks stay. */
class RowRemovalIT {
  private static final String SOURCE = "studio.public.movie";
  private static final TestLake lake = TestLake.shared();

  @Test
  void only_the_named_rows_go() {
    TableName name = new TableName("maintained", "removal");
    lake.catalog()
        .ensure(
            new TableRequest(
                name,
                List.of(Field.nullable("id", Simple.INT), Field.nullable("title", Text.PLAIN)),
                List.of("id"),
                VersionOrder.OFFSET,
                "test"));
    Map<String, String> marks = Map.of("backlot.mark.backlot.studio.public.movie.1.0", "3:1");
    SnapshotMarks.commit(lake.catalog().load(name).newAppend(), name.toString(), Map.of(), marks);
    lake.append(name, row("c", 0, "id", 1, "title", "kept"), row("c", 1, "id", 2, "title", "too"));
    lake.append(name, row("u", 2, "id", 1, "title", "twice"));
    lake.append(name, row("u", 2, "id", 1, "title", "twice"));
    lake.append(
        name,
        row("c", 1L << 33, "id", 3, "title", "absurd"),
        row("c", 5, "id", 4, "title", "nobody's", "_source", null));
    long untouched = files(name);

    long removed =
        maintenance()
            .remove(
                name,
                List.of(
                    new RowPlace(SOURCE, 1, 0, 2L, 1),
                    new RowPlace(SOURCE, 1, 0, 1L << 33, 0),
                    new RowPlace(null, 1, 0, 5L, 0)));
    long again = maintenance().remove(name, List.of(new RowPlace(SOURCE, 1, 0, 1L << 33, 0)));

    assertThat(removed).isEqualTo(3);
    assertThat(again).isZero();
    assertThat(titles(name)).containsExactlyInAnyOrder("kept", "too", "twice");
    assertThat(files(name)).isEqualTo(untouched - 2);
    assertThat(SnapshotMarks.nearest(SnapshotUtil.currentAncestors(lake.catalog().load(name))))
        .contains(marks);
  }

  private static TableMaintenance maintenance() {
    return new TableMaintenance(
        lake.catalog(),
        new NotedDeletions(),
        MaintenanceSettings.DEFAULT,
        lake.directory().resolve("scratch-removal"),
        "",
        new TestClock());
  }

  private static long files(TableName name) {
    long[] files = {0};
    lake.catalog().load(name).newScan().planFiles().forEach(file -> files[0]++);
    return files[0];
  }

  private static List<String> titles(TableName name) {
    QuerySettings settings =
        new QuerySettings(
            "",
            lake.directory().resolve("scratch-removal-query"),
            1,
            256,
            1,
            Duration.ofMinutes(1));
    try (QueryService queries = new QueryService(lake.catalog(), settings);
        QueryResult rows =
            queries.query("SELECT title FROM " + name, QueryLimits.DEFAULT, RowShape.ARRAY)) {
      return rows.toList().stream().map(row -> row.get(0).asText()).toList();
    }
  }
}
