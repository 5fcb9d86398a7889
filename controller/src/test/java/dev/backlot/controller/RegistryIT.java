package dev.backlot.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.controller.web.Json;
import dev.backlot.embedded.KafkaServer;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.SourceStore;
import dev.backlot.model.source.SourceDescriptor;
import dev.backlot.model.source.SourcePublisher;
import dev.backlot.model.source.SourcePublisher.Lane;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The registry's REST API, over schemas in a real Kafka, as Confluent's clients use it. */
final class RegistryIT {
  private static final String MEDIA_TYPE = "application/vnd.schemaregistry.v1+json";
  private static final String RECORD = record("M", "{\"name\":\"id\",\"type\":\"long\"}");
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static KafkaServer kafka;
  private static TestPlatform platform;

  @BeforeAll
  static void start() throws IOException {
    kafka = KafkaServer.temporary().start();
    platform = new TestPlatform(kafka.bootstrapServers());
  }

  @AfterAll
  static void stop() {
    platform.close();
    kafka.close();
  }

  /** An answer of the registry. */
  private record Answer(int status, String mediaType, String text) {
    JsonNode json() {
      return Json.readTree(text);
    }

    int code() {
      return json().path("error_code").asInt();
    }
  }

  @Test
  void a_registered_schema_is_found_in_every_way() {
    int id = register("found", RECORD);

    assertThat(register("found", RECORD.replace(",", ",\n  "))).isEqualTo(id);
    assertThat(register("found-again", RECORD)).isEqualTo(id);
    for (String version : List.of("latest", "-1", "1")) {
      JsonNode found = get("/subjects/found/versions/" + version).json();
      assertThat(found.path("subject").asText()).isEqualTo("found");
      assertThat(found.path("version").asInt()).isEqualTo(1);
      assertThat(found.path("id").asInt()).isEqualTo(id);
      assertThat(found.path("schema").asText()).isEqualTo(RECORD);
    }
    JsonNode byId = get("/schemas/ids/" + id + "?subject=found&fetchMaxId=true").json();
    assertThat(byId.path("schema").asText()).isEqualTo(RECORD);
    assertThat(byId.path("maxId").asInt()).isGreaterThanOrEqualTo(id);
    assertThat(get("/schemas/ids/" + id + "/schema").text()).isEqualTo(RECORD);
    assertThat(get("/subjects/found/versions/1/schema").text()).isEqualTo(RECORD);
    assertThat(get("/schemas/ids/" + id + "/subjects").text())
        .isEqualTo("[\"found\",\"found-again\"]");
    assertThat(get("/schemas/ids/" + id + "/versions").text())
        .isEqualTo(
            "[{\"subject\":\"found\",\"version\":1},{\"subject\":\"found-again\",\"version\":1}]");
    assertThat(post("/subjects/found?normalize=true", schema(RECORD)).json().path("id").asInt())
        .isEqualTo(id);
    assertThat(get("/subjects?subjectPrefix=found-").text()).isEqualTo("[\"found-again\"]");
    assertThat(get("/subjects?subjectPrefix=%3A%2A%3Afound-").text())
        .isEqualTo("[\"found-again\"]");
    assertThat(get("/subjects/:.:found/versions").text()).isEqualTo("[1]");
    JsonNode listed = get("/schemas?subjectPrefix=found&latestOnly=true&offset=1&limit=1").json();
    assertThat(listed).hasSize(1);
    assertThat(listed.get(0).path("subject").asText()).isEqualTo("found-again");
    assertThat(get("/schemas/types").text()).isEqualTo("[\"AVRO\"]");
    assertThat(get("/contexts").text()).isEqualTo("[\".\"]");
    assertThat(get("").text()).isEqualTo("{}");
    assertThat(get("/v1/metadata/id").json().at("/scope/clusters/kafka-cluster").asText())
        .isNotEmpty();
    assertThat(get("/v1/metadata/version").json().path("version").asText()).isNotEmpty();
  }

