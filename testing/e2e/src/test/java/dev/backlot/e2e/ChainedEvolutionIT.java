package dev.backlot.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.checker.Checker;
import dev.backlot.checker.Verdict;
import dev.backlot.testing.platform.Platform;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * A table changes under constant writes, and pipelines that read what another one publishes, two
 * deep, do the right thing by themselves.
 */
@OnSharedPlatform
class ChainedEvolutionIT {
  private static final Duration PATIENCE = Duration.ofSeconds(120);
  private static final long PAUSE_NANOS = 5_000_000;
  private static final List<String> PIPELINES =
      List.of("chain_a", "chain_all", "chain_some", "chain_titles", "chain_b", "chain_names");

  private final SharedPlatform shared = SharedPlatform.get();
  private final Command command = shared.platform().command();
  private final Rest rest = new Rest(shared.platform().url());

  @Test
  void what_a_pipeline_publishes_follows_its_source_and_its_readers_follow_that() throws Exception {
    create();
    Platform.Result applied = command.apply(documents());
    assertThat(applied.exitCode()).as(applied.out() + applied.err()).isZero();
    PIPELINES.forEach(this::awaitCaughtUp);
    AtomicBoolean closed = new AtomicBoolean();
    Thread writer = new Thread(() -> write(closed), "chain-writer");
    writer.start();
    long added;
    long dropped;
    try {
      Map<String, String> before = jobs();
      added = change("ADD COLUMN rating int", "NEW.rating := NEW.v % 1000");
      awaitOtherJobs(before, "chain_a", "chain_all", "chain_b", "chain_names");
      assertSameJobs(before, "chain_some", "chain_titles");

      assertProposals();
      Map<String, String> wider = jobs();
      change("ALTER COLUMN rating TYPE bigint", "NEW.rating := NEW.v + 10000000000");
      awaitOtherJobs(wider, "chain_a", "chain_all", "chain_b", "chain_names");

      Map<String, String> narrower = jobs();
      dropped = change("DROP COLUMN region", "NEW.rating := NEW.v");
      awaitOtherJobs(narrower, "chain_a");
      awaitState("chain_some", "blocked");
      awaitWrites(dropped + 100);
      assertSameJobs(narrower, "chain_all", "chain_some", "chain_names");
      assertSameJobs(before, "chain_some", "chain_titles");
    } finally {
      closed.set(true);
      writer.join();
    }
    for (String pipeline : PIPELINES) {
      if (!pipeline.equals("chain_some")) {
        awaitCaughtUp(pipeline);
      }
    }
    assertEqual("everything", "movie_id", "v", "title", "rating");
    assertEqual("titles", "movie_id", "v", "title");
    assertEqual("names", "movie_id", "v", "rating");
    for (String table : List.of("everything", "titles", "names", "some")) {
      assertThat(count("SELECT count(*) FROM chain." + table)).isPositive();
      assertThat(
              count(
                  "SELECT count(*) FROM (SELECT DISTINCT _source, _epoch, _partition, _offset, movie_id FROM chain."
                      + table
                      + ") AS d"))
          .as("rows of " + table + " by their records")
          .isEqualTo(count("SELECT count(*) FROM chain." + table));
    }
    for (String table : List.of("everything", "names")) {
      String late = "FROM chain." + table + " WHERE _op <> 'd' AND v > " + added;
      assertThat(count("SELECT count(*) " + late)).isPositive();
      assertThat(count("SELECT count(*) " + late + " AND rating IS NULL")).as(table).isZero();
    }
    assertThat(count("SELECT count(*) FROM chain.some WHERE v > " + dropped)).isZero();
    assertThat(count("SELECT count(*) FROM chain.some WHERE v > " + added)).isPositive();
  }

