package dev.backlot.warehouse;

import static dev.backlot.schema.Field.nullable;
import static dev.backlot.warehouse.TestLake.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.FieldType.Simple;
import dev.backlot.schema.FieldType.Text;
import dev.backlot.warehouse.TableRequest.VersionOrder;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.iceberg.view.SQLViewRepresentation;
import org.apache.iceberg.view.View;
import org.junit.jupiter.api.Test;

class LakeCatalogIT {
  private static final Field ID = nullable("id", Simple.INT);
  private static final Field TITLE = nullable("title", Text.PLAIN);

  private final TestLake lake = TestLake.shared();
  private final LakeCatalog catalog = lake.catalog();

  @Test
  void everyTypeIsReadBackAsItWasAskedFor() {
    TableName name = new TableName("shape", "types");
    List<Field> fields = new ArrayList<>();
    for (Simple type : Simple.values()) {
      fields.add(new Field("s_" + type, type, true, "column of " + type, Map.of()));
      if (type != Simple.TEXT_MAP) {
        fields.add(nullable("a_" + type, new FieldType.ArrayOf(type)));
      }
    }
    fields.add(nullable("dec", new FieldType.Decimal(38, 9)));
    fields.add(nullable("num", Text.NUMERIC));
    fields.add(nullable("js", Text.JSON));
    fields.add(nullable("phase", Text.enumOf(List.of("a,b", "it's", "c\\d"))));
    fields.add(nullable("phases", new FieldType.ArrayOf(Text.enumOf(List.of("x")))));

    TableShape shape = catalog.ensure(request(name, fields, List.of()));

    assertThat(shape.ownColumns().stream().map(TableColumn::field))
        .containsExactlyElementsOf(fields);
    assertThat(shape.columns().stream().map(TableColumn::name))
        .endsWith(
            "_op",
            "_ts",
            "_source",
            "_source_position",
            "_source_ts",
            "_epoch",
            "_partition",
            "_offset",
            "_exact");
    assertThat(catalog.shape(name)).contains(shape);
    assertThat(catalog.owner(name)).contains("test");
  }

  @Test
  void ensuringAgainChangesNothing() {
    TableName name = lake.table("shape.same", List.of("id"), ID, TITLE);
    String before = metadataLocation(name);
    int version = catalog.findView(name.latest()).orElseThrow().currentVersion().versionId();

    lake.table("shape.same", List.of("id"), ID, TITLE);

    assertThat(metadataLocation(name)).isEqualTo(before);
    assertThat(catalog.findView(name.latest()).orElseThrow().currentVersion().versionId())
        .isEqualTo(version);
  }

  @Test
  void columnsAreAddedBeforeTheSystemColumnsAndWidenedInPlace() {
    Field ints = nullable("ints", new FieldType.ArrayOf(Simple.INT));
    Field price = nullable("price", new FieldType.Decimal(5, 2));
    Field phase = nullable("phase", Text.enumOf(List.of("a")));
    TableName name = lake.table("shape.grow", List.of("id"), ID, ints, price, phase);
    int id = catalog.shape(name).orElseThrow().column("id").orElseThrow().id();

    TableShape shape =
        catalog.ensure(
            request(
                name,
                List.of(
                    nullable("dotted.name", Text.PLAIN),
                    nullable("id", Simple.LONG),
                    nullable("ints", new FieldType.ArrayOf(Simple.LONG)),
                    nullable("price", new FieldType.Decimal(9, 2)),
                    nullable("phase", Text.enumOf(List.of("a", "b")))),
                List.of("id")));

    assertThat(shape.ownColumns().stream().map(c -> c.name() + " " + c.type().notation()))
        .containsExactly(
            "id long",
            "ints array<long>",
            "price decimal(9,2)",
            "phase enum('a','b')",
            "dotted.name text");
    assertThat(shape.column("id").orElseThrow().id()).isEqualTo(id);
    assertThat(shape.columns().get(5).name()).isEqualTo("_op");
    assertThat(catalog.findView(name.latest()).orElseThrow().schema().findField("dotted.name"))
        .isNotNull();
  }