  @Test
  void errors_have_confluents_codes_and_media_type() {
    register("errors", RECORD);
    assertThat(get("/subjects/none/versions/1").code()).isEqualTo(40401);
    assertThat(get("/subjects/none/versions").code()).isEqualTo(40401);
    assertThat(post("/subjects/none", schema(RECORD)).code()).isEqualTo(40401);
    assertThat(delete("/subjects/none").code()).isEqualTo(40401);
    assertThat(get("/subjects/errors/versions/2").code()).isEqualTo(40402);
    assertThat(post("/subjects/errors", schema("\"int\"")).code()).isEqualTo(40403);
    assertThat(get("/schemas/ids/99999").code()).isEqualTo(40403);
    assertThat(get("/schemas/ids/none").code()).isEqualTo(40403);
    assertThat(get("/config/errors").code()).isEqualTo(40408);
    assertThat(get("/mode/errors").code()).isEqualTo(40409);
    assertThat(get("/subjects/errors/versions/0").code()).isEqualTo(42202);
    assertThat(get("/subjects/errors/versions/newest").code()).isEqualTo(42202);
    assertThat(get("/nothing").code()).isEqualTo(404);
    assertThat(call("POST", "/subjects/errors/versions", "nonsense").status()).isEqualTo(400);
    for (String invalid : List.of("{nonsense", "", "\"unknown\"", "[\"int\",\"int\"]")) {
      Answer answer = post("/subjects/errors/versions", schema(invalid));
      assertThat(answer.code()).as(invalid).isEqualTo(42201);
      assertThat(answer.status()).isEqualTo(422);
      assertThat(answer.mediaType()).startsWith(MEDIA_TYPE);
    }
    for (Map<String, Object> refused :
        List.of(
            Map.<String, Object>of("schema", RECORD, "schemaType", "PROTOBUF"),
            Map.<String, Object>of("schema", RECORD, "ruleSet", Map.of("domainRules", List.of(1))),
            Map.<String, Object>of("schema", "\"bytes\"", "version", 7))) {
      assertThat(post("/subjects/errors/versions", refused).code()).isEqualTo(42201);
    }
    assertThat(post("/subjects/errors/versions", Map.of("schema", "\"bytes\"", "id", 7)).code())
        .isEqualTo(42205);
    for (String name : List.of("__GLOBAL", "%20", "a%0Ab", ":.prod:x")) {
      assertThat(post("/subjects/" + name + "/versions", schema(RECORD)).code())
          .as(name)
          .isEqualTo(42208);
    }
    assertThat(put("/config", Map.of("compatibility", "SOMETIMES")).code()).isEqualTo(42203);
    assertThat(put("/config/errors", Map.of("compatibility", "FULL", "alias", "x")).code())
        .isEqualTo(42205);
    assertThat(put("/mode/errors", Map.of("mode", "IMPORT")).code()).isEqualTo(42204);
  }

  @Test
  void answers_come_in_the_media_type_that_is_asked_for() {
    assertThat(get("/subjects").mediaType()).startsWith(MEDIA_TYPE);
    String client =
        MEDIA_TYPE + ", application/vnd.schemaregistry+json; q=0.9, application/json; q=0.5";
    assertThat(call("GET", "/subjects", null, "Accept", client).mediaType()).startsWith(MEDIA_TYPE);
    assertThat(call("GET", "/subjects", null, "Accept", "application/json").mediaType())
        .startsWith("application/json");
    for (String type : List.of(MEDIA_TYPE, "application/json", "application/octet-stream")) {
      Answer answer =
          call(
              "POST", "/subjects/media/versions", Json.write(schema(RECORD)), "Content-Type", type);
      assertThat(answer.status()).as(type).isEqualTo(200);
    }
  }

