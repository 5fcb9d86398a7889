package dev.backlot.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.controller.TestPlatform.Answer;
import dev.backlot.controller.web.Json;
import dev.backlot.controller.web.OpenApi;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What nobody may, each role may not, and other teams may not; and that it is written down. */
class AccessIT {
  /** Those that one calls before one is signed in, as a human being reads the rules. */
  private static final Set<String> OPEN =
      Set.of(
          "GET /api/v1/health",
          "GET /api/v1/openapi.json",
          "GET /api/v1/session",
          "POST /api/v1/session",
          "DELETE /api/v1/session",
          "GET /api/v1/session/oidc",
          "GET /api/v1/session/oidc/callback");

  /** What a viewer may besides reading. */
  private static final Set<String> VIEWERS =
      Set.of(
          "POST /api/v1/session/password",
          "POST /api/v1/tokens",
          "DELETE /api/v1/tokens/{name}",
          "POST /api/v1/query",
          "POST /api/v1/query/runs",
          "DELETE /api/v1/query/runs/{id}",
          "POST /api/v1/query/exports",
          "POST /api/v1/query/saved",
          "DELETE /api/v1/query/saved/{id}",
          "POST /api/v1/tables/{name}/rows",
          "POST /registry/subjects/{subject}",
          "POST /registry/compatibility/subjects/{subject}/versions",
          "POST /registry/compatibility/subjects/{subject}/versions/{version}");

  private static final Set<String> ADMINS_READ =
      Set.of("GET /api/v1/users", "GET /api/v1/users/{name}");

  /** Builders plan and draft whatever they like; the rest asks whose the thing is. */
  private static final Set<String> BUILDERS =
      Set.of(
          "POST /api/v1/connections/check",
          "POST /api/v1/pipelines/check",
          "POST /api/v1/preview",
          "GET /api/v1/endpoints/{name}/graph",
          "POST /api/v1/endpoints/{name}/outline",
          "PUT /api/v1/drafts/{name}",
          "DELETE /api/v1/drafts/{name}",
          "GET /api/v1/secrets",
          "POST /api/v1/validate",
          "POST /api/v1/plan",
          "POST /api/v1/plan/schema-change",
          "POST /api/v1/diff",
          "POST /api/v1/apply");

  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static TestPlatform platform;
  private static final Map<String, String> TOKENS = new LinkedHashMap<>();

  @BeforeAll
  static void start() throws IOException {
    platform = new TestPlatform();
    platform.capture("studio", "movie");
    assertThat(platform.apply(connection("studio", "production")).status()).isEqualTo(200);
    for (String role : List.of("viewer", "builder", "owner", "admin", "engine")) {
      TOKENS.put(role, token(role, role, "post"));
    }
    TOKENS.put("studio", token("studio-builder", "builder", "production"));
    TOKENS.put("homeless", token("homeless", "builder"));
  }

  @AfterAll
  static void stop() {
    platform.close();
  }

  private static String token(String name, String role, String... teams) {
    Answer created =
        platform.post(
            "/api/v1/tokens",
            Map.of("name", name, "roles", List.of(role), "teams", List.of(teams)));
    return String.valueOf(created.at("token"));
  }

  private static String connection(String name, String owner) {
    return """
        apiVersion: backlot/v1
        kind: Connection
        name: %s
        owner: %s
        type: postgresql
        config: {host: localhost, database: studio, user: u, password: {env: BACKLOT_SECRET_X}}
        tables: {include: [public.movie]}
        """
        .formatted(name, owner);
  }

  private static String pipeline(String name, String owner) {
    return """
        apiVersion: backlot/v1
        kind: Pipeline
        name: %s
        %s
        state: paused
        steps:
          - {id: movies, source: studio.public.movie}
          - {id: w, sink: iceberg, from: movies, config: {table: studio.%s}}
        """
        .formatted(name, owner.isEmpty() ? "" : "owner: " + owner, name);
  }

  private static HttpResponse<String> call(String method, String path, String token) {
    return call(method, path, token, Duration.ofSeconds(30));
  }

