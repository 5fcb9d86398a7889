package dev.backlot.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.controller.TestPlatform.Answer;
import dev.backlot.metadata.MetadataDatabase;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** People and programs prove who they are, and those who try to pass for others don't. */
class SignInIT {
  private static final String WRONG = "wrong password for sure";
  private static TestPlatform platform;

  @BeforeAll
  static void start() throws IOException {
    platform = new TestPlatform();
  }

  @AfterAll
  static void stop() {
    platform.close();
  }

  private static String user(String name, String... roles) {
    Answer created =
        platform.post(
            "/api/v1/users",
            Map.of("name", name, "roles", List.of(roles), "teams", List.of("post-production")));
    assertThat(created.status()).as(created.body().toString()).isEqualTo(200);
    return String.valueOf(created.at("password"));
  }

  private static void database(String sql) {
    try (MetadataDatabase metadata = MetadataDatabase.open(platform.config.metadata())) {
      metadata.jdbi().useHandle(handle -> handle.execute(sql));
    }
  }

  @Test
  void the_first_account_is_an_admin_without_a_password_until_one_is_set() {
    Answer before = platform.get("/api/v1/users/admin");
    Answer refused = new Person(platform).signIn("admin", "");
    Answer reset = platform.post("/api/v1/users/admin/reset-password", Map.of());
    Answer signedIn = new Person(platform).signIn("admin", String.valueOf(reset.at("password")));

    assertThat(before.at("spec", "roles")).isEqualTo(List.of("admin"));
    assertThat(before.at("status", "has_password")).isEqualTo(false);
    assertThat(refused.status()).isEqualTo(401);
    assertThat(signedIn.status()).isEqualTo(200);
    assertThat(signedIn.at("clearances")).isEqualTo(List.of("*"));
  }

  @Test
  void a_session_tells_who_is_signed_in_until_it_is_ended() {
    String password = user("ada", "builder", "owner");
    Person ada = new Person(platform);

    Answer signedIn = ada.signIn("ada", password);

    assertThat(signedIn.at("name")).isEqualTo("ada");
    assertThat(signedIn.at("roles")).isEqualTo(List.of("builder", "owner"));
    assertThat(signedIn.at("teams")).isEqualTo(List.of("post-production"));
    assertThat(signedIn.at("rules", "POST /api/v1/pipelines/{name}/pause"))
        .isEqualTo(Map.of("role", "builder", "own", true));
    assertThat(ada.get("/api/v1/session").body()).isEqualTo(signedIn.body());
    assertThat(ada.get("/api/v1/pipelines").status()).isEqualTo(200);
    Map<String, String> stolen = Map.copyOf(ada.cookies());
    assertThat(ada.call("DELETE", "/api/v1/session", null).at("signed_in")).isEqualTo(false);
    assertThat(ada.cookies()).isEmpty();
    ada.cookies().putAll(stolen);
    assertThat(ada.get("/api/v1/pipelines").status()).isEqualTo(401);
  }

  @Test
  void the_cookie_is_kept_from_scripts_and_other_sites_and_is_this_installations_own() {
    Person person = new Person(platform);
    person.signIn("cookie", user("cookie", "viewer"));

    assertThat(person.lastSetCookies())
        .singleElement()
        .satisfies(
            cookie ->
                assertThat(cookie)
                    .matches("backlot_[0-9a-f]{8}=[A-Za-z0-9_-]{43};.*")
                    .contains("HttpOnly", "SameSite=Strict", "Path=/"));
    // http on loopback: Secure is for a public https address, see PublicAddressIT
    assertThat(person.lastSetCookies().get(0)).doesNotContain("Secure");
  }

  @Test
  void a_session_id_from_outside_is_never_taken_over() {
    String password = user("fixed", "viewer");
    Person victim = new Person(platform);
    String name = cookieName();
    victim.cookies().put(name, "a".repeat(43));

    victim.signIn("fixed", password);

    assertThat(victim.cookies().get(name)).isNotEqualTo("a".repeat(43));
    Person attacker = new Person(platform);
    attacker.cookies().put(name, "a".repeat(43));
    assertThat(attacker.get("/api/v1/pipelines").status()).isEqualTo(401);

    // a second sign-in gives another id, and ends the first
    String first = victim.cookies().get(name);
    victim.signIn("fixed", password);
    attacker.cookies().put(name, first);
    assertThat(victim.cookies().get(name)).isNotEqualTo(first);
    assertThat(attacker.get("/api/v1/pipelines").status()).isEqualTo(401);
  }