  @Test
  void a_subjects_level_judges_what_clients_register() {
    String wider =
        record("L", "{\"name\":\"id\",\"type\":\"long\"},{\"name\":\"x\",\"type\":\"int\"}");
    register("level", record("L", "{\"name\":\"id\",\"type\":\"long\"}"));

    assertThat(get("/config").json().path("compatibilityLevel").asText()).isEqualTo("BACKWARD");
    JsonNode verdict =
        post("/compatibility/subjects/level/versions/latest?verbose=true", schema(wider)).json();
    assertThat(verdict.path("is_compatible").asBoolean()).isFalse();
    assertThat(verdict.path("messages").get(0).asText()).contains("version 1").contains("'x'");
    Answer refused = post("/subjects/level/versions", schema(wider));
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.code()).isEqualTo(409);
    assertThat(refused.json().path("message").asText()).contains("BACKWARD").contains("'x'");

    assertThat(put("/config/level", Map.of("compatibility", "forward")).text())
        .isEqualTo("{\"compatibility\":\"FORWARD\"}");
    assertThat(get("/config/level").json().path("compatibilityLevel").asText())
        .isEqualTo("FORWARD");
    assertThat(post("/compatibility/subjects/level/versions", schema(wider)).text())
        .isEqualTo("{\"is_compatible\":true}");
    register("level", wider);
    assertThat(get("/subjects/level/versions").text()).isEqualTo("[1,2]");
    assertThat(post("/compatibility/subjects/level/versions/7", schema(wider)).code())
        .isEqualTo(40402);
    assertThat(post("/compatibility/subjects/new/versions/latest", schema(wider)).text())
        .isEqualTo("{\"is_compatible\":true}");
    TestPlatform.Said listed = platform.run("get", "schemas");
    assertThat(listed.out()).containsPattern("level +\\d+ +2 +FORWARD +READWRITE");
    assertThat(platform.run("describe", "schema", "level").out())
        .contains("level: FORWARD", "mode: READWRITE", "version: 1", "version: 2");