  private static HttpResponse<String> call(
      String method, String path, String token, Duration patience) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + platform.controller.port() + path))
            .timeout(patience)
            .header("Content-Type", "application/json")
            .method(
                method,
                method.equals("GET")
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString("{}"));
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    try {
      HttpResponse<InputStream> response =
          CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream in = response.body()) {
        // streams never end: their beginning says enough
        byte[] begin =
            response.headers().firstValue("Content-Type").orElse("").contains("event-stream")
                ? new byte[0]
                : in.readAllBytes();
        return new Plain(response, new String(begin, StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static int status(String method, String path, String token) {
    return call(method, path, token).statusCode();
  }

  private static Answer as(String role, String method, String path, Object body) {
    try {
      HttpResponse<String> response =
          CLIENT.send(
              HttpRequest.newBuilder(
                      URI.create("http://localhost:" + platform.controller.port() + path))
                  .header("Content-Type", "application/json")
                  .header("Authorization", "Bearer " + TOKENS.get(role))
                  .method(method, HttpRequest.BodyPublishers.ofString(Json.write(body)))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      return new Answer(response.statusCode(), Json.readMap(response.body()));
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Every route of the API's description, with something for its variables. */
  private static Map<String, String> routes() {
    Map<String, Object> document = Json.readMap(new String(OpenApi.json(), StandardCharsets.UTF_8));
    Map<String, String> routes = new TreeMap<>();
    ((Map<?, ?>) document.get("paths"))
        .forEach(
            (path, verbs) ->
                ((Map<?, ?>) verbs)
                    .keySet()
                    .forEach(
                        verb ->
                            routes.put(
                                verb.toString().toUpperCase(Locale.ROOT) + " " + path,
                                address(path.toString()))));
    return routes;
  }

  private static String address(String path) {
    return path.replace("{kind}", "connections")
            .replace("{id}", "1")
            .replace("{version}", "1")
            .replace("{prefix}", "lake")
            .replace("{namespace}", "studio")
            .replaceAll("\\{[^}]+}", "studio")
        + (path.endsWith("/watch") ? "?of=%2Fapi%2Fv1%2Fhealth" : "")
        + (path.endsWith("/wait") ? "?for=running&timeout=0.1" : "");
  }

  @Test
  void nobody_gets_anything_but_the_way_in() {
    Set<String> wrong = new TreeSet<>();
    routes()
        .forEach(
            (route, address) -> {
              int status = status(route.split(" ")[0], address, "");
              if (OPEN.contains(route) ? status == 403 : status != 401) {
                wrong.add(route + " gave " + status);
              }
              int unknown = status(route.split(" ")[0], address, "backlot_" + "x".repeat(43));
              if (!OPEN.contains(route) && unknown != 401) {
                wrong.add(route + " gave " + unknown + " to an unknown token");
              }
            });

    assertThat(wrong).isEmpty();
  }

  @Test
  void each_role_gets_what_is_its_own_and_no_more() {
    Set<String> wrong = new TreeSet<>();
    routes()
        .forEach(
            (route, address) -> {
              if (OPEN.contains(route) || route.equals("POST /api/v1/tokens")) {
                // what a token is asked for decides: see SignInIT
                return;
              }
              String method = route.split(" ")[0];
              boolean reads = method.equals("GET") || method.equals("HEAD");
              boolean iceberg = route.contains(" /iceberg");
              boolean report = iceberg && route.endsWith("/metrics");
              boolean viewers =
                  report
                      || VIEWERS.contains(route)
                      || reads && !ADMINS_READ.contains(route) && !BUILDERS.contains(route);
              check(wrong, route, address, "viewer", viewers);
              check(wrong, route, address, "engine", iceberg);
              if (!viewers && !iceberg) {
                // 'studio' belongs to another team than this builder's, and so does what is
                // nobody's
                check(
                    wrong, route, address, "builder", BUILDERS.contains(route) || isSubject(route));
              }
            });

    assertThat(wrong).isEmpty();
  }

  /** Subjects of the registry belong to no team. */
  private static boolean isSubject(String route) {
    return route.contains(" /registry") && route.contains("{subject}");
  }

  private static void check(
      Set<String> wrong, String route, String address, String role, boolean allowed) {
    int status = 0;
    try {
      // what is let through may wait for a Kafka that isn't there; a refusal never does
      Duration patience = Duration.ofSeconds(allowed ? 2 : 30);
      status = call(route.split(" ")[0], address, TOKENS.get(role), patience).statusCode();
    } catch (java.io.UncheckedIOException e) {
      assertThat(e.getCause()).isInstanceOf(HttpTimeoutException.class);
    }
    if (allowed == (status == 403) || status == 401) {
      wrong.add(route + " gave " + status + " to " + role);
    }
  }

  @Test
  void a_refusal_says_what_is_missing_and_who_gives_it() {
    Answer role = as("viewer", "POST", "/api/v1/connections/studio/recapture", Map.of());
    Answer team = as("builder", "POST", "/api/v1/connections/studio/recapture", Map.of());
    Answer nobody = new Person(platform).get("/api/v1/pipelines");

    assertThat(role.at("title"))
        .isEqualTo(
            "Cannot recapture connection 'studio': it needs the role builder, and you have viewer."
                + " Ask an admin for it.");
    assertThat(team.at("title"))
        .isEqualTo(
            "Cannot recapture connection 'studio': it belongs to 'production', which is not a team"
                + " of yours. Ask that team, or an admin.");
    assertThat(nobody.at("code")).isEqualTo("UNAUTHENTICATED");
    assertThat(nobody.at("title")).asString().contains("/sign-in", "BACKLOT_TOKEN");
  }

  @Test
  void builders_write_what_belongs_to_their_teams_and_nobody_takes_over_by_rewriting_the_owner() {
    Object own = TestPlatform.request(false, pipeline("mine", "post"));
    assertThat(as("builder", "POST", "/api/v1/apply", own).status()).isEqualTo(200);
    assertThat(platform.get("/api/v1/pipelines/mine/revisions").at("revisions", 0, "author"))
        .isEqualTo("token:builder");

    assertThat(platform.apply(pipeline("theirs", "production")).status()).isEqualTo(200);
    Answer taken =
        as(
            "builder",
            "POST",
            "/api/v1/apply",
            TestPlatform.request(false, pipeline("theirs", "post")));
    Answer given =
        as(
            "builder",
            "POST",
            "/api/v1/apply",
            TestPlatform.request(false, pipeline("mine", "production")));
    Answer nobodys =
        as("builder", "POST", "/api/v1/apply", TestPlatform.request(false, pipeline("no_one", "")));
    Answer both =
        as(
            "builder",
            "POST",
            "/api/v1/apply",
            TestPlatform.request(
                false,
                pipeline("theirs", "post"),
                pipeline("mine", "post").replace("paused", "running"),
                pipeline("another", "production")));
    Answer teamless =
        as(
            "homeless",
            "POST",
            "/api/v1/apply",
            TestPlatform.request(false, pipeline("homeless", "post")));

    assertThat(taken.status()).isEqualTo(403);
    assertThat(taken.at("title")).asString().contains("it belongs to 'production'");
    assertThat(given.status()).isEqualTo(403);
    assertThat(given.at("title"))
        .asString()
        .contains("it would belong to 'production'", "owner: post");
    assertThat(nobodys.status()).isEqualTo(403);
    assertThat(both.status()).isEqualTo(403);
    assertThat((List<?>) both.at("problems")).hasSize(2);
    assertThat(teamless.at("title")).asString().contains("You are in no team");
    // all or nothing: what would have been allowed was not done either
    assertThat(platform.get("/api/v1/pipelines/mine").at("spec", "state")).isEqualTo("paused");
    assertThat(as("builder", "POST", "/api/v1/pipelines/mine/pause", Map.of()).status())
        .isEqualTo(200);
    assertThat(as("builder", "POST", "/api/v1/pipelines/theirs/pause", Map.of()).status())
        .isEqualTo(403);
    assertThat(as("builder", "DELETE", "/api/v1/pipelines/theirs", Map.of()).status())
        .isEqualTo(403);
    // pruning deletes what the files don't name, and that is others' too
    assertThat(as("builder", "POST", "/api/v1/apply", TestPlatform.request(true)).status())
        .isEqualTo(403);
    assertThat(as("studio", "POST", "/api/v1/sources/studio.public.movie/dumps", Map.of()).status())
        .isEqualTo(200);
    assertThat(
            as("builder", "POST", "/api/v1/sources/studio.public.movie/dumps", Map.of()).status())
        .isEqualTo(403);
  }

  @Test
  void what_is_done_and_refused_is_written_down_for_those_whom_it_concerns() {
    platform.apply(pipeline("logged", "post"));
    as("builder", "POST", "/api/v1/pipelines/logged/pause", Map.of());
    as("viewer", "POST", "/api/v1/pipelines/logged/pause", Map.of());
    as("builder", "POST", "/api/v1/pipelines/logged/rollback?revision=99", Map.of());

    Answer log = platform.get("/api/v1/access-log?kind=pipeline&name=logged");
    List<String> entries = new ArrayList<>();
    for (Object item : (List<?>) log.at("items")) {
      Map<?, ?> entry = (Map<?, ?>) item;
      entries.add(entry.get("caller") + " " + entry.get("action") + " " + entry.get("outcome"));
      assertThat(entry.get("owner")).isEqualTo("post");
      assertThat(entry.get("address")).isEqualTo("127.0.0.1");
    }
    assertThat(entries)
        .containsExactly(
            "token:builder roll back failed",
            "token:viewer pause refused",
            "token:builder pause done",
            "operator apply done");
    assertThat(log.at("items", 3, "detail", "revision")).isEqualTo(1);

    // owners see what is about their teams' things; builders only what they did themselves
    assertThat((List<?>) as("owner", "GET", "/api/v1/access-log?name=logged", "").at("items"))
        .hasSize(4);
    assertThat((List<?>) as("owner", "GET", "/api/v1/access-log?name=studio", "").at("items"))
        .isEmpty();
    assertThat((List<?>) as("builder", "GET", "/api/v1/access-log?name=logged", "").at("items"))
        .hasSize(2);
    Answer page = platform.get("/api/v1/access-log?name=logged&limit=3");
    assertThat(
            (List<?>)
                platform
                    .get("/api/v1/access-log?name=logged&limit=3&before=" + page.at("next"))
                    .at("items"))
        .hasSize(1);
    assertThat(platform.run("access-log", "--name", "logged").out())
        .contains("token:viewer", "refused");
    String hostile = URLEncoder.encode("' OR 1=1 --", StandardCharsets.UTF_8);
    assertThat((List<?>) platform.get("/api/v1/access-log?name=" + hostile).at("items")).isEmpty();
    assertThat(platform.get("/api/v1/access-log?from=yesterday").status()).isEqualTo(400);
  }

  @Test
  void every_look_at_data_is_written_down_before_it_is_given() throws Exception {
    as("viewer", "POST", "/api/v1/query", Map.of("sql", "SELECT 41 + 1 AS n"));
    status("GET", "/api/v1/sources/studio.public.movie/sample", TOKENS.get("viewer"));
    for (int i = 0; i < 3; i++) {
      CLIENT.send(
          HttpRequest.newBuilder(
                  URI.create(
                      "http://localhost:"
                          + platform.controller.port()
                          + "/api/v1/pipelines/watched/deadletters"))
              .header("Authorization", "Bearer " + TOKENS.get("viewer"))
              .header("X-Backlot-Watch", "1")
              .build(),
          HttpResponse.BodyHandlers.discarding());
    }

    Answer queries = platform.get("/api/v1/access-log?by=token:viewer&action=query");
    Answer samples = platform.get("/api/v1/access-log?by=token:viewer&action=sample&kind=source");
    Answer watched = platform.get("/api/v1/access-log?by=token:viewer&name=watched");
    assertThat(queries.at("items", 0, "detail", "sql")).isEqualTo("SELECT 41 + 1 AS n");
    assertThat(samples.at("items", 0, "name")).isEqualTo("studio.public.movie");
    assertThat(samples.at("items", 0, "owner")).isEqualTo("production");
    // a page that is left open asks each second, and is one look
    assertThat((List<?>) watched.at("items")).hasSize(1);
  }

  @Test
  void what_may_not_be_read_may_not_be_watched() throws Exception {
    String path = "/api/v1/watch?of=%2Fapi%2Fv1%2Fusers&of=%2Fapi%2Fv1%2Fpipelines%3Fproof%3Dfalse";
    HttpResponse<InputStream> response =
        CLIENT.send(
            HttpRequest.newBuilder(
                    URI.create("http://localhost:" + platform.controller.port() + path))
                .header("Authorization", "Bearer " + TOKENS.get("viewer"))
                .build(),
            HttpResponse.BodyHandlers.ofInputStream());
    StringBuilder told = new StringBuilder();
    try (InputStream in = response.body()) {
      byte[] part = new byte[8192];
      while (!(told.toString().contains("/users") && told.toString().contains("/pipelines"))) {
        int read = in.read(part);
        assertThat(read).isPositive();
        told.append(new String(part, 0, read, StandardCharsets.UTF_8));
      }
    }

    assertThat(told)
        .contains("\"of\":\"/api/v1/users\",\"status\":403")
        .doesNotContain("has_password");
    assertThat(told).contains("/api/v1/pipelines?proof=false\",\"status\":200");
    assertThat(status("GET", path, "")).isEqualTo(401);
  }

  @Test
  void no_way_of_writing_an_address_goes_around_the_rules() throws IOException {
    for (String address :
        List.of(
            "/api/v1/users/",
            "/api/v1//users",
            "//api/v1/users",
            "/api/v1/users;a=b",
            "/api/v1;x/users",
            "/API/V1/users",
            "/api/v1/%75sers",
            "/api/v1/./users",
            "/assets/../api/v1/users",
            "/assets/..%2fapi/v1/users",
            "/assets/%2e%2e/api/v1/users",
            "/sign-in/../api/v1/users",
            "/registry/../api/v1/users",
            "/iceberg/../api/v1/users",
            "/iceberg/..;/api/v1/users",
            "/api/v1/health/../users",
            "/api/v1/session/%2e%2e/users",
            "/api/v1/users%00",
            "/api/v1/users.json")) {
      String answer = raw("GET " + address + " HTTP/1.1\r\nHost: localhost\r\n");
      assertThat(answer).as(address).doesNotContain("has_password", "\"kind\":\"User\"");
    }
  }

  @Test
  void files_outside_the_page_are_out_of_reach() throws IOException {
    for (String address :
        List.of(
            "/assets/../../token",
            "/assets/%2e%2e/%2e%2e/token",
            "/assets/..%2f..%2ftoken",
            "/assets/..%5c..%5ctoken",
            "/assets/....//....//token",
            "/..%2ftoken.txt",
            "/%2e%2e%2ftoken.x",
            "/assets//etc/passwd",
            "/assets/%2fetc%2fpasswd",
            "/sources/../../token",
            "/assets/..;/..;/token")) {
      String answer = raw("GET " + address + " HTTP/1.1\r\nHost: localhost\r\n");
      assertThat(answer).as(address).doesNotContain(TestPlatform.TOKEN, "root:");
    }
  }

  private static String raw(String head) throws IOException {
    try (Socket socket = new Socket("localhost", platform.controller.port())) {
      socket
          .getOutputStream()
          .write((head + "Connection: close\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @Test
  void surfaces_of_other_programs_take_tokens_in_their_own_ways() throws Exception {
    String basic =
        java.util.Base64.getEncoder()
            .encodeToString(("anybody:" + TOKENS.get("viewer")).getBytes(StandardCharsets.UTF_8));
    HttpResponse<String> subjects =
        CLIENT.send(
            HttpRequest.newBuilder(
                    URI.create(
                        "http://localhost:" + platform.controller.port() + "/registry/contexts"))
                .header("Authorization", "Basic " + basic)
                .build(),
            HttpResponse.BodyHandlers.ofString());
    HttpResponse<String> refused = call("PUT", "/registry/config", TOKENS.get("builder"));
    HttpResponse<String> table = call("GET", "/iceberg/v1/namespaces", TOKENS.get("engine"));
    HttpResponse<String> created = call("POST", "/iceberg/v1/namespaces", TOKENS.get("viewer"));
    HttpResponse<String> nobody = call("GET", "/iceberg/v1/config", "");

    assertThat(subjects.statusCode()).isEqualTo(200);
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body()).contains("\"error_code\":40301");
    assertThat(table.statusCode()).isEqualTo(200);
    assertThat(created.statusCode()).isEqualTo(403);
    assertThat(created.body()).contains("\"type\":\"ForbiddenException\"");
    assertThat(nobody.body()).contains("\"type\":\"NotAuthorizedException\"");
    assertThat(status("GET", "/metrics", "")).isEqualTo(401);
    assertThat(status("GET", "/metrics", TOKENS.get("viewer"))).isEqualTo(200);
    assertThat(status("GET", "/metrics", TOKENS.get("engine"))).isEqualTo(403);
  }

  /** An answer whose body was read as far as it goes. */
  private record Plain(HttpResponse<?> of, String body) implements HttpResponse<String> {
    @Override
    public int statusCode() {
      return of.statusCode();
    }

    @Override
    public HttpRequest request() {
      return of.request();
    }

    @Override
    public java.util.Optional<HttpResponse<String>> previousResponse() {
      return java.util.Optional.empty();
    }

    @Override
    public java.net.http.HttpHeaders headers() {
      return of.headers();
    }

    @Override
    public java.util.Optional<javax.net.ssl.SSLSession> sslSession() {
      return java.util.Optional.empty();
    }

    @Override
    public URI uri() {
      return of.uri();
    }

    @Override
    public HttpClient.Version version() {
      return of.version();
    }
  }
}
