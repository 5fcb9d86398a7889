package dev.backlot.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.checker.Checker;
import dev.backlot.checker.CommandTarget;
import dev.backlot.checker.Verdict;
import dev.backlot.testing.platform.Platform;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Views of tables without a key hold as many equal rows as the tables do. */
@OnSharedPlatform
class KeylessTablesIT {
  private static final List<String> EDGE =
      List.of(
          ("id,t,v,c,b,i2,i4,i8,f4,f8,n,n38,n5,cash,by,d,ts,tz,tm,ttz,iv,u,j,jb,m,p,ta,ia,na,mda,ip,"
                  + "r,pt,x,bi,ts_v")
              .split(","));

  private final SharedPlatform shared = SharedPlatform.get();

  @Test
  void equalRowsOfEveryTypeAreCountedThroughFiltersAndProjections() throws Exception {
    Command command = shared.platform().command();
    execute(
        "CREATE SCHEMA bare",
        HostileContentIT.EDGE
            .replace("TYPE mood", "TYPE bare.mood")
            .replace("DOMAIN positive", "DOMAIN bare.positive")
            .replace("TABLE edge", "TABLE bare.edge")
            .replace("id text PRIMARY KEY", "id text")
            .replace("m mood, p positive", "m bare.mood, p bare.positive"),
        "ALTER TABLE bare.edge REPLICA IDENTITY FULL",
        edgeRows("dump"),
        edgeRows("dump"),
        "CREATE TABLE bare.phase (title text, phase int)",
        "ALTER TABLE bare.phase REPLICA IDENTITY FULL",
        "INSERT INTO bare.phase SELECT 't' || i % 5, i % 3 FROM generate_series(1, 300) i");
    String connection =
        shared.connection("bare", "'bare.*'").replace("tables: {", "tables: {keyless: full_row, ");
    assertThat(
            command
                .apply(
                    connection
                        + """
                        ---
                        apiVersion: backlot/v1
                        kind: Pipeline
                        name: bare_edges
                        owner: tests
                        steps:
                          - {id: edge, source: bare.bare.edge}
                          - {id: out, sink: iceberg, from: edge, config: {table: bare.edge, commit_interval: 500ms}}
                        ---
                        apiVersion: backlot/v1
                        kind: Pipeline
                        name: bare_phases
                        owner: tests
                        steps:
                          - {id: phases, source: bare.bare.phase}
                          - {id: some, processor: filter, from: phases, config: {where: "phase <> 1"}}
                          - {id: titles, processor: projection, from: some, config: {fields: [title]}}
                          - {id: out, sink: iceberg, from: titles, config: {table: bare.titles, commit_interval: 500ms}}
                        """)
                .exitCode())
        .isZero();
    awaitCaughtUp(command);

    execute(
        edgeRows("log"),
        edgeRows("log"),
        "DELETE FROM bare.edge WHERE ctid = (SELECT min(ctid) FROM bare.edge WHERE id LIKE 'dump big')",
        "UPDATE bare.edge SET i4 = 5 WHERE ctid = (SELECT max(ctid) FROM bare.edge WHERE id LIKE 'log big')",
        "DELETE FROM bare.edge WHERE id LIKE 'log nulls'",
        "DELETE FROM bare.phase WHERE phase = 1 AND title IN ('t1', 't2')",
        "UPDATE bare.phase SET phase = phase + 1 WHERE title = 't3'",
        "DELETE FROM bare.phase WHERE ctid = (SELECT min(ctid) FROM bare.phase WHERE phase = 2)");
    awaitCaughtUp(command);
    assertEqual();

    command.ok("dump", "bare.bare.phase", "--wait");
    awaitCaughtUp(command);
    assertEqual();
    assertThat(command.run("dump", "bare.bare.phase", "--where", "phase = 1").err())
        .contains("Dump it wholly.");
  }

  private void assertEqual() throws Exception {
    try (Connection connection = shared.source().connect()) {
      Checker checker =
          new Checker(
              connection,
              new CommandTarget(Platform.root().resolve("backlot"), shared.platform().url()));
      Verdict edge = checker.compareCounted("bare", "edge", "true", "bare.edge_latest", EDGE);
      assertThat(edge.equal()).as("edge: " + edge).isTrue();
      assertThat(edge.sourceRows()).isEqualTo(9);
      Verdict titles =
          checker.compareCounted(
              "bare", "phase", "phase <> 1", "bare.titles_latest", List.of("title"));
      assertThat(titles.equal()).as("titles: " + titles).isTrue();
      assertThat(titles.sourceRows()).isGreaterThan(100);
    }
  }

  private static String edgeRows(String id) {
    return HostileContentIT.EDGE_ROWS.formatted(id).replace("INTO edge", "INTO bare.edge");
  }

  private static void awaitCaughtUp(Command command) {
    for (String pipeline : new String[] {"bare_edges", "bare_phases"}) {
      Awaitility.await(pipeline + " caught up")
          .atMost(Duration.ofSeconds(60))
          .until(() -> command.pipelineStatus(pipeline).path("caught_up").asBoolean());
    }
  }

  private void execute(String... statements) throws Exception {
    try (Connection connection = shared.source().connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