  private void create() throws SQLException {
    try (Connection connection = shared.source().connect();
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          CREATE SCHEMA chain;
          CREATE SEQUENCE chain.ids;
          CREATE SEQUENCE chain.writes;
          CREATE TABLE chain.movie (movie_id bigint PRIMARY KEY, v bigint, title text, region text);
          """);
      fill(statement, "NEW.region := 'r' || NEW.v % 5");
      statement.execute(
          "CREATE TRIGGER fills BEFORE INSERT OR UPDATE ON chain.movie"
              + " FOR EACH ROW EXECUTE FUNCTION chain.fill()");
      statement.execute(
          "INSERT INTO chain.movie (movie_id)"
              + " SELECT nextval('chain.ids') FROM generate_series(1, 200)");
    }
  }

  private static void fill(Statement statement, String more) throws SQLException {
    statement.execute(
        """
        CREATE OR REPLACE FUNCTION chain.fill() RETURNS trigger LANGUAGE plpgsql AS $fill$
        BEGIN
          NEW.v := nextval('chain.writes');
          NEW.title := 't' || NEW.v;
          %s;
          RETURN NEW;
        END $fill$
        """
            .formatted(more));
  }

  /** Changes the table; every write with a higher {@code v} than what is returned came after. */
  private long change(String alter, String fill) throws SQLException {
    long boundary;
    try (Connection connection = shared.source().connect()) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.execute("LOCK TABLE chain.movie IN ACCESS EXCLUSIVE MODE");
        statement.execute("ALTER TABLE chain.movie " + alter);
        fill(statement, fill);
        try (ResultSet row = statement.executeQuery("SELECT nextval('chain.writes')")) {
          row.next();
          boundary = row.getLong(1);
        }
        connection.commit();
      }
    }
    awaitWrites(boundary + 50);
    return boundary;
  }

  private void write(AtomicBoolean closed) {
    try (Connection connection = shared.source().connect();
        Statement statement = connection.createStatement()) {
      for (int i = 0; !closed.get(); i++) {
        switch (i % 4) {
          case 0, 1 ->
              statement.execute("INSERT INTO chain.movie (movie_id) SELECT nextval('chain.ids')");
          case 2 ->
              statement.execute(
                  "UPDATE chain.movie SET title = '' WHERE movie_id % 97 = " + i % 97);
          default -> statement.execute("DELETE FROM chain.movie WHERE movie_id = " + (50 + i / 4));
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void awaitWrites(long beyond) {
    Awaitility.await("writes beyond " + beyond)
        .atMost(PATIENCE)
        .until(
            () -> {
              try (Connection connection = shared.source().connect();
                  Statement statement = connection.createStatement();
                  ResultSet row = statement.executeQuery("SELECT last_value FROM chain.writes")) {
                row.next();
                return row.getLong(1) > beyond;
              }
            });
  }

  private String documents() {
    String sink =
        "  - {id: out, sink: iceberg, from: %s, %sconfig: {table: chain.%s, commit_interval: 500ms}}";
    return shared.connection("chain", "'chain.*'")
        + pipeline(
            "chain_a",
            "  - {id: movies, source: chain.chain.movie}",
            "  - {id: real, processor: filter, from: movies, publish: chain_movies, config: {where: \"movie_id > 0\"}}")
        + pipeline(
            "chain_all",
            "  - {id: movies, source: chain_movies}",
            sink.formatted("movies", "", "everything"))
        + pipeline(
            "chain_some",
            "  - {id: movies, source: chain_movies}",
            sink.formatted("movies", "consumes: [v, region], ", "some"))
        + pipeline(
            "chain_titles",
            "  - {id: movies, source: chain_movies}",
            sink.formatted("movies", "consumes: [v, title], ", "titles"))
        + pipeline(
            "chain_b",
            "  - {id: movies, source: chain_movies}",
            "  - {id: named, processor: rename, from: movies, publish: chain_names, config: {fields: {title: name}}}")
        + pipeline(
            "chain_names",
            "  - {id: named, source: chain_names}",
            sink.formatted("named", "", "names"));
  }

  private static String pipeline(String name, String... steps) {
    return "---\napiVersion: backlot/v1\nkind: Pipeline\nname: "
        + name
        + "\nowner: tests\nsteps:\n"
        + String.join("\n", steps)
        + "\n";
  }

  private void assertProposals() {
    Platform.Result drop = command.run("plan", "--schema-change", "chain.chain.movie drop title");
    assertThat(drop.exitCode()).as(drop.out() + drop.err()).isEqualTo(1);
    assertThat(drop.out())
        .contains("changes  pipeline chain_a")
        .contains("breaks   pipeline chain_b (owner tests) by way of chain_movies")
        .contains("breaks   pipeline chain_titles (owner tests) by way of chain_movies")
        .contains("safe     pipeline chain_some (owner tests) by way of chain_movies");
  }

  private Map<String, String> jobs() {
    Map<String, String> jobs = new HashMap<>();
    PIPELINES.forEach(
        pipeline ->
            Awaitility.await(pipeline + " has one job")
                .atMost(PATIENCE)
                .until(
                    () -> {
                      JsonNode running = status(pipeline).path("jobs");
                      jobs.put(
                          pipeline,
                          running.at("/0/id").asText() + running.at("/0/started_at").asText());
                      return running.size() == 1;
                    }));
    return jobs;
  }

  private void awaitOtherJobs(Map<String, String> before, String... pipelines) {
    for (String pipeline : pipelines) {
      Awaitility.await(pipeline + " runs another job")
          .atMost(PATIENCE)
          .until(
              () -> {
                JsonNode status = status(pipeline);
                String now =
                    status.at("/jobs/0/id").asText() + status.at("/jobs/0/started_at").asText();
                return status.path("jobs").size() == 1
                    && status.at("/jobs/0/state").asText().equals("RUNNING")
                    && !now.equals(before.get(pipeline));
              });
    }
  }

  private void assertSameJobs(Map<String, String> before, String... pipelines) {
    Map<String, String> now = jobs();
    for (String pipeline : pipelines) {
      assertThat(now.get(pipeline)).as(pipeline).isEqualTo(before.get(pipeline));
    }
  }

  private void awaitState(String pipeline, String state) {
    Awaitility.await(pipeline + " is " + state)
        .atMost(PATIENCE)
        .until(() -> status(pipeline).path("state").asText().equals(state));
  }

  private void awaitCaughtUp(String pipeline) {
    Awaitility.await(pipeline + " caught up")
        .atMost(PATIENCE)
        .until(() -> command.pipelineStatus(pipeline).path("caught_up").asBoolean());
  }

  private JsonNode status(String pipeline) {
    return rest.get("/api/v1/pipelines/" + pipeline).path("status");
  }

  private long count(String sql) {
    return rest.number(sql);
  }

  private void assertEqual(String table, String... columns) throws Exception {
    try (Connection connection = shared.source().connect()) {
      Verdict verdict =
          new Checker(connection, new RestTarget(rest))
              .compareCounted(
                  "chain", "movie", "true", "chain." + table + "_latest", List.of(columns));
      assertThat(verdict.equal()).as(table + ": " + verdict).isTrue();
      assertThat(verdict.sourceRows()).isGreaterThan(100);
    }
  }
}