  @Test
  void aColumnThatThePipelineDropsStays() {
    TableName name = lake.table("shape.dropped", List.of("id"), ID, TITLE);

    TableShape shape = catalog.ensure(request(name, List.of(ID), List.of("id")));

    assertThat(shape.ownColumns().stream().map(TableColumn::name)).containsExactly("id", "title");
  }

  @Test
  void a_column_that_is_renamed_keeps_its_values_and_one_that_is_dropped_goes() throws Exception {
    Field phase = nullable("phase", Text.enumOf(List.of("a")));
    Field year = nullable("year", Simple.INT);
    TableName name = lake.table("shape.follows", List.of("id"), ID, TITLE, phase, year);
    lake.append(name, row("c", 1, "id", 1, "title", "old", "phase", "a", "year", 1999));
    TableRequest request =
        new TableRequest(
            name,
            List.of(ID, nullable("made", Simple.LONG), nullable("name", Text.PLAIN)),
            List.of("id"),
            VersionOrder.OFFSET,
            "test",
            Map.of("title", "name", "year", "made", "never", "id"),
            List.of("phase", "never"));

    TableShape shape = catalog.ensure(request);
    String location = metadataLocation(name);

    assertThat(shape.ownColumns().stream().map(c -> c.name() + " " + c.type().notation()))
        .containsExactly("id int", "name text", "made long");
    assertThat(catalog.load(name).properties()).doesNotContainKey("backlot.column.phase");
    assertThat(catalog.ensure(request)).isEqualTo(shape);
    assertThat(metadataLocation(name)).as("asking again changes nothing").isEqualTo(location);
  }

