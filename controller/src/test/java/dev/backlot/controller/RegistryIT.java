package dev.backlot.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.controller.TestPlatform.Answer;
import dev.backlot.embedded.KafkaServer;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The registry's REST API, over schemas in a real Kafka, as Confluent's clients use it. */
final class RegistryIT {
  private static final String RECORD =
      "{\"type\":\"record\",\"name\":\"M\",\"fields\":[{\"name\":\"id\",\"type\":\"long\"}]}";
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

  @Test
  void a_registered_schema_is_found_in_every_way() {
    String subjects = "/registry/subjects/backlot.studio.movie%2F1-value";

    Answer registered = platform.post(subjects + "/versions", Map.of("schema", RECORD));
    Answer again = platform.post(subjects + "/versions", Map.of("schema", RECORD));

    Object id = registered.at("id");
    assertThat(again.at("id")).isEqualTo(id);
    Answer latest = platform.get(subjects + "/versions/latest");
    assertThat(latest.at("subject")).isEqualTo("backlot.studio.movie/1-value");
    assertThat(latest.at("version")).isEqualTo(1);
    assertThat(latest.at("schema")).isEqualTo(RECORD);
    assertThat(platform.get("/registry/schemas/ids/" + id).at("schema")).isEqualTo(RECORD);
    assertThat(platform.post(subjects, Map.of("schema", RECORD)).at("id")).isEqualTo(id);
    Answer item = platform.get("/api/v1/schemas");
    assertThat((List<?>) item.at("items")).hasSize(1);
  }

  @Test
  void errors_have_confluents_codes() {
    assertThat(platform.get("/registry/subjects/none/versions/1").at("error_code"))
        .isEqualTo(40401);
    assertThat(platform.get("/registry/schemas/ids/999").at("error_code")).isEqualTo(40403);
    Answer invalid = platform.post("/registry/subjects/x/versions", Map.of("schema", "{nonsense"));
    assertThat(invalid.status()).isEqualTo(422);
    assertThat(invalid.at("error_code")).isEqualTo(42201);
  }
}
