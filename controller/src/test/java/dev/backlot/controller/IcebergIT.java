package dev.backlot.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.controller.web.Json;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType.Simple;
import dev.backlot.warehouse.LakeCatalog;
import dev.backlot.warehouse.LakeSettings;
import dev.backlot.warehouse.LocalFileIO;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.TableRequest;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableCommit;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.exceptions.ForbiddenException;
import org.apache.iceberg.exceptions.NoSuchTableException;
import org.apache.iceberg.rest.RESTCatalog;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.view.View;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The REST catalog, by Iceberg's own client and by requests as other clients send them. */
final class IcebergIT {
  private static final Schema SCHEMA =
      new Schema(Types.NestedField.optional(1, "id", Types.LongType.get()));
  private static final String DOCUMENTS =
      """
      apiVersion: backlot/v1
      kind: Connection
      name: studio
      owner: production
      type: postgresql
      config: {host: localhost, database: studio, user: backlot, password: {env: BACKLOT_SECRET_X}}
      tables: {include: [public.movie]}
      ---
      apiVersion: backlot/v1
      kind: Pipeline
      name: movie_report
      owner: tech
      state: paused
      steps:
        - {id: movies, source: studio.public.movie}
        - {id: w, sink: iceberg, from: movies, config: {table: studio.movie_report}}
      """;
  private static final TableIdentifier OWNED = TableIdentifier.of("studio", "movie_report");
  private static final TableIdentifier VIEW = TableIdentifier.of("studio", "movie_report_latest");

  private static TestPlatform platform;
  private static LakeCatalog lake;
  private static RESTCatalog client;
  private static int files;

  @BeforeAll
  static void start() throws IOException {
    platform = new TestPlatform();
    platform.capture("studio", "movie");
    assertThat(platform.apply(DOCUMENTS).status()).isEqualTo(200);
    lake = LakeCatalog.open(LakeSettings.of(platform.config));
    lake.ensure(
        new TableRequest(
            new TableName("studio", "movie_report"),
            List.of(Field.nullable("id", Simple.LONG)),
            List.of("id"),
            TableRequest.VersionOrder.OFFSET,
            "movie_report"));
    client = new RESTCatalog();
    client.initialize(
        "outside",
        Map.of(
            "uri", url(""), "token", TestPlatform.TOKEN, "io-impl", LocalFileIO.class.getName()));
    client.createNamespace(Namespace.of("analysts"));
  }

  @AfterAll
  static void stop() throws IOException {
    client.close();
    lake.close();
    platform.close();
  }

  private static String url(String path) {
    return "http://localhost:" + platform.controller.port() + "/iceberg" + path;
  }

  private static TableIdentifier own(String name) {
    return TableIdentifier.of("analysts", name);
  }

  private static DataFile file(Table table) {
    return DataFiles.builder(PartitionSpec.unpartitioned())
        .withPath(table.locationProvider().newDataLocation("f" + files++ + ".parquet"))
        .withFileSizeInBytes(10)
        .withRecordCount(1)
        .build();
  }

  @Test
  void clients_keep_tables_of_their_own() {
    Table table = client.createTable(own("cuts"), SCHEMA);
    table.newAppend().appendFile(file(table)).commit();
    table.updateSchema().addColumn("title", Types.StringType.get()).commit();
    client.renameTable(own("cuts"), own("director's \"cut\" %2F é"));

    Table renamed = client.loadTable(own("director's \"cut\" %2F é"));
    assertThat(renamed.currentSnapshot().summary()).containsEntry("total-records", "1");
    assertThat(renamed.schema().findField("title")).isNotNull();
    assertThat(client.tableExists(own("cuts"))).isFalse();
    assertThat(client.listTables(Namespace.of("analysts")))
        .contains(own("director's \"cut\" %2F é"));

    client.buildTable(own("staged"), SCHEMA).createTransaction().commitTransaction();
    assertThat(client.tableExists(own("staged"))).isTrue();
    String metadata =
        ((org.apache.iceberg.BaseTable) renamed).operations().current().metadataFileLocation();
    client.registerTable(own("again"), metadata);
    assertThat(client.loadTable(own("again")).uuid()).isEqualTo(renamed.uuid());
    assertThat(client.dropTable(own("again"), false)).isTrue();
    assertThat(client.dropTable(own("director's \"cut\" %2F é"), true)).isTrue();
    assertThatThrownBy(() -> client.loadTable(own("director's \"cut\" %2F é")))
        .isInstanceOf(NoSuchTableException.class);
  }

