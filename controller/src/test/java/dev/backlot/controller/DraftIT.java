package dev.backlot.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.controller.TestPlatform.Answer;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Pipelines that two people write: drafts, revisions, and what happens when they meet. */
class DraftIT {
  private static TestPlatform platform;

  @BeforeAll
  static void start() throws IOException {
    platform = new TestPlatform();
    platform.capture("studio", "movie");
  }

  @AfterAll
  static void stop() {
    platform.close();
  }

  private static String pipeline(String name, String phase) {
    return """
        apiVersion: backlot/v1
        kind: Pipeline
        name: %1$s
        # why the others are left out: they are not made any more
        steps:
          - {id: movies, source: studio.public.movie}
          - {id: active, processor: filter, from: movies, config: {where: "phase <> '%2$s'"}}   # alive
          - {id: warehouse, sink: iceberg, from: active, config: {table: studio.%1$s}}
        """
        .formatted(name, phase);
  }

  private static Answer save(String name, long version, String text) {
    return platform.call(
        "PUT",
        "/api/v1/drafts/" + name,
        Map.of("text", text, "version", version, "base_revision", 0));
  }

  private static Answer apply(String text, Map<String, Object> more) {
    Map<String, Object> body = new HashMap<>(more);
    body.put("files", List.of(Map.of("name", "editor", "text", text)));
    return platform.call("POST", "/api/v1/apply", body);
  }

  @Test
  void a_draft_is_saved_seen_by_others_and_gone_once_it_is_deployed() {
    String text = pipeline("drafted", "CANCELLED");
    assertThat(platform.call("GET", "/api/v1/pipelines/drafted/document", null).status())
        .isEqualTo(404);

    Answer saved = save("drafted", 0, "name: half written [");

    assertThat(saved.status()).isEqualTo(200);
    assertThat(saved.at("version")).isEqualTo(1);
    Answer shown = platform.call("GET", "/api/v1/pipelines/drafted", null);
    assertThat(shown.at("status", "state")).isEqualTo("draft");
    assertThat(save("drafted", 1, text).at("version")).isEqualTo(2);
    Answer document = platform.call("GET", "/api/v1/pipelines/drafted/document", null);
    assertThat(document.at("draft", "text")).isEqualTo(text);
    assertThat(document.at("revision")).isEqualTo(0);

    Answer applied = apply(text, Map.of("expected_revision", 0, "message", "first"));

    assertThat(applied.status()).isEqualTo(200);
    Answer deployed = platform.call("GET", "/api/v1/pipelines/drafted/document", null);
    assertThat(deployed.body()).doesNotContainKey("draft");
    assertThat(deployed.at("text")).isEqualTo(text);
    assertThat(deployed.at("revision")).isEqualTo(1);
    Answer revisions = platform.call("GET", "/api/v1/pipelines/drafted/revisions", null);
    assertThat(revisions.at("revisions", 0, "message")).isEqualTo("first");
  }

  @Test
  void of_two_who_save_the_second_is_told_and_nothing_is_lost() {
    save("contested", 0, pipeline("contested", "A"));
    assertThat(save("contested", 1, pipeline("contested", "MINE")).status()).isEqualTo(200);

    Answer second = save("contested", 1, pipeline("contested", "THEIRS"));

    assertThat(second.status()).isEqualTo(409);
    assertThat(second.at("code")).isEqualTo("CONFLICT");
    assertThat(String.valueOf(second.at("problems", 0, "message"))).contains("version 2");
    assertThat(
            platform.call("GET", "/api/v1/pipelines/contested/document", null).at("draft", "text"))
        .isEqualTo(pipeline("contested", "MINE"));
    assertThat(save("contested", 0, "x").status()).isEqualTo(409);
    assertThat(platform.call("DELETE", "/api/v1/drafts/contested?version=1", null).status())
        .isEqualTo(409);
    assertThat(platform.call("DELETE", "/api/v1/drafts/contested?version=2", null).status())
        .isEqualTo(200);
  }

  @Test
  void a_change_of_an_older_revision_is_refused_with_the_other_revision() {
    assertThat(apply(pipeline("raced", "A"), Map.of("expected_revision", 0)).status())
        .isEqualTo(200);
    assertThat(apply(pipeline("raced", "B"), Map.of("expected_revision", 1)).status())
        .isEqualTo(200);

    Answer late = apply(pipeline("raced", "C"), Map.of("expected_revision", 1));

    assertThat(late.status()).isEqualTo(409);
    assertThat(String.valueOf(late.at("problems", 0, "message")))
        .contains("pipeline 'raced'")
        .contains("revision 2")
        .contains("revision 1");
    assertThat(platform.call("GET", "/api/v1/pipelines/raced/document", null).at("text"))
        .isEqualTo(pipeline("raced", "B"));
  }

  @Test
  void a_change_of_comments_alone_is_kept_without_a_revision() {
    apply(pipeline("commented", "A"), Map.of());
    String better = pipeline("commented", "A").replace("why the others", "Why the others");

    Answer applied = apply(better, Map.of("expected_revision", 1));

    assertThat(applied.at("documents", 0, "action")).isEqualTo("unchanged");
    Answer document = platform.call("GET", "/api/v1/pipelines/commented/document", null);
    assertThat(document.at("text")).isEqualTo(better);
    assertThat(document.at("revision")).isEqualTo(1);
  }

  @Test
  void what_is_no_name_is_no_draft() {
    assertThat(save("No%20Name", 0, "x").status()).isEqualTo(400);
    assertThat(platform.call("PUT", "/api/v1/drafts/fine", Map.of("version", 0)).status())
        .isEqualTo(400);
  }
}
