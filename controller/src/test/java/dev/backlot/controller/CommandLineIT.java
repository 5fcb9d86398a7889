package dev.backlot.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.controller.TestPlatform.Said;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line tool against a real controller. */
final class CommandLineIT {
  private static final String CONNECTION =
      """
      apiVersion: backlot/v1
      kind: Connection
      name: studio
      type: postgresql
      config: {host: localhost, database: studio, user: backlot, password: {env: BACKLOT_SECRET_X}}
      tables: {include: [public.movie]}
      """;
  private static final String PIPELINE =
      """
      apiVersion: backlot/v1
      kind: Pipeline
      name: report
      steps:
        - {id: movies, source: studio.public.movie}
        - {id: f, processor: filter, from: movies, config: {where: "a = 1"}}
        - {id: w, sink: iceberg, from: f, config: {table: studio.report}}
      """;
  private static TestPlatform platform;
  @TempDir private Path directory;

  @BeforeAll
  static void start() throws IOException {
    platform = new TestPlatform();
    platform.capture("studio", "movie");
  }

  @AfterAll
  static void stop() {
    platform.close();
  }

  private String file(String name, String text) throws IOException {
    Path file = directory.resolve(name);
    Files.writeString(file, text);
    return file.toString();
  }

  @Test
  void a_pipeline_lives_its_life() throws IOException {
    file("a.yaml", CONNECTION);
    file("b.yaml", PIPELINE);
    String all = directory.toString();

    assertThat(platform.run("validate", "-f", all).out()).isEqualTo("2 documents are valid.\n");
    Said plan = platform.run("plan", "--detailed-exitcode", "-f", all);
    assertThat(plan.exitCode()).isEqualTo(2);
    assertThat(plan.out()).contains("+ pipeline report create", "job: start report");
    Said apply = platform.run("apply", "-f", all);
    assertThat(apply.err()).isEmpty();
    assertThat(apply.out()).contains("pipeline report created (revision 1)");
    assertThat(platform.run("plan", "--detailed-exitcode", "-f", all).exitCode()).isZero();
    assertThat(platform.run("wait", "Pipelines", "report", "--for", "running").exitCode()).isZero();

    Said json = platform.run("get", "PIPELINE", "report", "-o", "json");
    assertThat(json.out())
        .contains("\"items\": [", "\"state\": \"running\"", "\"caught_up\": true");
    assertThat(platform.run("get", "pipelines").out()).contains("NAME", "report", "running");
    assertThat(platform.run("get", "pipelines", "-o", "yaml").out()).contains("state: running");
    assertThat(platform.run("describe", "pipeline", "report").out())
        .contains("revisions:", "plan:");

    String changed = file("b.yaml", PIPELINE.replace("a = 1", "a = 2"));
    assertThat(platform.run("diff", "-f", changed).out())
        .contains(
            "~ pipeline report", "- steps.f.config.where: \"a = 1\"", "+ steps.f.config.where");

    assertThat(platform.run("pause", "pipeline", "report").exitCode()).isZero();
    assertThat(platform.run("wait", "pipeline", "report", "--for", "paused").exitCode()).isZero();
    assertThat(platform.run("resume", "pipeline", "report").exitCode()).isZero();
    assertThat(platform.run("wait", "pipeline", "report", "--for", "running").exitCode()).isZero();
    assertThat(platform.run("logs", "pipeline", "report").out()).contains("paused", "Revision 2");
    assertThat(platform.run("rollback", "pipeline", "report").out()).contains("(revision 4)");
    assertThat(platform.run("status").out()).contains("SERVICE", "report");

    assertThat(platform.run("delete", "connection", "studio").err()).contains("[IN_USE]");
    assertThat(platform.run("delete", "pipeline", "report").exitCode()).isZero();
    assertThat(platform.run("wait", "pipeline", "report", "--for", "deleted").exitCode()).isZero();
  }