  @Test
  void allConflictsAreReportedAtOnceAndNothingIsChanged() {
    TableName name = lake.table("shape.conflict", List.of("id"), ID, TITLE);
    String before = metadataLocation(name);
    TableRequest request =
        new TableRequest(
            name,
            List.of(
                nullable("id", Text.PLAIN),
                nullable("title", Simple.LONG),
                nullable("_Offset", Simple.LONG),
                nullable("extra", Simple.LONG)),
            List.of("gone"),
            VersionOrder.OFFSET,
            "other");

    assertThatThrownBy(() -> catalog.ensure(request))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e ->
                assertThat(e.problems().stream().map(Problem::code))
                    .containsExactly(
                        ProblemCode.TABLE_OWNED_BY_OTHER,
                        ProblemCode.TABLE_SCHEMA_CONFLICT,
                        ProblemCode.PIPELINE_KEY_LOST,
                        ProblemCode.TABLE_SCHEMA_CONFLICT,
                        ProblemCode.TABLE_SCHEMA_CONFLICT));
    assertThat(metadataLocation(name)).isEqualTo(before);
  }

  @Test
  void evolutionSucceedsBesideAWriter() throws Exception {
    TableName name = lake.table("shape.beside", List.of("id"), ID);
    ExecutorService writer = Executors.newSingleThreadExecutor();
    try {
      Future<?> writing =
          writer.submit(
              () -> {
                for (int i = 0; i < 20; i++) {
                  lake.append(name, row("c", i, "id", i));
                }
              });
      List<Field> fields = new ArrayList<>(List.of(ID));
      for (int i = 0; i < 5; i++) {
        fields.add(nullable("added" + i, Text.PLAIN));
        catalog.ensure(request(name, fields, List.of("id")));
      }
      writing.get();

      assertThat(catalog.shape(name).orElseThrow().ownColumns()).hasSize(6);
      assertThat(catalog.load(name).currentSnapshot().summary())
          .containsEntry("total-records", "20");
    } finally {
      writer.shutdownNow();
    }
  }

  @Test
  void metadataFilesStayBounded() throws Exception {
    TableName name = lake.table("shape.bounded", List.of("id"), ID);

    for (int i = 0; i < 25; i++) {
      lake.append(name, row("c", i, "id", i));
    }

    Path metadata = LocalFileIO.path(catalog.load(name).location()).resolve("metadata");
    try (Stream<Path> files = Files.list(metadata)) {
      assertThat(files.filter(file -> file.toString().endsWith(".json"))).hasSize(21);
    }
  }

  @Test
  void theBusinessViewIsWrittenForTrinoAndSpark() {
    TableName name =
        lake.table("shape.viewed", List.of("id"), ID, nullable("it's \"q\"`", Text.PLAIN));

    View view = catalog.findView(name.latest()).orElseThrow();

    assertThat(view.currentVersion().defaultCatalog()).isEqualTo("lake");
    assertThat(
            view.currentVersion().representations().stream()
                .map(SQLViewRepresentation.class::cast)
                .map(SQLViewRepresentation::dialect))
        .containsExactly("trino", "spark");
    assertThat(view.sqlFor("spark").sql())
        .contains("r.`it's \"q\"```")
        .contains("PARTITION BY r._source, r.`id` ORDER BY r._epoch DESC, r._offset DESC");
    assertThat(view.sqlFor("trino").sql()).contains("r.\"it's \"\"q\"\"`\"").contains("\"shape\".");
    assertThat(catalog.viewedTable(name.latest())).contains(name);
  }

  @Test
  void droppingATableDropsItsViewAndFiles() {
    TableName name = lake.table("shape.gone", List.of("id"), ID);
    lake.append(name, row("c", 1, "id", 1));
    Path data = LocalFileIO.path(catalog.load(name).location()).resolve("data");
    assertThat(data).isNotEmptyDirectory();

    catalog.drop(name, LakeCatalog.Files.PURGE);

    assertThat(catalog.find(name)).isEmpty();
    assertThat(catalog.findView(name.latest())).isEmpty();
    assertThat(data)
        .satisfiesAnyOf(d -> assertThat(d).doesNotExist(), d -> assertThat(d).isEmptyDirectory());
  }

  @Test
  void handlesOfOneJvmShareTwoConnections() throws Exception {
    LakeSettings copy = serializedCopy(lake.settings());
    List<LakeCatalog> handles = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      handles.add(LakeCatalog.open(copy));
    }

    handles.parallelStream().forEach(LakeCatalog::tables);

    assertThat(connections()).isBetween(1, 2);
    handles.forEach(LakeCatalog::close);
    assertThat(catalog.tables()).isNotNull();
  }

  @Test
  void aRestartOfPostgresIsSurvived() throws Exception {
    TableName name = lake.table("shape.restart", List.of("id"), ID);
    try (Connection connection = lake.postgres().connect();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
              + " WHERE application_name = 'backlot-lake'");
    }

    lake.append(name, row("c", 1, "id", 1));

    assertThat(catalog.load(name).currentSnapshot()).isNotNull();
  }

  @Test
  void namesThatCanBeNoTableAreRefused() {
    for (String name : List.of("movie", "a.b.c.d", "a.", "a.\"b", "a.\"x/../../y\"", "\"a.b\".c")) {
      assertThatThrownBy(() -> TableName.parse(name))
          .as(name)
          .isInstanceOf(ProblemException.class)
          .hasMessageContaining("Cannot use table name");
    }
    assertThat(TableName.parse("lake.a.\"B c\"")).isEqualTo(new TableName("a", "B c"));
    assertThat(new TableName("a", "B \"c\"")).hasToString("a.\"B \"\"c\"\"\"");
  }

  private int connections() throws Exception {
    try (Connection connection = lake.postgres().connect();
        Statement statement = connection.createStatement();
        ResultSet count =
            statement.executeQuery(
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'backlot-lake'")) {
      count.next();
      return count.getInt(1);
    }
  }

  private String metadataLocation(TableName name) {
    return ((org.apache.iceberg.BaseTable) catalog.load(name))
        .operations()
        .current()
        .metadataFileLocation();
  }

  private static LakeSettings serializedCopy(LakeSettings settings) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(settings);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (LakeSettings) in.readObject();
    }
  }

  private static TableRequest request(TableName name, List<Field> fields, List<String> key) {
    return new TableRequest(name, fields, key, VersionOrder.OFFSET, "test");
  }
}
