package dev.backlot.benchmarks.soak;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backlot.embedded.PostgresServer;
import dev.backlot.testing.platform.Platform;
import java.io.IOException;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Audits healthy tables again and again while their Sources change a thousand times a second: one
 * with a number as key, one with a text as key, one behind a filter that rows enter and leave. No
 * round may find a difference.
 */
final class AuditSoak {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> TABLES = List.of("soak.numbered", "soak.named", "soak.open");
  private static final Duration START = Duration.ofMinutes(5);
  private static final Duration PACE = Duration.ofSeconds(1);
  private static final int LEAST_ROUNDS = 3;

  private final Duration time;
  private final PrintStream out;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<String, Map<Long, JsonNode>> rounds = new TreeMap<>();

  /** Prepares a soak of some time. */
  AuditSoak(Duration time, PrintStream out) {
    this.time = time;
    this.out = out;
  }

  /** Returns whether every table was audited often, and no audit found a difference. */
  boolean run() throws Exception {
    Path directory = Files.createTempDirectory("backlot-soak-audit-");
    try (PostgresServer source = PostgresServer.temporary().setting("fsync", "on").start()) {
      ChangingTables.create(source);
      try (Platform platform = platform(source, directory)) {
        post(platform, documents(source));
        awaitFirstProofs(platform);
        try (ChangingTables changes = new ChangingTables(source)) {
          watch(platform, changes);
          changes.check();
        }
        return verdict();
      }
    } finally {
      SoakFiles.delete(directory);
    }
  }

  private static Platform platform(PostgresServer source, Path directory) {
    return Platform.launch(
            "up",
            directory.resolve("data"),
            Platform.freePorts(),
            List.of(),
            Map.of("BACKLOT_SECRET_SOAK", source.password()))
        .awaitUp();
  }

  private void awaitFirstProofs(Platform platform) throws Exception {
    long deadline = System.nanoTime() + START.toNanos();
    for (String table : TABLES) {
      while (audit(platform, table).path("proven_equal_as_of").isMissingNode()) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException(
              table
                  + " was not proven in "
                  + START.toMinutes()
                  + " minutes: "
                  + audit(platform, table));
        }
        Thread.sleep(PACE.toMillis());
      }
    }
    rounds.clear();
  }

  private void watch(Platform platform, ChangingTables changes) throws Exception {
    long begin = System.nanoTime();
    long nextWord = begin;
    while (System.nanoTime() - begin < time.toNanos()) {
      for (String table : TABLES) {
        note(table, audit(platform, table));
      }
      if (System.nanoTime() >= nextWord) {
        nextWord += TimeUnit.SECONDS.toNanos(30);
        out.printf(
            Locale.ROOT,
            "%5d s: %d changes, %s%n",
            (System.nanoTime() - begin) / 1_000_000_000,
            changes.done(),
            counts());
      }
      Thread.sleep(PACE.toMillis());
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    out.printf(
        Locale.ROOT, "%d changes, %.0f a second%n", changes.done(), changes.done() / seconds);
  }

  private void note(String table, JsonNode audit) {
    Map<Long, JsonNode> known = rounds.computeIfAbsent(table, name -> new TreeMap<>());
    for (JsonNode round : audit.path("rounds")) {
      String state = round.path("state").asText();
      if (state.equals("done") || state.equals("failed")) {
        known.putIfAbsent(round.path("id").asLong(), round);
      }
    }
  }

  private Map<String, String> counts() {
    Map<String, String> counts = new LinkedHashMap<>();
    rounds.forEach(
        (table, known) ->
            counts.put(
                table,
                known.size() + " rounds, " + differences(known).size() + " with differences"));
    return counts;
  }

  private static Map<Long, JsonNode> differences(Map<Long, JsonNode> known) {
    Map<Long, JsonNode> wrong = new HashMap<>();
    known.forEach(
        (id, round) -> {
          boolean differs =
              round.path("state").asText().equals("failed")
                  || round.at("/report/sources/0/differences").size() > 0;
          if (differs) {
            wrong.put(id, round);
          }
        });
    return wrong;
  }

  private boolean verdict() {
    boolean healthy = true;
    for (String table : TABLES) {
      Map<Long, JsonNode> known = rounds.getOrDefault(table, Map.of());
      long rows = 0;
      long moving = 0;
      for (JsonNode round : known.values()) {
        rows += round.at("/report/sources/0/rows").asLong();
        moving += round.at("/report/sources/0/moving").asLong();
      }
      Map<Long, JsonNode> wrong = differences(known);
      wrong.values().forEach(round -> out.println("Wrong: " + round));
      out.printf(
          Locale.ROOT,
          "%s: %d rounds, %d rows compared, %d keys never at rest, %d rounds with differences%n",
          table,
          known.size(),
          rows,
          moving,
          wrong.size());
      healthy &= wrong.isEmpty() && known.size() >= LEAST_ROUNDS;
    }
    return healthy;
  }

  private JsonNode audit(Platform platform, String table) throws Exception {
    HttpResponse<String> response =
        http.send(
            Platform.request(platform.url() + "/api/v1/tables/" + table + "/audits").build(),
            HttpResponse.BodyHandlers.ofString());
    return response.statusCode() == 200 ? JSON.readTree(response.body()) : JSON.createObjectNode();
  }

  private void post(Platform platform, String yaml) throws IOException, InterruptedException {
    String body =
        JSON.writeValueAsString(
            Map.of("files", List.of(Map.of("name", "soak.yaml", "text", yaml))));
    HttpResponse<String> response =
        http.send(
            Platform.request(platform.url() + "/api/v1/apply")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() >= 300) {
      throw new IllegalStateException(response.body());
    }
  }

  private static String documents(PostgresServer source) {
    return """
        apiVersion: backlot/v1
        kind: Connection
        name: soak
        owner: soak
        type: postgresql
        config: {host: localhost, port: %d, database: postgres, user: postgres, password: {env: BACKLOT_SECRET_SOAK}}
        tables: {include: [public.numbered, public.named]}
        """
            .formatted(source.port())
        + pipeline("numbered", "{id: rows, source: soak.public.numbered}", "rows")
        + pipeline("named", "{id: rows, source: soak.public.named}", "rows")
        + pipeline(
            "open",
            "{id: rows, source: soak.public.numbered}\n"
                + "  - {id: some, processor: filter, from: rows, config: {where: \"phase <> 'DONE'\"}}",
            "some");
  }

  private static String pipeline(String name, String steps, String last) {
    return """
        ---
        apiVersion: backlot/v1
        kind: Pipeline
        name: %1$s
        owner: soak
        audit: {every: 1s}
        steps:
          - %2$s
          - {id: out, sink: iceberg, from: %3$s, config: {table: soak.%1$s, commit_interval: 1s}}
        """
        .formatted(name, steps, last);
  }
}