  @Test
  void problems_have_places_and_codes_and_exit_with_1() throws IOException {
    String broken = file("broken.yaml", PIPELINE.replace("where:", "were:"));

    Said validate = platform.run("validate", "-f", broken);
    Said apply = platform.run("apply", "-f", broken);

    assertThat(validate.exitCode()).isEqualTo(1);
    assertThat(validate.err())
        .contains(broken + ":6:", "Did you mean 'where'?", "[SPEC_UNKNOWN_FIELD]");
    assertThat(apply.exitCode()).isEqualTo(1);
    assertThat(apply.err()).isEqualTo(validate.err());
    assertThat(platform.run("get", "pipeline", "nothing").err()).contains("[NOT_FOUND]");
    assertThat(platform.run("apply", "-f", "/does/not/exist").exitCode()).isEqualTo(1);
    assertThat(platform.run("wait", "pipeline", "nothing", "--for", "running").exitCode())
        .isEqualTo(1);
  }

  @Test
  void wrong_usage_exits_with_64_and_an_unreachable_server_with_70() {
    assertThat(platform.run("get", "pipelin").exitCode()).isEqualTo(64);
    assertThat(platform.run("get", "pipelin").err())
        .contains("Did you mean 'pipeline'?", "[USAGE]");
    assertThat(platform.run("apply").exitCode()).isEqualTo(64);
    assertThat(platform.run("fly").exitCode()).isEqualTo(64);
    assertThat(platform.run("wait", "pipeline", "x", "--for", "flying").exitCode()).isEqualTo(64);
    assertThat(platform.run("pause", "source", "x").exitCode()).isEqualTo(64);
    Said away = TestPlatform.runWithout("status", "--server", "http://localhost:1");
    assertThat(away.exitCode()).isEqualTo(70);
    assertThat(away.err()).contains("[SERVER_UNREACHABLE]");
  }

  @Test
  void dead_letters_are_listed_shown_and_replayed() throws IOException {
    String letters =
        file("letters.yaml", CONNECTION + "---\n" + PIPELINE.replace("report", "lettered"));
    assertThat(platform.run("apply", "-f", letters).err()).isEmpty();
    platform.dataPlane.letters.put(
        "lettered",
        List.of(
            Map.of(
                "id", "abc1",
                "pipeline", "lettered",
                "state", "waiting",
                "step", "enriched",
                "key", "{\"id\": 7}",
                "reason", "the graph is away",
                "attempt", 1)));

    assertThat(platform.run("get", "deadletters").out())
        .contains("abc1", "waiting", "enriched", "{\"id\": 7}", "the graph is away");
    assertThat(platform.run("get", "deadletters", "--pipeline", "lettered").out()).contains("abc1");
    assertThat(platform.run("get", "deadletters", "--pipeline", "none").err())
        .contains("[NOT_FOUND]");
    assertThat(platform.run("describe", "deadletter", "abc1").out()).contains("title: Alien");
    assertThat(platform.run("describe", "deadletter", "abc2").err()).contains("'abc1'");
    assertThat(platform.run("replay", "deadletters", "lettered").exitCode()).isEqualTo(64);
    Said replay = platform.run("replay", "deadletters", "lettered", "--id", "abc1");
    assertThat(replay.out())
        .isEqualTo("1 dead letter of pipeline lettered on the way\nnot f00: gone\n");
    assertThat(replay.exitCode()).isEqualTo(1);
    assertThat(platform.run("delete", "pipeline", "lettered").exitCode()).isZero();
    assertThat(platform.run("wait", "pipeline", "lettered", "--for", "deleted").exitCode())
        .isZero();
  }

  @Test
  void completion_and_help_name_the_commands() {
    assertThat(TestPlatform.runWithout("completion").out()).contains("complete -F", "rollback");
    assertThat(TestPlatform.runWithout("--help").out()).contains("apply", "worker");
    assertThat(TestPlatform.runWithout("query", "--help").exitCode()).isZero();
  }
}