  @Test
  void clients_keep_views_of_their_own() {
    client
        .buildView(own("newest"))
        .withSchema(SCHEMA)
        .withDefaultNamespace(Namespace.of("analysts"))
        .withQuery("trino", "SELECT 1 AS id")
        .create();
    View view = client.loadView(own("newest"));
    view.updateProperties().set("comment", "mine").commit();
    client.renameView(own("newest"), own("oldest"));

    assertThat(client.loadView(own("oldest")).properties()).containsEntry("comment", "mine");
    assertThat(client.listViews(Namespace.of("analysts"))).containsExactly(own("oldest"));
    assertThat(client.dropView(own("oldest"))).isTrue();
    assertThat(client.viewExists(own("oldest"))).isFalse();
  }

  @Test
  void several_tables_change_together_or_not_at_all() {
    Table one = client.createTable(own("one"), SCHEMA);
    Table two = client.createTable(own("two"), SCHEMA);
    TableCommit first = extend(own("one"), one, "a");
    TableCommit second = extend(own("two"), two, "b");
    TableCommit stale = extend(own("two"), two, "d");
    client.commitTransaction(List.of(first, second));

    assertThat(client.loadTable(own("one")).schema().findField("a")).isNotNull();
    assertThat(client.loadTable(own("two")).schema().findField("b")).isNotNull();

    TableCommit fresh = extend(own("one"), client.loadTable(own("one")), "c");
    assertThatThrownBy(() -> client.commitTransaction(List.of(fresh, stale)))
        .isInstanceOf(CommitFailedException.class);
    assertThat(client.loadTable(own("one")).schema().findField("c")).isNull();
    TableCommit owned = extend(OWNED, client.loadTable(OWNED), "e");
    assertThatThrownBy(() -> client.commitTransaction(List.of(fresh, owned)))
        .isInstanceOf(ForbiddenException.class);
    assertThat(client.loadTable(own("one")).schema().findField("c")).isNull();
  }

  private static TableCommit extend(TableIdentifier name, Table table, String column) {
    var transaction = table.newTransaction();
    transaction.updateSchema().addColumn(column, Types.LongType.get()).commit();
    var base = ((org.apache.iceberg.BaseTable) table).operations().current();
    var next = ((org.apache.iceberg.HasTableOperations) transaction.table()).operations().current();
    return TableCommit.create(name, base, next);
  }

  @Test
  void tables_of_pipelines_are_read_and_not_harmed() throws IOException {
    Table table = client.loadTable(OWNED);
    String before = lake.load(new TableName("studio", "movie_report")).toString();
    List<ThrowingCallable> harms = new ArrayList<>();
    harms.add(() -> table.newAppend().appendFile(file(table)).commit());
    harms.add(() -> table.newDelete().deleteFile("x").commit());
    harms.add(() -> table.updateSchema().addColumn("x", Types.LongType.get()).commit());
    harms.add(() -> table.updateSpec().addField("id").commit());
    harms.add(() -> table.updateProperties().set("backlot.pipeline", "mine").commit());
    harms.add(() -> table.updateProperties().remove("write.parquet.compression-codec").commit());
    harms.add(() -> table.updateLocation().setLocation(table.location() + "x").commit());
    harms.add(() -> client.dropTable(OWNED, false));
    harms.add(() -> client.dropTable(OWNED, true));
    harms.add(() -> client.renameTable(OWNED, own("stolen")));
    harms.add(() -> client.dropView(VIEW));
    harms.add(() -> client.renameView(VIEW, own("stolen")));
    harms.add(() -> client.loadView(VIEW).updateProperties().set("a", "b").commit());
    harms.add(
        () ->
            client
                .buildView(VIEW)
                .withSchema(SCHEMA)
                .withDefaultNamespace(Namespace.of("studio"))
                .withQuery("trino", "SELECT 1 AS id")
                .withQuery("spark", "SELECT 1 AS id")
                .createOrReplace());
    harms.add(() -> client.registerTable(own("double"), metadataFile(client.loadTable(OWNED))));
    harms.add(
        () -> client.buildTable(own("inside"), SCHEMA).withLocation(table.location()).create());

    for (ThrowingCallable harm : harms) {
      assertThatThrownBy(harm)
          .isInstanceOf(ForbiddenException.class)
          .hasMessageContaining("pipeline 'movie_report'");
    }

    table.updateProperties().set("comment", "films").commit();
    assertThat(client.loadTable(OWNED).properties()).containsEntry("comment", "films");
    assertThat(lake.load(new TableName("studio", "movie_report")).toString()).isEqualTo(before);
    assertThat(client.loadView(VIEW).sqlFor("spark").sql()).contains("ROW_NUMBER()");
  }

