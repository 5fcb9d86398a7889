package dev.backlot.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.backlot.controller.TestPlatform.Answer;
import dev.backlot.controller.access.Caller;
import dev.backlot.controller.access.Role;
import dev.backlot.controller.document.Descriptions;
import dev.backlot.controller.evolution.Evolutions;
import dev.backlot.controller.lineage.Lineages;
import dev.backlot.controller.lineage.Origins;
import dev.backlot.controller.mask.Masks;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.OriginStore.Origin;
import dev.backlot.metadata.SourceStore;
import dev.backlot.model.source.SourceDescriptor;
import dev.backlot.registry.SchemaStore;
import dev.backlot.schema.AvroSchemas;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType.Simple;
import dev.backlot.schema.FieldType.Text;
import dev.backlot.schema.RowSchema;
import dev.backlot.warehouse.TableName;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Descriptions of Sources, search, and what tags keep from whom. */
final class CatalogIT {
  private static final String CONNECTION =
      """
      apiVersion: backlot/v1
      kind: Connection
      name: studio
      owner: production
      type: postgresql
      config: {host: localhost, database: studio, user: backlot, password: {env: BACKLOT_SECRET_X}}
      tables: {include: [public.*]}
      """;
  private static TestPlatform platform;
  private static MetadataDatabase metadata;

  @BeforeAll
  static void start() throws IOException {
    platform = new TestPlatform();
    metadata = MetadataDatabase.open(platform.config.metadata());
    for (String table : List.of("talent", "movie", "quoted \"one\".x", "left")) {
      put(table, "email", "notes");
    }
    assertThat(platform.apply(CONNECTION).status()).isEqualTo(200);
  }

  @AfterAll
  static void stop() {
    metadata.close();
    platform.close();
  }

  private static String put(String table, String... columns) {
    String name = new dev.backlot.model.source.SourceName("studio", "public", table).toString();
    List<Field> fields = new java.util.ArrayList<>(List.of(Field.required("id", Simple.LONG)));
    for (String column : columns) {
      fields.add(Field.nullable(column, Text.PLAIN));
    }
    metadata
        .sources()
        .put(
            new SourceDescriptor(
                name,
                "studio",
                "public",
                table,
                1,
                "topic-" + table.hashCode(),
                1,
                List.of("id"),
                "",
                AvroSchemas.envelope(new RowSchema(name, fields, List.of("id"))).toString(),
                List.of(),
                List.of()),
            SourceStore.State.STREAMING,
            "");
    return name;
  }

  private static String source(String name, String rest) {
    return "apiVersion: backlot/v1\nkind: Source\nname: '" + name + "'\n" + rest;
  }

  private static String path(String name, String more) {
    String encoded = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    return "/api/v1/sources/" + encoded + more;
  }

