package dev.backlot.studio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backlot.embedded.PostgresServer;
import dev.backlot.studio.edge.StudioEdge;
import dev.backlot.testing.graph.TestGateway;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class StudioEdgeIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String REPORT =
      """
      query ($ids: [ID!]!) {
        movies(ids: $ids) {
          id title phase budget releaseDate tags
          director { name }
          cast { part billing talent { id name } }
          schedule { daysLeft daysWrapped nextDate lastDate nextDay { id location callTime } }
          deals { open signed openFees signedFees(currency: "EUR") list { id fee talent { name } } }
        }
      }
      """;

  private static PostgresServer server;
  private static StudioDatabase database;
  private static StudioEdge edge;

  @BeforeAll
  static void start() throws Exception {
    server = PostgresServer.temporary().start();
    database =
        new StudioDatabase("localhost", server.port(), server.user(), server.password(), "edge");
    database.create("secret", 1, Instant.parse("2026-03-04T10:11:12.345678Z"));
    edge = edgeOf(database);
  }

  @AfterAll
  static void stop() {
    if (edge != null) {
      edge.close();
    }
    server.close();
  }

  @Test
  void tells_of_each_movie_what_the_database_says() throws Exception {
    List<String> ids = ids(10_000, 10_150);

    JsonNode movies = ask(REPORT, Map.of("ids", ids)).at("/data/movies");

    List<String> told = new ArrayList<>();
    for (JsonNode movie : movies) {
      told.add(
          String.join(
              "|",
              movie.path("id").asText(),
              movie.path("title").asText(),
              movie.path("phase").asText(),
              movie.path("budget").asText("-"),
              movie.at("/director/name").asText("-"),
              movie.at("/schedule/daysLeft").asText(),
              movie.at("/schedule/nextDate").asText("-"),
              movie.at("/schedule/nextDay/id").asText("-"),
              movie.at("/deals/open").asText(),
              movie.at("/deals/signed").asText(),
              movie.at("/deals/openFees").asText(),
              movie.at("/deals/signedFees").asText(),
              String.valueOf(movie.at("/deals/list").size()),
              String.join(",", movie.path("cast").findValuesAsText("name"))));
    }
    assertThat(told).hasSize(151).isEqualTo(expected());
    assertThat(told).anyMatch(line -> line.contains("/MAIN/"));
  }

  @Test
  void reads_each_level_with_one_statement() throws Exception {
    HttpResponse<String> one = post(edge, REPORT, Map.of("ids", ids(10_000, 10_000)));
    HttpResponse<String> many = post(edge, REPORT, Map.of("ids", ids(10_000, 10_150)));

    // Movies, cast, schedule, deal counts, next days, deals, fees; talent of cast and of deals.
    assertThat(statements(many)).isLessThanOrEqualTo(9).isGreaterThanOrEqualTo(8);
    assertThat(statements(one)).isLessThanOrEqualTo(statements(many));
  }

  @Test
  void answers_in_the_order_of_the_ids_with_null_for_what_is_not_there() throws Exception {
    List<String> ids =
        List.of("10001", "77", "999999", "10001", "abc", "010001", "99999999999999999999");

    JsonNode movies =
        ask("query ($ids: [ID!]!) { movies(ids: $ids) { id } }", Map.of("ids", ids))
            .at("/data/movies");

    assertThat(movies.toString())
        .isEqualTo("[{\"id\":\"10001\"},{\"id\":\"77\"},null,{\"id\":\"10001\"},null,null,null]");
  }

  @Test
  void a_movie_without_days_and_deals_has_none() throws Exception {
    JsonNode movie = ask(REPORT, Map.of("ids", List.of("77"))).at("/data/movies/0");

    assertThat(movie.at("/schedule/daysLeft").asInt(-1)).isZero();
    assertThat(movie.at("/schedule/nextDay").isNull()).isTrue();
    assertThat(movie.at("/deals/open").asInt(-1)).isZero();
    assertThat(movie.at("/deals/openFees").asText()).isEqualTo("0.00");
    assertThat(movie.at("/cast").toString()).isEqualTo("[]");
  }

  @Test
  void lists_every_kind_of_thing_by_its_ids() throws Exception {
    String deal = text("SELECT min(deal_id::text) FROM deal");
    String vendor = text("SELECT min(vendor_code) FROM vendor");
    String day = text("SELECT min(movie_id || '/' || unit || '/' || day_number) FROM schedule_day");

    JsonNode data =
        ask(
                "query ($deal: ID!, $vendor: ID!, $day: ID!) {"
                    + " deals(ids: [$deal]) { id movie { id } sentAt }"
                    + " vendors(codes: [$vendor, \"NONE\"]) { code openPayments services }"
                    + " scheduleDays(ids: [$day, \"1/MAIN/x\"]) { id movie { title } }"
                    + " talent(ids: [1]) { id name crafts dayRate } }",
                Map.of("deal", deal, "vendor", vendor, "day", day))
            .path("data");

    assertThat(data.at("/deals/0/id").asText()).isEqualTo(deal);
    assertThat(data.at("/deals/0/movie/id").asText()).matches("\\d+");
    assertThat(data.at("/vendors/0/code").asText()).isEqualTo(vendor);
    assertThat(data.at("/vendors/0/services").size()).isPositive();
    assertThat(data.at("/vendors/1").isNull()).isTrue();
    assertThat(data.at("/scheduleDays/0/id").asText()).isEqualTo(day);
    assertThat(data.at("/scheduleDays/0/movie/title").isTextual()).isTrue();
    assertThat(data.at("/scheduleDays/1").isNull()).isTrue();
    assertThat(data.at("/talent/0/name").asText())
        .isEqualTo(text("SELECT display_name FROM talent WHERE talent_id = 1"));
  }

  @Test
  void is_a_subgraph_of_a_real_gateway() throws Exception {
    try (TestGateway gateway = TestGateway.before("studio", URI.create(edge.url()))) {
      JsonNode direct = gateway.ask(REPORT, Map.of("ids", ids(10_000, 10_020)));
      JsonNode entities =
          gateway.ask(
              "{ watchlist(ids: [\"10000\", \"77\", \"0\"]) { id title deals { open } } }",
              Map.of());

      assertThat(direct.has("errors")).as(direct.toString()).isFalse();
      assertThat(direct.at("/data"))
          .isEqualTo(ask(REPORT, Map.of("ids", ids(10_000, 10_020))).at("/data"));
      assertThat(entities.at("/data/watchlist/0/title").asText())
          .isEqualTo(text("SELECT title FROM movie WHERE movie_id = 10000"));
      assertThat(entities.at("/data/watchlist/1/deals/open").asInt(-1)).isZero();
      assertThat(entities.at("/data/watchlist/2").isNull()).isTrue();
    }
  }

  @Test
  void entities_of_every_type_are_found_by_their_keys() throws Exception {
    String deal = text("SELECT min(deal_id::text) FROM deal");
    List<Map<String, String>> keys =
        List.of(
            Map.of("__typename", "Movie", "id", "77"),
            Map.of("__typename", "Deal", "id", deal),
            Map.of("__typename", "Movie", "id", "0"),
            Map.of("__typename", "Talent", "id", "2"));

    HttpResponse<String> answer =
        post(
            edge,
            "query ($k: [_Any!]!) { _entities(representations: $k) {"
                + " __typename ... on Movie { id title } ... on Deal { id } ... on Talent { id } } }",
            Map.of("k", keys));

    JsonNode entities = JSON.readTree(answer.body()).at("/data/_entities");
    assertThat(entities.findValuesAsText("__typename")).containsExactly("Movie", "Deal", "Talent");
    assertThat(entities.findValuesAsText("id")).containsExactly("77", deal, "2");
    assertThat(entities.get(2).isNull()).isTrue();
    assertThat(statements(answer)).isEqualTo(3);
  }

  @Test
  void refuses_what_is_too_much_and_says_how_much_is_allowed() throws Exception {
    HttpResponse<String> ids = post(edge, REPORT, Map.of("ids", ids(1, 1_001)));
    HttpResponse<String> depth =
        post(
            edge,
            "{ movie(id: 10000) "
                + "{ deals { list { movie ".repeat(6)
                + "{ id }"
                + " } } }".repeat(6)
                + " }",
            Map.of());
    HttpResponse<String> fields =
        post(
            edge,
            "{ "
                + String.join(
                    " ",
                    IntStream.range(0, 2_100)
                        .mapToObj(i -> "m" + i + ": movie(id: 1) { id }")
                        .toList())
                + " }",
            Map.of());
    HttpResponse<String> bytes =
        post(edge, REPORT, Map.of("ids", List.of("1"), "padding", "x".repeat(1 << 20)));

    assertThat(ids.body())
        .contains("Cannot answer 'movies': 1001 ids are too many. Ask for at most 1000 at once.");
    assertThat(depth.statusCode()).isEqualTo(400);
    assertThat(fields.statusCode()).isEqualTo(400);
    assertThat(bytes.statusCode()).isEqualTo(413);
  }

  @Test
  void says_what_is_wrong_with_a_question() throws Exception {
    HttpResponse<String> unknown = post(edge, "{ movie(id: 1) { tittle } }", Map.of());
    HttpResponse<String> noJson = send(edge, "POST", "{ movie }");
    HttpResponse<String> noQuery = send(edge, "POST", "{}");
    HttpResponse<String> method = send(edge, "DELETE", "");

    assertThat(unknown.statusCode()).isEqualTo(400);
    assertThat(unknown.body()).contains("tittle").contains("\"line\":1");
    assertThat(noJson.statusCode()).isEqualTo(400);
    assertThat(noJson.body()).contains("it is not JSON");
    assertThat(noQuery.body()).contains("it has no query");
    assertThat(method.statusCode()).isEqualTo(405);
  }

  @Test
  void explains_itself_to_whoever_looks() throws Exception {
    HttpResponse<String> answer = send(edge, "GET", "");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).contains("curl -s " + edge.url()).contains("type Movie @key");
  }

  @Test
  void its_role_cannot_change_anything() throws Exception {
    try (Connection connection =
            DriverManager.getConnection(database.url(), "studio_edge", "studio_edge");
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.executeUpdate("UPDATE movie SET title = 'x'"))
          .hasMessageContaining("permission denied");
    }
  }

  @Test
  void a_request_while_the_database_is_away_fails_as_a_whole_and_later_ones_succeed()
      throws Exception {
    PostgresServer fragile = PostgresServer.temporary().start();
    StudioDatabase other =
        new StudioDatabase(
            "localhost", fragile.port(), fragile.user(), fragile.password(), "fragile");
    other.create("secret", 1, Instant.parse("2026-03-04T10:11:12Z"));
    try (StudioEdge fragileEdge = edgeOf(other)) {
      String query = "{ movie(id: 77) { id schedule { daysLeft } } }";
      assertThat(post(fragileEdge, query, Map.of()).statusCode()).isEqualTo(200);

      fragile.kill();
      HttpResponse<String> away = post(fragileEdge, query, Map.of());
      fragile = fragile.startAgain();

      assertThat(away.statusCode()).isEqualTo(503);
      assertThat(away.headers().firstValue("retry-after")).contains("1");
      assertThat(away.body()).contains("Cannot answer: the studio's database does not");
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> post(fragileEdge, query, Map.of()).statusCode() == 200);
    } finally {
      fragile.close();
    }
  }

  private static StudioEdge edgeOf(StudioDatabase database) throws Exception {
    return StudioEdge.start(database.url(), StudioDatabase.EDGE_USER, StudioDatabase.EDGE_USER, 0);
  }

  private static List<String> ids(long first, long last) {
    return LongStream.rangeClosed(first, last).mapToObj(String::valueOf).toList();
  }

  private static int statements(HttpResponse<String> response) {
    return Integer.parseInt(response.headers().firstValue("x-sql-statements").orElseThrow());
  }

  private static JsonNode ask(String query, Map<String, ?> variables) throws Exception {
    return JSON.readTree(post(edge, query, variables).body());
  }

  private static HttpResponse<String> post(StudioEdge edge, String query, Map<String, ?> variables)
      throws Exception {
    return send(
        edge, "POST", JSON.writeValueAsString(Map.of("query", query, "variables", variables)));
  }

  private static HttpResponse<String> send(StudioEdge edge, String method, String body)
      throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(edge.url()))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
  }

  private static String text(String query) throws SQLException {
    return texts(query).get(0);
  }

  private static List<String> texts(String query) throws SQLException {
    List<String> texts = new ArrayList<>();
    try (Connection connection = database.connectAsOwner();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        texts.add(rows.getString(1));
      }
    }
    return texts;
  }

  /** The same facts, one movie at a time. */
  private static List<String> expected() throws SQLException {
    return texts(
        """
        SELECT concat_ws('|', m.movie_id, m.title, m.phase,
          coalesce(m.production_budget::text, '-'), coalesce(m.director, '-'),
          (SELECT count(*) FROM schedule_day d
            WHERE d.movie_id = m.movie_id AND d.status NOT IN ('WRAPPED', 'SCRUBBED')),
          coalesce((SELECT min(work_date)::text FROM schedule_day d
            WHERE d.movie_id = m.movie_id AND d.status NOT IN ('WRAPPED', 'SCRUBBED')), '-'),
          coalesce((SELECT movie_id || '/' || unit || '/' || day_number FROM schedule_day d
            WHERE d.movie_id = m.movie_id AND d.status NOT IN ('WRAPPED', 'SCRUBBED')
            ORDER BY work_date, day_number, unit LIMIT 1), '-'),
          (SELECT count(*) FROM deal d
            WHERE d.movie_id = m.movie_id AND d.status NOT IN ('SIGNED', 'VOID')),
          (SELECT count(*) FROM deal d WHERE d.movie_id = m.movie_id AND d.status = 'SIGNED'),
          (SELECT coalesce(sum(fee), 0.00) FROM deal d WHERE d.movie_id = m.movie_id
            AND d.status NOT IN ('SIGNED', 'VOID') AND d.currency = 'USD'),
          (SELECT coalesce(sum(fee), 0.00) FROM deal d WHERE d.movie_id = m.movie_id
            AND d.status = 'SIGNED' AND d.currency = 'EUR'),
          (SELECT count(*) FROM deal d WHERE d.movie_id = m.movie_id))
          || '|' || coalesce((SELECT string_agg(t.display_name, ',' ORDER BY billing, talent_id)
            FROM cast_member c JOIN talent t USING (talent_id) WHERE c.movie_id = m.movie_id), '')
        FROM movie m WHERE movie_id BETWEEN 10000 AND 10150 ORDER BY movie_id
        """);
  }
}