  private static String cookieName() {
    Person anybody = new Person(platform);
    anybody.signIn("cookie-name", user("cookie-name-" + System.nanoTime(), "viewer"));
    try (MetadataDatabase metadata = MetadataDatabase.open(platform.config.metadata())) {
      return "backlot_" + metadata.accounts().installation();
    }
  }

  @Test
  void a_change_needs_what_only_the_page_knows_besides_the_cookie() {
    Person person = new Person(platform);
    person.signIn("csrf", user("csrf", "admin"));
    Map<String, Object> body = Map.of("files", List.of());

    Answer without = person.call("POST", "/api/v1/validate", body, "Accept", "application/json");
    Answer wrong = person.call("POST", "/api/v1/validate", body, "X-Backlot-Csrf", "x");
    Answer foreign =
        person.call(
            "POST",
            "/api/v1/validate",
            body,
            "X-Backlot-Csrf",
            person.csrf(),
            "Origin",
            "http://evil.example");
    Answer own = person.post("/api/v1/validate", body);

    assertThat(without.status()).isEqualTo(403);
    assertThat(without.at("code")).isEqualTo("FORBIDDEN");
    assertThat(wrong.status()).isEqualTo(403);
    assertThat(foreign.status()).isEqualTo(403);
    assertThat(own.status()).isEqualTo(200);
    // a token is added by a program on purpose
    assertThat(platform.post("/api/v1/validate", body).status()).isEqualTo(200);
  }

  @Test
  void sessions_end_when_idle_when_old_when_the_password_changes_and_when_disabled() {
    String password = user("ending", "viewer");
    Person person = new Person(platform);
    person.signIn("ending", password);
    database("UPDATE session SET used_at = now() - interval '13 hours' WHERE account = 'ending'");
    assertThat(person.get("/api/v1/pipelines").status()).isEqualTo(401);

    person.signIn("ending", password);
    database("UPDATE session SET created_at = now() - interval '8 days' WHERE account = 'ending'");
    Answer old = person.get("/api/v1/pipelines");
    assertThat(old.status()).isEqualTo(401);
    assertThat(String.valueOf(old.at("title"))).contains("your session has ended");

    person.signIn("ending", password);
    Person elsewhere = new Person(platform);
    elsewhere.signIn("ending", password);
    Answer changed =
        person.post(
            "/api/v1/session/password", Map.of("old", password, "password", "another good one"));
    assertThat(changed.status()).isEqualTo(200);
    assertThat(person.get("/api/v1/pipelines").status()).isEqualTo(200);
    assertThat(elsewhere.get("/api/v1/pipelines").status()).isEqualTo(401);

    assertThat(platform.post("/api/v1/users/ending/disable", Map.of()).status()).isEqualTo(200);
    assertThat(person.get("/api/v1/pipelines").status()).isEqualTo(401);
    assertThat(person.signIn("ending", "another good one").status()).isEqualTo(401);
  }

  @Test
  void a_page_left_open_does_not_keep_its_session_alive() {
    Person person = new Person(platform);
    person.signIn("away", user("away", "viewer"));
    database("UPDATE session SET used_at = now() - interval '2 hours' WHERE account = 'away'");

    Answer watched = person.call("GET", "/api/v1/pipelines", null, "X-Backlot-Watch", "1");

    assertThat(watched.status()).isEqualTo(200);
    try (MetadataDatabase metadata = MetadataDatabase.open(platform.config.metadata())) {
      boolean untouched =
          metadata
              .jdbi()
              .withHandle(
                  handle ->
                      handle
                          .select(
                              "SELECT used_at < now() - interval '1 hour' FROM session"
                                  + " WHERE account = 'away'")
                          .mapTo(Boolean.class)
                          .one());
      assertThat(untouched).isTrue();
    }
  }

  @Test
  void guessing_is_stopped_for_accounts_that_are_there_and_those_that_are_not() {
    String password = user("guessed", "viewer");
    for (String name : List.of("guessed", "nobody-here")) {
      Person attacker = new Person(platform);
      for (int i = 0; i < 5; i++) {
        Answer answer = attacker.signIn(name, WRONG);
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.at("title"))
            .isEqualTo(
                "Cannot sign in: the name or the password is wrong. Try again, or ask an admin to"
                    + " reset it.");
      }
      assertThat(attacker.signIn(name, WRONG).status()).isEqualTo(429);
      assertThat(Integer.parseInt(attacker.lastHeader("Retry-After"))).isBetween(1, 301);
    }