    assertThat(delete("/config/level").text()).isEqualTo("{\"compatibilityLevel\":\"FORWARD\"}");
    assertThat(get("/config/level").code()).isEqualTo(40408);
    assertThat(get("/config/level?defaultToGlobal=true").text())
        .isEqualTo("{\"compatibilityLevel\":\"BACKWARD\"}");
    assertThat(delete("/config/level").code()).isEqualTo(40408);
  }

  @Test
  void a_subject_in_read_only_mode_is_not_changed() {
    int id = register("mode", RECORD);

    assertThat(put("/mode/mode", Map.of("mode", "READONLY")).text())
        .isEqualTo("{\"mode\":\"READONLY\"}");
    assertThat(post("/subjects/mode/versions", schema("\"int\"")).code()).isEqualTo(42205);
    assertThat(delete("/subjects/mode").code()).isEqualTo(42205);
    assertThat(put("/config/mode", Map.of("compatibility", "NONE")).code()).isEqualTo(42205);
    assertThat(register("mode", RECORD)).isEqualTo(id);
    assertThat(get("/mode/mode").text()).isEqualTo("{\"mode\":\"READONLY\"}");
    assertThat(get("/mode").text()).isEqualTo("{\"mode\":\"READWRITE\"}");
    assertThat(delete("/mode/mode").text()).isEqualTo("{\"mode\":\"READONLY\"}");
    assertThat(get("/mode/mode?defaultToGlobal=true").text()).isEqualTo("{\"mode\":\"READWRITE\"}");
    assertThat(delete("/subjects/mode").text()).isEqualTo("[1]");
  }

  @Test
  void versions_and_subjects_go_out_of_sight_and_then_for_good() {
    put("/config/gone", Map.of("compatibility", "NONE"));
    int first = register("gone", "{\"type\":\"fixed\",\"name\":\"F\",\"size\":1}");
    int second = register("gone", "{\"type\":\"fixed\",\"name\":\"F\",\"size\":2}");

    assertThat(delete("/subjects/gone/versions/1?permanent=true").code()).isEqualTo(40407);
    assertThat(delete("/subjects/gone/versions/1").text()).isEqualTo("1");
    assertThat(delete("/subjects/gone/versions/1").code()).isEqualTo(40406);
    assertThat(get("/subjects/gone/versions").text()).isEqualTo("[2]");
    assertThat(get("/subjects/gone/versions?deleted=true").text()).isEqualTo("[1,2]");
    assertThat(get("/subjects/gone/versions?deletedOnly=true").text()).isEqualTo("[1]");
    assertThat(get("/subjects/gone/versions/1").code()).isEqualTo(40402);
    assertThat(get("/subjects/gone/versions/1?deleted=true").status()).isEqualTo(200);
    assertThat(get("/schemas/ids/" + first).status()).isEqualTo(200);
    assertThat(delete("/subjects/gone/versions/1?permanent=true").text()).isEqualTo("1");
    assertThat(get("/schemas/ids/" + first).code()).isEqualTo(40403);

    assertThat(delete("/subjects/gone?permanent=true").code()).isEqualTo(40405);
    assertThat(delete("/subjects/gone").text()).isEqualTo("[2]");
    assertThat(delete("/subjects/gone").code()).isEqualTo(40404);
    assertThat(get("/subjects?subjectPrefix=gone").text()).isEqualTo("[]");
    assertThat(get("/subjects?subjectPrefix=gone&deleted=true").text()).isEqualTo("[\"gone\"]");
    assertThat(get("/subjects?deletedOnly=true&subjectPrefix=gone").text()).isEqualTo("[\"gone\"]");
    assertThat(get("/config/gone").code()).isEqualTo(40408);
    assertThat(delete("/subjects/gone?permanent=true").text()).isEqualTo("[2]");
    assertThat(get("/subjects?deleted=true&subjectPrefix=gone").text()).isEqualTo("[]");
    assertThat(register("gone", "{\"type\":\"fixed\",\"name\":\"F\",\"size\":2}"))
        .isEqualTo(second);
  }

  @Test
  void subjects_that_sources_use_are_not_deleted() {
    platform.capture("kept", "movie");
    String subject = "backlot.kept.public.movie.1-value";
    register(subject, RECORD);
    register("backlot.kept.public.movie.2-value", RECORD);

    for (String path : List.of("", "/versions/1", "/versions/latest")) {
      Answer answer = delete("/subjects/" + subject + path);
      assertThat(answer.code()).isEqualTo(42206);
      assertThat(answer.status()).isEqualTo(422);
      assertThat(answer.json().path("message").asText()).contains("'kept.public.movie'");
    }
    assertThat(delete("/subjects/backlot.control").code()).isEqualTo(42206);
    assertThat(delete("/subjects/backlot.kept.public.movie.2-value").text()).isEqualTo("[1]");
  }

  @Test
  void subjects_that_published_sources_use_are_not_deleted() {
    register("free", RECORD);
    register("backlot.films.1-value", RECORD);
    try (MetadataDatabase metadata = MetadataDatabase.open(platform.config.metadata())) {
      metadata
          .sources()
          .put(
              new SourceDescriptor(
                  "films",
                  "",
                  "",
                  "",
                  2,
                  "backlot.films.2",
                  4,
                  List.of("id"),
                  "{}",
                  "{}",
                  List.of(),
                  List.of(),
                  "",
                  new SourcePublisher(
                      "publishes", List.of(new Lane("studio.public.movie", 4)), false)),
              SourceStore.State.STREAMING,
              "");
    }

    assertThat(delete("/subjects/backlot.films.1-value").code()).isEqualTo(42206);
    assertThat(delete("/subjects/free").text()).isEqualTo("[1]");
  }

  @Test
  void a_schema_may_build_on_others() {
    register("base", record("base.B", "{\"name\":\"x\",\"type\":\"int\"}"));
    String text = record("U", "{\"name\":\"b\",\"type\":\"base.B\"}");
    Map<String, Object> request =
        Map.of(
            "schema",
            text,
            "references",
            List.of(Map.of("name", "base.B", "subject", "base", "version", 1)));

    int id = post("/subjects/user/versions", request).json().path("id").asInt();

    JsonNode found = get("/schemas/ids/" + id).json();
    assertThat(found.path("schema").asText()).isEqualTo(text);
    assertThat(found.at("/references/0/subject").asText()).isEqualTo("base");
    assertThat(found.at("/references/0/version").asInt()).isEqualTo(1);
    assertThat(get("/subjects/base/versions/1/referencedby").text()).isEqualTo("[" + id + "]");
    assertThat(post("/subjects/user", request).json().path("version").asInt()).isEqualTo(1);
    assertThat(delete("/subjects/base").code()).isEqualTo(42206);
    assertThat(post("/subjects/other/versions", schema(text)).code()).isEqualTo(42201);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a/b/c",
        "../../etc/passwd",
        "..",
        "a\\b",
        "Фильм 映画 🎬",
        "a%2Fb%",
        "a;b=c?d#e&f",
        "a+b c",
        "\"quoted\" 'name'",
        "latest",
        "versions"
      })
  void a_subject_may_have_any_name(String name) {
    String path = "/subjects/" + segment(name);

    int id = register(segment(name), RECORD);

    assertThat(get(path + "/versions/latest").json().path("subject").asText()).isEqualTo(name);
    assertThat(get("/subjects?subjectPrefix=" + segment(name)).json().get(0).asText())
        .isEqualTo(name);
    assertThat(get("/schemas/ids/" + id + "/subjects").json())
        .anyMatch(subject -> subject.asText().equals(name));
    assertThat(put("/config/" + segment(name), Map.of("compatibility", "NONE")).status())
        .isEqualTo(200);
    assertThat(delete(path).text()).isEqualTo("[1]");
    assertThat(delete(path + "?permanent=true").text()).isEqualTo("[1]");
  }

  @Test
  void without_kafka_the_registry_says_so_and_the_rest_is_served() throws IOException {
    try (TestPlatform alone = new TestPlatform()) {
      TestPlatform.Answer answer = alone.get("/registry/subjects");

      assertThat(answer.status()).isEqualTo(500);
      assertThat(answer.at("error_code")).isEqualTo(50001);
      assertThat(answer.at("message").toString()).contains("Check that Kafka runs");
      assertThat(alone.get("/api/v1/health").status()).isEqualTo(200);
    }
  }

  private static int register(String subject, String schema) {
    Answer answer = post("/subjects/" + subject + "/versions", schema(schema));
    assertThat(answer.status()).as(answer.text()).isEqualTo(200);
    return answer.json().path("id").asInt();
  }

  private static Map<String, Object> schema(String avro) {
    return Map.of("schema", avro);
  }

  private static String record(String name, String fields) {
    int dot = name.lastIndexOf('.');
    String namespace = dot < 0 ? "" : ",\"namespace\":\"" + name.substring(0, dot) + "\"";
    return "{\"type\":\"record\",\"name\":\"%s\"%s,\"fields\":[%s]}"
        .formatted(name.substring(dot + 1), namespace, fields);
  }

  private static Answer get(String path) {
    return call("GET", path, null);
  }

  private static Answer post(String path, Object body) {
    return call("POST", path, Json.write(body));
  }

  private static Answer put(String path, Object body) {
    return call("PUT", path, Json.write(body));
  }

  private static Answer delete(String path) {
    return call("DELETE", path, null);
  }

  private static String segment(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static Answer call(String method, String path, String body, String... headers) {
    HttpRequest.Builder request =
        platform
            .request("/registry" + path)
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    } else if (body != null) {
      request.header("Content-Type", MEDIA_TYPE);
    }
    try {
      HttpResponse<String> response =
          CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Answer(
          response.statusCode(),
          response.headers().firstValue("Content-Type").orElse(""),
          response.body());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
