package dev.backlot.controller.secret;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backlot.controller.web.Json;
import dev.backlot.model.spec.SecretReference;
import dev.backlot.model.spec.SecretReference.FromEnvironment;
import dev.backlot.model.spec.SecretReference.FromFile;
import dev.backlot.model.spec.Spec;
import dev.backlot.spec.SpecReader;
import dev.backlot.spec.SpecWriter;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamedSecretTest {
  private static final String HEAD = "apiVersion: backlot/v1\nname: n\nowner: o\n";

  @Test
  void aSecretIsFoundWhereItStands() {
    JsonNode document =
        Json.readTree(
            """
            {"config": {"password": {"env": "BACKLOT_SECRET_A"},
                        "headers": {"Authorization": {"prefix": "Bearer ", "file": "edge"}}},
             "steps": [{"id": "a"}, {"config": {"sasl": [{"deep": {"env": "BACKLOT_SECRET_B"}}]}}]}
            """);

    assertThat(NamedSecret.in(document))
        .containsExactly(
            new NamedSecret(new FromEnvironment("BACKLOT_SECRET_A"), "config.password"),
            new NamedSecret(new FromFile("edge"), "config.headers.Authorization"),
            new NamedSecret(
                new FromEnvironment("BACKLOT_SECRET_B"), "steps[1].config.sasl[0].deep"));
  }

  @Test
  void whatIsNoReferenceIsNotTakenForOne() {
    JsonNode document =
        Json.readTree(
            """
            {"labels": {"env": "BACKLOT_SECRET_A", "file": "edge"},
             "description": "BACKLOT_SECRET_A", "env": "production", "file": {"a": "b"},
             "config": {"env": ["BACKLOT_SECRET_A"], "file": 1}}
            """);

    assertThat(NamedSecret.in(document)).isEmpty();
    assertThat(NamedSecret.in(Json.readTree("[]"))).isEmpty();
    assertThat(NamedSecret.in(Json.readTree("\"env\""))).isEmpty();
  }

  /** What readers know and what is found here must not drift apart. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        """
        kind: Connection
        type: postgresql
        config:
          host: h
          database: d
          user: u
          password: {env: BACKLOT_SECRET_A}
          tls:
            mode: verify_full
            root_certificate: {file: root}
            certificate: {file: certificate}
            key: {env: BACKLOT_SECRET_KEY}
        tables: {include: [public.*]}
        """,
        """
        kind: Endpoint
        type: graphql
        config:
          url: https://graph.example.org/graphql
          headers:
            Authorization: {prefix: "Bearer ", env: BACKLOT_SECRET_A}
            X-Api-Key: {file: key}
            Accept-Language: en
        """,
        """
        kind: Route
        type: webhook
        config: {url: "https://ops.example.org/x", secret: {file: ops}}
        """,
        """
        kind: Route
        type: slack
        config: {url: {env: BACKLOT_SECRET_SLACK}}
        """,
        """
        kind: Route
        type: email
        config:
          host: mail.example.org
          from: a@example.org
          to: [b@example.org]
          user: u
          password: {env: BACKLOT_SECRET_MAIL}
        """
      })
  void everySecretOfASpecIsFoundInItsJson(String text) throws ReflectiveOperationException {
    Spec spec = SpecReader.read("", HEAD + text).orThrow().get(0);
    List<SecretReference> held = new ArrayList<>();
    collect(spec, held);

    List<NamedSecret> found = NamedSecret.in(Json.readTree(SpecWriter.toJson(spec)));

    assertThat(held).isNotEmpty();
    assertThat(found.stream().map(NamedSecret::reference))
        .containsExactlyInAnyOrderElementsOf(held);
  }

  private static void collect(Object value, List<SecretReference> held)
      throws ReflectiveOperationException {
    if (value instanceof SecretReference reference) {
      held.add(reference);
    } else if (value instanceof Optional<?> optional) {
      if (optional.isPresent()) {
        collect(optional.get(), held);
      }
    } else if (value instanceof Iterable<?> values && !(value instanceof java.nio.file.Path)) {
      for (Object element : values) {
        collect(element, held);
      }
    } else if (value instanceof Map<?, ?> map) {
      collect(List.copyOf(map.values()), held);
    } else if (value.getClass().isRecord()) {
      for (RecordComponent component : value.getClass().getRecordComponents()) {
        collect(component.getAccessor().invoke(value), held);
      }
    }
  }

  @Test
  void noPlaceHidesASecret() {
    for (long seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      List<NamedSecret> planted = new ArrayList<>();

      JsonNode document = object(random, "", 0, planted);

      assertThat(NamedSecret.in(document))
          .as("seed %d: %s", seed, document)
          .containsExactlyInAnyOrderElementsOf(planted);
    }
  }

  private static JsonNode any(Random random, String path, int depth, List<NamedSecret> planted) {
    return switch (depth > 5 ? random.nextInt(3) : random.nextInt(6)) {
      case 0 -> Json.MAPPER.getNodeFactory().textNode("BACKLOT_SECRET_TEXT");
      case 1 -> Json.MAPPER.getNodeFactory().numberNode(random.nextInt());
      case 2 -> secret(random, path, planted);
      case 3 -> array(random, path, depth, planted);
      default -> object(random, path, depth, planted);
    };
  }

  private static JsonNode secret(Random random, String path, List<NamedSecret> planted) {
    boolean variable = random.nextBoolean();
    String name = (variable ? "BACKLOT_SECRET_" : "") + random.nextInt(5);
    planted.add(new NamedSecret(variable ? new FromEnvironment(name) : new FromFile(name), path));
    ObjectNode secret = Json.MAPPER.createObjectNode().put(variable ? "env" : "file", name);
    return random.nextBoolean() ? secret.put("prefix", "Bearer ") : secret;
  }

  private static JsonNode object(Random random, String path, int depth, List<NamedSecret> planted) {
    ObjectNode object = Json.MAPPER.createObjectNode();
    for (int i = 0; i < random.nextInt(4); i++) {
      String field = List.of("config", "headers", "labels", "x-y").get(random.nextInt(4)) + i;
      object.set(
          field, any(random, path.isEmpty() ? field : path + "." + field, depth + 1, planted));
    }
    return object;
  }

  private static JsonNode array(Random random, String path, int depth, List<NamedSecret> planted) {
    ArrayNode array = Json.MAPPER.createArrayNode();
    for (int i = 0; i < 3; i++) {
      array.add(any(random, path + "[" + i + "]", depth + 1, planted));
    }
    return array;
  }
}