    // not even the right password then, or one could go on guessing and see which is right
    assertThat(new Person(platform).signIn("guessed", password).status()).isEqualTo(429);
  }

  @Test
  void an_unknown_account_takes_as_long_as_a_wrong_password() {
    user("timed", "viewer");
    long[] known = new long[4];
    long[] unknown = new long[4];
    new Person(platform).signIn("warm-up", WRONG);
    for (int i = 0; i < 4; i++) {
      known[i] = time("timed");
      unknown[i] = time("nobody-timed");
    }
    Arrays.sort(known);
    Arrays.sort(unknown);

    double ratio = (double) unknown[0] / known[0];
    assertThat(ratio).isBetween(0.7, 1.4);
  }

  private static long time(String name) {
    long begin = System.nanoTime();
    assertThat(new Person(platform).signIn(name, WRONG).status()).isEqualTo(401);
    return System.nanoTime() - begin;
  }

  @Test
  void a_link_signs_in_once_and_not_too_late() {
    user("linked", "viewer");
    Answer link = platform.post("/api/v1/users/linked/sign-in-link", Map.of());
    String url = String.valueOf(link.at("url"));
    String code = url.substring(url.indexOf("#code=") + 6);

    assertThat(url).startsWith("http://localhost:" + platform.controller.port() + "/sign-in#code=");
    assertThat(new Person(platform).signInWith(code).at("name")).isEqualTo("linked");
    assertThat(new Person(platform).signInWith(code).status()).isEqualTo(401);

    String late =
        String.valueOf(platform.post("/api/v1/users/linked/sign-in-link", Map.of()).at("url"));
    database("UPDATE sign_in_code SET expires_at = now() - interval '1 second'");
    assertThat(new Person(platform).signInWith(late.substring(late.indexOf("#code=") + 6)).status())
        .isEqualTo(401);
    // only whoever may everything makes links for others
    Person viewer = new Person(platform);
    viewer.signIn("link-thief", user("link-thief", "owner"));
    assertThat(viewer.post("/api/v1/users/admin/sign-in-link", Map.of()).status()).isEqualTo(403);
  }

  @Test
  void weak_passwords_and_odd_names_are_refused_all_at_once() {
    Answer refused =
        platform.post(
            "/api/v1/users",
            Map.of("name", "o'brien; --", "roles", List.of("viewer"), "password", "short"));
    Answer noRole = platform.post("/api/v1/users", Map.of("name", "x", "roles", List.of("king")));
    Answer taken =
        platform.post("/api/v1/users", Map.of("name", "admin", "roles", List.of("viewer")));

    assertThat(refused.status()).isEqualTo(400);
    assertThat((List<?>) refused.at("problems")).hasSize(2);
    assertThat(noRole.status()).isEqualTo(400);
    assertThat(taken.status()).isEqualTo(409);
    for (String reserved : Set.of("operator", "platform", "token:x")) {
      assertThat(
              platform
                  .post("/api/v1/users", Map.of("name", reserved, "roles", List.of("viewer")))
                  .status())
          .isEqualTo(400);
    }
  }

  @Test
  void the_last_admin_stays_and_nobody_locks_themselves_out() {
    String password = user("second-admin", "admin");
    Person second = new Person(platform);
    second.signIn("second-admin", password);

    assertThat(second.post("/api/v1/users/second-admin/disable", Map.of()).status()).isEqualTo(409);
    assertThat(platform.call("DELETE", "/api/v1/users/second-admin", null).status()).isEqualTo(200);
    assertThat(second.get("/api/v1/session").at("signed_in")).isEqualTo(false);
  }

  @Test
  void a_persons_token_never_does_more_than_the_person() {
    String password = user("tokened", "builder");
    Person person = new Person(platform);
    person.signIn("tokened", password);

    Answer created = person.post("/api/v1/tokens", Map.of("name", "laptop", "expires", "30d"));
    String token = String.valueOf(created.at("token"));
    Answer greedy =
        person.post("/api/v1/tokens", Map.of("name", "greedy", "roles", List.of("admin")));
    Answer service =
        person.post(
            "/api/v1/tokens",
            Map.of("name", "service", "service", true, "roles", List.of("viewer")));

    assertThat(token).matches("backlot_[A-Za-z0-9_-]{43}");
    assertThat(created.at("item", "spec", "account")).isEqualTo("tokened");
    assertThat(greedy.status()).isEqualTo(403);
    assertThat(service.status()).isEqualTo(403);
    Person program = new Person(platform);
    assertThat(with(program, token, "GET", "/api/v1/pipelines").status()).isEqualTo(200);
    assertThat(with(program, token, "GET", "/api/v1/session").at("name")).isEqualTo("tokened");
    assertThat(with(program, token, "GET", "/api/v1/session").body()).doesNotContainKey("csrf");
    assertThat(with(program, token, "GET", "/api/v1/users").status()).isEqualTo(403);

    platform.call("PUT", "/api/v1/users/tokened", Map.of("roles", List.of("viewer")));
    assertThat(with(program, token, "POST", "/api/v1/validate").status()).isEqualTo(403);
    platform.post("/api/v1/users/tokened/disable", Map.of());
    assertThat(with(program, token, "GET", "/api/v1/pipelines").status()).isEqualTo(401);
  }

  @Test
  void tokens_expire_are_revoked_and_are_told_once() {
    Answer created =
        platform.post(
            "/api/v1/tokens",
            Map.of("name", "metrics", "roles", List.of("viewer"), "expires", "1d"));
    String token = String.valueOf(created.at("token"));
    Person program = new Person(platform);
    assertThat(with(program, token, "GET", "/api/v1/pipelines").status()).isEqualTo(200);
    assertThat(platform.get("/api/v1/tokens/metrics").at("status")).asString().contains("used_at");
    assertThat(platform.get("/api/v1/tokens").body().toString()).doesNotContain(token);

    database("UPDATE access_token SET expires_at = now() - interval '1 s' WHERE name = 'metrics'");
    Answer late = with(program, token, "GET", "/api/v1/pipelines");
    assertThat(late.status()).isEqualTo(401);
    assertThat(late.at("title")).asString().contains("'metrics' has expired");

    String other =
        String.valueOf(
            platform
                .post("/api/v1/tokens", Map.of("name", "gone", "roles", List.of("viewer")))
                .at("token"));
    assertThat(platform.call("DELETE", "/api/v1/tokens/gone", null).status()).isEqualTo(200);
    assertThat(with(program, other, "GET", "/api/v1/pipelines").status()).isEqualTo(401);
    assertThat(with(program, "backlot_" + "x".repeat(43), "GET", "/api/v1/pipelines").status())
        .isEqualTo(401);
  }

  private static Answer with(Person person, String token, String method, String path) {
    return person.call(
        method,
        path,
        method.equals("GET") ? null : Map.of("files", List.of()),
        "Authorization",
        "Bearer " + token);
  }

  @Test
  void the_command_line_creates_shows_and_deletes_users_and_tokens() {
    TestPlatform.Said token =
        platform.run("create", "token", "scraper", "--role", "viewer", "--expires", "90d");
    TestPlatform.Said listed = platform.run("get", "tokens");
    TestPlatform.Said user =
        platform.run("create", "user", "grace", "--role", "owner", "--team", "a");
    TestPlatform.Said link = platform.run("sign-in-link", "grace");
    TestPlatform.Said anonymous =
        TestPlatform.runWithout(
            "get",
            "pipelines",
            "--server",
            "http://localhost:" + platform.controller.port(),
            "--data-dir",
            "/does/not/exist");

    assertThat(token.out()).matches("backlot_[A-Za-z0-9_-]{43}\\R");
    assertThat(listed.out()).contains("scraper").doesNotContain(token.out().strip());
    assertThat(new Person(platform).signIn("grace", user.out().strip()).status()).isEqualTo(200);
    assertThat(link.out()).contains("/sign-in#code=");
    assertThat(platform.run("delete", "token", "scraper").out()).contains("deleted");
    assertThat(platform.run("disable", "user", "grace").exitCode()).isZero();
    assertThat(platform.run("get", "users").out()).containsPattern("grace +disabled");
    assertThat(anonymous.exitCode()).isEqualTo(1);
    assertThat(anonymous.err()).contains("no token was found", "--data-dir", "[UNAUTHENTICATED]");
  }

  private static final String LEDGER = "{env: BACKLOT_SECRET_LEDGER}";
  private static final String EDGE = "{file: edge}";

  private static String connection(String name, String owner, String password) {
    return """
        apiVersion: backlot/v1
        kind: Connection
        name: %s
        owner: %s
        type: postgresql
        config: {host: evil.example.org, database: d, user: u, password: %s}
        tables: {include: [public.movie]}
        """
        .formatted(name, owner, password);
  }

  private static String endpoint(String name, String owner, String header) {
    return """
        apiVersion: backlot/v1
        kind: Endpoint
        name: %s
        owner: %s
        type: graphql
        config: {url: "https://evil.example.org/graphql", headers: {X-Key: %s}}
        """
        .formatted(name, owner, header);
  }

  /** Somebody of the team post-production, beside which production has secrets. */
  private static Person besides(String name) {
    platform.dataPlane.secrets.clear();
    platform.dataPlane.secrets.addAll(
        List.of(
            Map.of("env", "BACKLOT_SECRET_FREE"),
            Map.of("env", "BACKLOT_SECRET_LEDGER"),
            Map.of("env", "BACKLOT_SECRET_OWN"),
            Map.of("env", "BACKLOT_SECRET_POST"),
            Map.of("file", "edge")));
    Answer applied =
        platform.apply(
            connection("ledger", "production", LEDGER),
            endpoint("edge_api", "production", EDGE),
            connection("post", "post-production", "{env: BACKLOT_SECRET_POST}"));
    assertThat(applied.status()).as(applied.body().toString()).isEqualTo(200);
    Person person = new Person(platform);
    person.signIn(name, user(name, "builder"));
    platform.dataPlane.calls.clear();
    platform.dataPlane.comingEndpoints.clear();
    return person;
  }

  @Test
  void nobody_sends_another_teams_secret_to_a_host_of_their_own() {
    Person mallory = besides("mallory");
    String thief = connection("thief", "post-production", LEDGER);
    String enriched =
        """
        apiVersion: backlot/v1
        kind: Pipeline
        name: asks
        owner: post-production
        steps:
          - {id: movies, source: post.public.movie}
          - id: e
            processor: graphql_enrichment
            from: movies
            config:
              endpoint: thief_api
              query: "query ($ids: [ID!]!) { movies(ids: $ids) { id a } }"
              variables: {ids: id}
              match: {id: id}
              take: {a: a}
          - {id: w, sink: iceberg, from: e, config: {table: post.asks}}
        """;
    platform.capture("post", "movie");

    Answer checked = mallory.post("/api/v1/connections/check", Map.of("document", thief));
    Answer repointed =
        mallory.post(
            "/api/v1/connections/check",
            Map.of("document", connection("ledger", "production", LEDGER)));
    Answer applied = mallory.post("/api/v1/apply", TestPlatform.request(false, thief));
    Answer planned =
        mallory.post(
            "/api/v1/plan",
            TestPlatform.request(
                false,
                thief,
                endpoint("thief_api", "post-production", EDGE),
                enriched,
                """
                apiVersion: backlot/v1
                kind: Route
                name: thief_route
                owner: post-production
                type: slack
                config: {url: {file: Edge}}
                """,
                connection("broken", "post-production", LEDGER) + "colour: red\n"));
    String sketch =
        """
        apiVersion: backlot/v1
        kind: Pipeline
        name: p
        steps:
          - {id: movies, source: post.public.movie}
          - {id: r, processor: rename, from: movies, config: {fields: %s}}
        """;
    Answer previewed =
        mallory.post("/api/v1/preview", Map.of("document", sketch.formatted(LEDGER)));
    Answer outside =
        mallory.post(
            "/api/v1/apply",
            TestPlatform.request(
                false, connection("thief", "post-production", "{file: ../secrets/edge}")));

    assertThat(checked.status()).isEqualTo(403);
    assertThat(checked.at("code")).isEqualTo("FORBIDDEN");
    assertThat(checked.at("title"))
        .isEqualTo(
            "Cannot check connection 'thief': secret 'BACKLOT_SECRET_LEDGER', which its"
                + " 'config.password' names, is used by 'production', which is not a team of"
                + " yours. Name another secret, or ask that team, or an admin.");
    assertThat(checked.at("problems", 0, "place", "path")).isEqualTo("config.password");
    assertThat(repointed.status()).isEqualTo(403);
    assertThat(applied.status()).isEqualTo(403);
    assertThat(applied.at("title")).asString().startsWith("Cannot apply connection 'thief': ");
    assertThat(planned.status()).isEqualTo(403);
    assertThat(planned.at("problems").toString())
        .contains(
            "connection 'thief': secret 'BACKLOT_SECRET_LEDGER'",
            "endpoint 'thief_api': secret 'edge', which its 'config.headers.X-Key' names",
            "route 'thief_route': secret 'Edge'",
            "connection 'broken': secret 'BACKLOT_SECRET_LEDGER'",
            "colour");
    assertThat((List<?>) planned.at("problems")).hasSize(5);
    assertThat(previewed.status()).isEqualTo(403);
    assertThat(previewed.at("title")).asString().contains("'steps[1].config.fields'");
    assertThat(outside.status()).isEqualTo(400);
    // nothing was told to what resolves secrets
    assertThat(platform.dataPlane.calls)
        .doesNotContain("POST /v1/preflight", "POST /v1/checkups", "POST /v1/previews");
    assertThat(platform.dataPlane.comingEndpoints).isEmpty();
    assertThat(platform.get("/api/v1/connections/thief").status()).isEqualTo(404);
    Answer log = platform.get("/api/v1/access-log?by=mallory&outcome=refused&name=thief");
    assertThat(log.at("items").toString()).contains("action=check", "action=apply", "action=plan");
  }

  @Test
  void teams_use_their_own_secrets_and_those_that_nobody_uses_and_admins_all() {
    Person builder = besides("trinity");
    String changed =
        connection("post", "post-production", "{env: BACKLOT_SECRET_POST}")
            .replace("evil.example.org", "new.example.org");
    String free = connection("fresh", "post-production", "{env: BACKLOT_SECRET_FREE}");

    Answer checked = builder.post("/api/v1/connections/check", Map.of("document", changed));
    Answer own = builder.post("/api/v1/apply", TestPlatform.request(false, changed));
    Answer listed = builder.get("/api/v1/secrets");
    Answer taken = builder.post("/api/v1/apply", TestPlatform.request(false, free));
    Answer toAdmins = platform.get("/api/v1/secrets");
    String lent = "{env: BACKLOT_SECRET_LENT}";
    platform.apply(connection("lender", "production", lent));
    Answer byAdmin = platform.apply(connection("borrower", "post-production", lent));
    Answer shared =
        builder.post(
            "/api/v1/apply", TestPlatform.request(false, endpoint("e", "post-production", lent)));

    assertThat(checked.status()).isEqualTo(200);
    assertThat(platform.dataPlane.calls).contains("POST /v1/checkups");
    assertThat(own.status()).as(own.body().toString()).isEqualTo(200);
    assertThat(listed.at("items"))
        .isEqualTo(
            List.of(
                Map.of("env", "BACKLOT_SECRET_FREE", "used_by", List.of()),
                Map.of("env", "BACKLOT_SECRET_POST", "used_by", List.of("post"))));
    assertThat(taken.status()).as(taken.body().toString()).isEqualTo(200);
    assertThat((List<?>) toAdmins.at("items")).hasSize(5);
    assertThat(byAdmin.status()).isEqualTo(200);
    // what an admin lent is the team's as well
    assertThat(shared.status()).as(shared.body().toString()).isEqualTo(200);
  }

  @Test
  void who_comes_first_has_the_secret_even_while_another_is_being_checked() {
    Person builder = besides("late");
    String secret = "{env: BACKLOT_SECRET_RACE}";
    platform.dataPlane.duringPreflight.put(
        "late", () -> platform.apply(endpoint("first", "production", secret)));

    Answer late =
        builder.post(
            "/api/v1/apply",
            TestPlatform.request(false, connection("late", "post-production", secret)));

    assertThat(late.status()).isEqualTo(403);
    assertThat(late.at("title")).asString().contains("'BACKLOT_SECRET_RACE'", "'production'");
    assertThat(platform.get("/api/v1/connections/late").status()).isEqualTo(404);
    assertThat(platform.get("/api/v1/access-log?by=late&outcome=refused").at("items").toString())
        .contains("config.password");
  }
}
