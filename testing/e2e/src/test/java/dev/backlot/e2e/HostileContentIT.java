package dev.backlot.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.checker.Checker;
import dev.backlot.checker.CommandTarget;
import dev.backlot.checker.Verdict;
import dev.backlot.testing.platform.Platform;
import dev.backlot.testing.platform.Platform.Result;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Values and names that break careless code arrive as they are, by dump and by log. */
@OnSharedPlatform
class HostileContentIT {
  /** A table with a column of every built-in type. */
  static final String EDGE =
      """
      CREATE TYPE mood AS ENUM ('sad', 'very happy');
      CREATE DOMAIN positive AS int CHECK (VALUE > 0);
      CREATE TABLE edge (
        id text PRIMARY KEY, t text, v varchar(20), c char(5), b bool, i2 int2, i4 int4, i8 int8, f4 float4, f8 float8,
        n numeric, n38 numeric(38,10), n5 numeric(5,2), cash money, by bytea, d date, ts timestamp, tz timestamptz, tm time, ttz timetz, iv interval,
        u uuid, j json, jb jsonb, m mood, p positive, ta text[], ia int[], na numeric(10,2)[], mda int[], ip inet, r int4range, pt point, x xml, bi bit(3), ts_v tsvector);
      """;

  /** Rows of it with edge values; their keys begin with an argument. */
  static final String EDGE_ROWS =
      """
      INSERT INTO edge (id) VALUES ('%1$s nulls');
      INSERT INTO edge VALUES ('%1$s ☃ "quoted" ''s \\ %% \t', 'emoji 🎬👩‍🎤 newline
      end', '', '     ', true, -32768, -2147483648, -9223372036854775808, '-Infinity', 'NaN',
        'NaN', 9999999999999999999999999999.9999999999, 'NaN', '-92233720368547758.08', '\\x00ff', '0044-03-15 BC', '4713-01-01 00:00:00 BC', '-infinity', '24:00:00', '23:59:59.999999+15:59',
        '-178 years 11 mons -5 days 04:05:06.789', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '{"a" : [1,  2], "a": 3}', '{"z": 1e400, "a": "\\u00e9"}', 'very happy', 7,
        ARRAY['a', NULL, 'NULL', '', 'b"c,{}\\'], ARRAY[1, NULL, -1], ARRAY['1.50', NULL]::numeric(10,2)[], '{{1,2},{3,4}}', '::1/64', '[1,10)', '(1e-300,-2)', '<a>ü</a>', B'101', 'fat & cat'::text::tsvector);
      INSERT INTO edge VALUES ('%1$s big', repeat('4 MB of text 😀 ', 250000), 'x', 'y', false, 32767, 2147483647, 9223372036854775807, 'Infinity', '1e-320',
        ('1' || repeat('0', 1000) || '.' || repeat('3', 500))::numeric, -0.0000000001, -999.99, '92233720368547758.07', decode(repeat('ab', 100000), 'hex'), 'infinity', 'infinity', 'infinity', '00:00:00', '00:00:00-15:59',
        '178000000 years', '00000000-0000-0000-0000-000000000000', 'null', '[]', 'sad', 1, '{}', '{}', '{NaN}', '[5:6]={1,2}', '10.0.0.1', 'empty', '(NaN,Infinity)', '', B'000', '');
      """;

  private static final String TABLES =
      """
      CREATE TABLE "Mixed Case.And ""Dots\""" (
        "Id" int, "sp ace" text, "quo""te" text, "a.b" int, "select" text, "ünï" text, "1st" text, "x_x0041_" text, "CASE" text, "case" text,
        PRIMARY KEY ("Id", "sp ace"));
      """;
  private static final String ROWS =
      """
      INSERT INTO "Mixed Case.And ""Dots\""" VALUES (1, '%1$s', 'q"', 2, '; DROP TABLE edge; --', '%%s ${x} {{y}}', '$1', '_x0041_', 'upper', 'lower');
      """;

  private final SharedPlatform shared = SharedPlatform.get();

  @Test
  void valuesAndNamesArriveIntactByDumpAndByLog() throws Exception {
    Command command = shared.platform().command();
    execute(EDGE + TABLES);
    execute((EDGE_ROWS + ROWS).formatted("dump"));
    String specs =
        shared.connection("hostile", "public.edge, 'public.\"Mixed Case.And \"\"Dots\"\"\"'")
            + """
            ---
            apiVersion: backlot/v1
            kind: Pipeline
            name: edges
            owner: tests
            steps:
              - {id: edge, source: hostile.public.edge}
              - {id: out, sink: iceberg, from: edge, config: {table: hostile.edge, commit_interval: 500ms}}
            ---
            apiVersion: backlot/v1
            kind: Pipeline
            name: names
            owner: tests
            steps:
              - {id: mixed, source: 'hostile.public."Mixed Case.And ""Dots\"""'}
              - {id: out, sink: iceberg, from: mixed, config: {table: hostile.mixed, commit_interval: 500ms}}
            """;
    Result applied = command.apply(specs);
    assertThat(applied.exitCode()).as(applied.out() + applied.err()).isZero();
    awaitCaughtUp(command);

    execute((EDGE_ROWS + ROWS).formatted("log"));
    try (Connection connection = shared.source().connect();
        PreparedStatement update =
            connection.prepareStatement("UPDATE edge SET i4 = 5 WHERE id = ?")) {
      update.setString(1, "dump big");
      assertThat(update.executeUpdate()).isEqualTo(1);
    }
    awaitCaughtUp(command);

    try (Connection connection = shared.source().connect()) {
      Checker checker =
          new Checker(
              connection,
              new CommandTarget(Platform.root().resolve("backlot"), shared.platform().url()));
      Verdict edge = checker.compare("public", "edge", "true", "hostile.edge_latest", Map.of());
      assertThat(edge.equal()).as("edge: " + edge).isTrue();
      assertThat(edge.sourceRows()).isEqualTo(6);
      Verdict mixed =
          checker.compare(
              "public",
              "Mixed Case.And \"Dots\"",
              "true",
              "hostile.mixed_latest",
              Map.of("case", "case_2"));
      assertThat(mixed.equal()).as("mixed: " + mixed).isTrue();
      assertThat(mixed.sourceRows()).isEqualTo(2);
    }
  }

  private static void awaitCaughtUp(Command command) {
    for (String pipeline : new String[] {"edges", "names"}) {
      Awaitility.await(pipeline + " caught up")
          .atMost(Duration.ofSeconds(60))
          .until(() -> command.pipelineStatus(pipeline).path("caught_up").asBoolean());
    }
  }

  private void execute(String sql) throws Exception {
    try (Connection connection = shared.source().connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