  private static String metadataFile(Table table) {
    return ((org.apache.iceberg.BaseTable) table).operations().current().metadataFileLocation();
  }

  @Test
  void a_table_that_a_pipeline_is_about_to_write_is_not_created_by_others() {
    assertThat(platform.apply(DOCUMENTS.replace("movie_report", "planned_report")).status())
        .isEqualTo(200);

    assertThatThrownBy(
            () -> client.createTable(TableIdentifier.of("studio", "planned_report"), SCHEMA))
        .isInstanceOf(ForbiddenException.class)
        .hasMessageContaining("'planned_report'");
    assertThatThrownBy(
            () -> client.createTable(TableIdentifier.of("studio", "planned_report_latest"), SCHEMA))
        .isInstanceOf(ForbiddenException.class);
  }

  @Test
  void nothing_is_written_or_deleted_outside_of_the_warehouse() throws IOException {
    Path outside = Files.createTempDirectory("outside");
    Path precious = Files.writeString(outside.resolve("precious.parquet"), "x");
    String root = LocalFileIO.path(lake.settings().warehouse()).toString();
    for (String location :
        List.of(
            "file://" + outside + "/t",
            root + "/../escape/t",
            root,
            root + "/analysts",
            "s3://elsewhere/a/b")) {
      assertThatThrownBy(
              () -> client.buildTable(own("far"), SCHEMA).withLocation(location).create())
          .as(location)
          .isInstanceOf(ForbiddenException.class);
    }
    assertThatThrownBy(
            () ->
                client
                    .buildTable(own("far"), SCHEMA)
                    .withProperty("write.metadata.path", "file://" + outside)
                    .create())
        .isInstanceOf(ForbiddenException.class);
    Table table = client.createTable(own("grasping"), SCHEMA);
    table
        .newAppend()
        .appendFile(
            DataFiles.builder(PartitionSpec.unpartitioned())
                .withPath("file://" + precious)
                .withFileSizeInBytes(1)
                .withRecordCount(1)
                .build())
        .commit();

    client.dropTable(own("grasping"), true);

    assertThat(precious).exists();
    try (var left = Files.list(outside)) {
      assertThat(left).containsExactly(precious);
    }
    assertThat(LocalFileIO.path(metadataFile(table))).doesNotExist();
  }

  @Test
  void tables_of_others_are_listed_beside_those_of_pipelines() {
    Table table =
        client.createTable(
            own("foreign"),
            new Schema(
                Types.NestedField.optional(1, "id", Types.LongType.get()),
                Types.NestedField.optional(2, "at", Types.TimestampNanoType.withoutZone())),
            PartitionSpec.unpartitioned(),
            Map.of("format-version", "3"));
    table.updateProperties().set("a", "b").commit();

    assertThat(platform.get("/api/v1/tables").body().toString())
        .contains("analysts.foreign", "studio.movie_report");
  }

  /** An answer over plain HTTP. */
  private record Plain(int status, String body, HttpResponse<String> response) {
    JsonNode json() {
      return Json.readTree(body);
    }

    String error() {
      JsonNode error = json().path("error");
      return error.path("code").asInt() + " " + error.path("type").asText();
    }
  }