  @Test
  void aDocumentDescribesASourceAndItsDeletionLeavesTheSource() {
    String document =
        source(
            "studio.public.movie",
            "owner: editors\ndomain: films\ndescription: All films\n"
                + "fields: {email: {tags: [pii], unit: x}}\n");
    assertThat(platform.apply(document).at("documents", 0, "action")).isEqualTo("create");
    assertThat(platform.apply(document).at("documents", 0, "action")).isEqualTo("unchanged");

    Answer item = platform.get(path("studio.public.movie", "?proof=false"));
    assertThat(item.at("spec", "owner")).isEqualTo("editors");
    assertThat(item.at("spec", "domain")).isEqualTo("films");
    assertThat(item.at("spec", "fields", 1, "tags")).isEqualTo(List.of("pii"));
    assertThat(item.at("status", "described_revision")).isEqualTo(1);
    assertThat(
            platform
                .get(path("studio.\"public\".movie", "/revisions"))
                .at("revisions", 0, "spec", "domain"))
        .isEqualTo("films");

    assertThat(platform.call("DELETE", path("studio.public.movie", ""), null).status())
        .isEqualTo(200);
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(
                        platform
                            .get(path("studio.public.movie", "?proof=false"))
                            .at("spec", "owner"))
                    .isEqualTo("production"));
    assertThat(
            platform
                .call("DELETE", path("studio.public.movie", ""), null)
                .at("problems", 0, "message"))
        .asString()
        .contains("no document describes it");
  }

  @Test
  void fieldsThatASourceDoesNotHaveAreRefusedUnlessTheyWereSaidBefore() {
    String name = put("changing", "email", "old");
    String said = "fields: {old: {description: was}, email: {tags: [pii]}}\n";
    assertThat(platform.apply(source(name, said)).status()).isEqualTo(200);
    put("changing", "email");

    assertThat(platform.apply(source(name, said + "domain: x\n")).status()).isEqualTo(200);
    Answer refused = platform.apply(source(name, "fields: {emial: {tags: [pii]}}\n"));
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.at("problems", 0, "message"))
        .asString()
        .contains("no field 'emial'")
        .contains("'email'");
  }

  @Test
  void anEditKeepsWhatItDoesNotNameAndConflictsWithAnother() {
    String name = put("edited", "email", "notes");
    assertThat(
            edit(
                    name,
                    Map.of(
                        "expected_revision",
                        0,
                        "domain",
                        "d",
                        "fields",
                        Map.of("email", Map.of("tags", List.of("pii")))))
                .at("revision"))
        .isEqualTo(1);
    assertThat(
            edit(
                    name,
                    Map.of(
                        "expected_revision", 1, "fields", Map.of("notes", Map.of("unit", "words"))))
                .at("revision"))
        .isEqualTo(2);

    Answer late = edit(name, Map.of("expected_revision", 1, "domain", "mine"));
    assertThat(late.status()).isEqualTo(409);
    Answer wrong =
        edit(
            name,
            Map.of(
                "expected_revision",
                2,
                "fields",
                Map.of("email", Map.of("tags", List.of("Not A Tag")))));
    assertThat(wrong.at("problems", 0, "code")).isEqualTo("SPEC_INVALID_VALUE");

    Answer details = platform.get(path(name, "/details"));
    assertThat(details.at("domain")).isEqualTo("d");
    assertThat(details.at("revision")).isEqualTo(2);
    assertThat(details.at("fields", 1, "tags")).isEqualTo(List.of("pii"));
    assertThat(details.at("fields", 2, "unit")).isEqualTo("words");
    assertThat(details.at("fields", 1, "suggested_tags")).isEqualTo(List.of());
    assertThat(details.at("owner")).isEqualTo("production");
  }

  private static Answer edit(String name, Map<String, Object> body) {
    return platform.call("PATCH", path(name, "/description"), body);
  }

  @Test
  void namesAreWhatTheyAre() {
    String name = "studio.public.\"quoted \"\"one\"\".x\"";
    assertThat(platform.get(path(name, "/details")).at("name")).isEqualTo(name);
    assertThat(edit(name, Map.of("expected_revision", 0, "description", "<script>'\"")).status())
        .isEqualTo(200);
    assertThat(platform.get(path(name, "/details")).at("description")).isEqualTo("<script>'\"");
    assertThat(platform.get(path("studio.public.nothing", "/details")).status()).isEqualTo(404);
    assertThat(platform.get("/api/v1/lineage?field=nonsense").at("problems", 0, "message"))
        .asString()
        .contains("Cannot show lineage of 'nonsense'");
  }

  @Test
  void whatWasWrittenIsFoundAtOnce() {
    String name = put("found_at_once", "email");
    assertThat(
            edit(
                    name,
                    Map.of(
                        "expected_revision",
                        0,
                        "fields",
                        Map.of("email", Map.of("description", "wombat address"))))
                .status())
        .isEqualTo(200);

    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              Answer found = platform.get("/api/v1/search?q=wombat&kind=source");
              assertThat(found.at("total")).isEqualTo(1);
              assertThat(found.at("items", 0, "name")).isEqualTo(name);
              assertThat(found.at("items", 0, "highlights", 0, "field")).isEqualTo("email");
            });
  }

  @Test
  void aTagHoldsAtOnceForAllThatEverCameFromTheField() {
    String name = put("held", "email", "notes");
    Caller viewer = caller(Set.of(), Set.of());
    Masks masks = masks();
    metadata
        .origins()
        .note(
            "gone_pipeline",
            List.of(
                new Origin("source", "published_people", "mail", name, "email"),
                new Origin("table", "studio.people", "contact", "published_people", "mail")));
    assertThat(masks.ofTable(viewer, "studio.people")).isEmpty();

    assertThat(
            platform
                .apply(source(name, "owner: casting\nfields: {email: {tags: [pii]}}\n"))
                .status())
        .isEqualTo(200);

    assertThat(masks.ofTable(viewer, "studio.people")).containsExactly("contact");
    assertThat(masks.tables(viewer).columns(TableName.parse("studio.people")))
        .containsExactly("contact");
    assertThat(masks.ofSource(viewer, "published_people")).containsExactly("mail");
    assertThat(masks.ofSource(viewer, name)).containsExactly("email");
    assertThat(masks.ofSource(caller(Set.of(), Set.of("pii")), name)).isEmpty();
    assertThat(masks.ofSource(caller(Set.of("casting"), Set.of()), name)).isEmpty();
    assertThat(masks.ofSource(caller(Set.of("production"), Set.of()), name))
        .containsExactly("email");
    assertThat(masks.ofTable(Caller.platform(), "studio.people")).isEmpty();
    assertThat(masks.hidesAnything(viewer)).isTrue();

    assertThat(
            platform.apply(source(name, "owner: casting\nfields: {email: {unit: x}}\n")).status())
        .isEqualTo(200);
    assertThat(masks.ofTable(viewer, "studio.people")).isEmpty();
  }

  private static Caller caller(Set<String> teams, Set<String> clearances) {
    return new Caller("kim", Caller.Kind.PERSON, "", Set.of(Role.VIEWER), teams, clearances, "");
  }

  private static Masks masks() {
    Lineages lineages = new Lineages(metadata.pipelines(), new Origins(metadata.origins()));
    return new Masks(
        metadata,
        new Descriptions(metadata.documents()),
        lineages,
        new Evolutions(
            metadata.pipelines(),
            new SchemaStore(
                Map.of("bootstrap.servers", "localhost:1"), (short) 1, Duration.ofMillis(100))));
  }
}