  private static Plain call(String method, String path, String body, String... headers) {
    HttpRequest.Builder request =
        platform
            .request("/iceberg" + path)
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    if (!body.isEmpty()) {
      request.header("Content-Type", "application/json");
    }
    try {
      HttpResponse<String> response =
          HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Plain(response.statusCode(), response.body(), response);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void configuration_tells_the_prefix_and_every_endpoint() {
    JsonNode config = call("GET", "/v1/config?warehouse=lake", "").json();

    assertThat(config.at("/overrides/prefix").asText()).isEqualTo("lake");
    assertThat(config.path("endpoints").toString())
        .contains(
            "\"GET /v1/{prefix}/namespaces/{namespace}/tables/{table}\"",
            "\"POST /v1/{prefix}/transactions/commit\"",
            "\"HEAD /v1/{prefix}/namespaces/{namespace}/views/{view}\"")
        .doesNotContain("plan");
    assertThat(call("GET", "/v1/config?warehouse=other", "").error())
        .isEqualTo("404 NoSuchWarehouseException");
  }

  @Test
  void errors_have_the_codes_that_clients_act_on() {
    String tables = "/v1/lake/namespaces/analysts/tables";
    String create = "{\"name\":\"twice\",\"schema\":" + schemaJson() + "}";
    assertThat(call("POST", tables, create).status()).isEqualTo(200);
    String stale =
        "{\"requirements\":[{\"type\":\"assert-current-schema-id\",\"current-schema-id\":7}],"
            + "\"updates\":[]}";

    assertThat(call("GET", tables + "/none", "").error()).isEqualTo("404 NoSuchTableException");
    assertThat(call("GET", "/v1/lake/namespaces/none", "").error())
        .isEqualTo("404 NoSuchNamespaceException");
    assertThat(call("GET", "/v1/lake/namespaces/analysts/views/none", "").error())
        .isEqualTo("404 NoSuchViewException");
    assertThat(call("POST", tables, create).error()).isEqualTo("409 AlreadyExistsException");
    assertThat(call("POST", tables + "/twice", stale).error())
        .isEqualTo("409 CommitFailedException");
    assertThat(call("DELETE", "/v1/lake/namespaces/analysts", "").error())
        .isEqualTo("409 NamespaceNotEmptyException");
    assertThat(call("POST", tables, "{nonsense").error()).isEqualTo("400 BadRequestException");
    assertThat(call("POST", "/v1/lake/namespaces", "{\"namespace\":[\"a\",\"b\"]}").error())
        .isEqualTo("400 BadRequestException");
    assertThat(call("DELETE", "/v1/lake/namespaces/studio/tables/movie_report", "").error())
        .isEqualTo("403 ForbiddenException");
    assertThat(call("POST", tables + "/twice/plan", "{}").error())
        .isEqualTo("404 NoSuchEndpointException");
    assertThat(call("POST", "/v1/oauth/tokens", "").status()).isEqualTo(404);
    assertThat(call("HEAD", tables + "/none", "").status()).isEqualTo(404);
    assertThat(call("HEAD", tables + "/twice", "").status()).isEqualTo(204);
  }

  private static String schemaJson() {
    return "{\"type\":\"struct\",\"schema-id\":0,\"fields\":["
        + "{\"id\":1,\"name\":\"id\",\"required\":false,\"type\":\"long\"}]}";
  }

  @Test
  void requests_as_other_clients_send_them_are_understood() {
    // PyIceberg lists with a page token from the start; DuckDB and Spark leave the prefix as told.
    client.createNamespace(Namespace.of("paged"));
    for (int i = 0; i < 5; i++) {
      client.createTable(TableIdentifier.of("paged", "t" + i), SCHEMA);
    }
    List<String> names = new ArrayList<>();
    String token = "";
    do {
      JsonNode page =
          call("GET", "/v1/lake/namespaces/paged/tables?pageToken=" + token + "&pageSize=2", "")
              .json();
      page.path("identifiers").forEach(id -> names.add(id.path("name").asText()));
      token = page.path("next-page-token").asText("");
    } while (!token.isEmpty() && !token.equals("null"));
    assertThat(names).containsExactlyInAnyOrder("t0", "t1", "t2", "t3", "t4");

    String unprefixed = "/v1/namespaces/paged/tables/t0";
    Plain loaded = call("GET", unprefixed + "?snapshots=refs", "");
    assertThat(loaded.json().at("/metadata/location").asText()).startsWith("file:");
    String etag = loaded.response().headers().firstValue("ETag").orElseThrow();
    assertThat(call("GET", unprefixed + "?snapshots=refs", "", "If-None-Match", etag).status())
        .isEqualTo(304);
    assertThat(call("GET", unprefixed, "", "If-None-Match", etag).status()).isEqualTo(200);
    assertThat(call("GET", "/v1/lake/namespaces?parent=paged", "").json().toString())
        .isEqualTo("{\"namespaces\":[],\"next-page-token\":null}");
    assertThat(call("POST", unprefixed + "/metrics", "{}").status()).isEqualTo(204);
  }
}
