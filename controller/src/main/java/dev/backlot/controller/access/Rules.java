package dev.backlot.controller.access;

import static dev.backlot.controller.access.Role.ADMIN;
import static dev.backlot.controller.access.Role.BUILDER;
import static dev.backlot.controller.access.Role.ENGINE;
import static dev.backlot.controller.access.Role.OWNER;
import static dev.backlot.controller.access.Role.VIEWER;
import static dev.backlot.controller.access.Rule.does;
import static dev.backlot.controller.access.Rule.open;
import static dev.backlot.controller.access.Rule.reads;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Who may do what: one line per route, and what has none is refused. {@code ofOwn} asks that the
 * thing belongs to one of the caller's teams; admins are in every team.
 *
 * <p>A route that takes documents asks for their owners itself, by {@link Ownership}.
 */
public final class Rules {
  private static final String API = "/api/v1";
  private static final String REGISTRY = "/registry";

  private final Map<String, Rule> rules;

  /** Knows the rules of every route. */
  public Rules() {
    List<Rule> all = new ArrayList<>();
    all.addAll(signIn());
    all.addAll(people());
    all.addAll(reading());
    all.addAll(documents());
    all.addAll(pipelines());
    all.addAll(building());
    all.addAll(data());
    all.addAll(looking());
    all.addAll(registry());
    all.addAll(iceberg());
    this.rules =
        all.stream().collect(Collectors.toUnmodifiableMap(r -> key(r.method(), r.path()), r -> r));
  }

  private static List<Rule> signIn() {
    return List.of(
        open("GET", API + "/health"),
        open("GET", API + "/openapi.json"),
        open("GET", API + "/session"),
        open("POST", API + "/session"),
        open("GET", API + "/session/oidc"),
        open("GET", API + "/session/oidc/callback"),
        open("DELETE", API + "/session"),
        does("POST", API + "/session/password", VIEWER, "change password", "user"));
  }

  private static List<Rule> people() {
    String user = API + "/users/{name}";
    return List.of(
        reads("GET", API + "/users", ADMIN),
        reads("GET", user, ADMIN),
        does("POST", API + "/users", ADMIN, "create", "user"),
        does("PUT", user, ADMIN, "change", "user").of("name"),
        does("POST", user + "/disable", ADMIN, "disable", "user").of("name"),
        does("POST", user + "/enable", ADMIN, "enable", "user").of("name"),
        does("POST", user + "/reset-password", ADMIN, "reset password", "user").of("name"),
        does("POST", user + "/sign-in-link", ADMIN, "create sign-in link", "user").of("name"),
        does("DELETE", user, ADMIN, "delete", "user").of("name"),
        reads("GET", API + "/tokens", VIEWER),
        reads("GET", API + "/tokens/{name}", VIEWER),
        does("POST", API + "/tokens", VIEWER, "create", "token"),
        does("DELETE", API + "/tokens/{name}", VIEWER, "delete", "token").of("name"),
        reads("GET", API + "/access-log", VIEWER));
  }

  private static List<Rule> reading() {
    String item = API + "/{kind}/{name}";
    return List.of(
        reads("GET", API + "/status", VIEWER),
        reads("GET", API + "/watch", VIEWER),
        reads("GET", API + "/history", VIEWER),
        reads("GET", API + "/home", VIEWER),
        reads("GET", API + "/work", VIEWER),
        reads("GET", API + "/work/{id}", VIEWER),
        reads("GET", API + "/proofs", VIEWER),
        reads("GET", API + "/search", VIEWER),
        reads("GET", API + "/lineage", VIEWER),
        reads("GET", API + "/impact", VIEWER),
        reads("GET", API + "/sources/{name}/details", VIEWER),
        reads("GET", API + "/sources/{name}/versions", VIEWER),
        reads("GET", API + "/tables/{name}/details", VIEWER),
        reads("GET", API + "/{kind}", VIEWER),
        reads("GET", item, VIEWER),
        reads("GET", item + "/wait", VIEWER),
        reads("GET", item + "/events", VIEWER),
        reads("GET", item + "/revisions", VIEWER),
        reads("GET", API + "/pipelines/{name}/plan", VIEWER),
        reads("GET", API + "/pipelines/{name}/graph", VIEWER),
        reads("GET", API + "/pipelines/{name}/history", VIEWER),
        does("GET", API + "/pipelines/{name}/deadletters", VIEWER, "look", "pipeline").of("name"),
        reads("GET", API + "/pipelines/{name}/backfills", VIEWER),
        reads("GET", API + "/backfills/{id}", VIEWER),
        reads("GET", API + "/sources/{name}/dumps", VIEWER),
        reads("GET", API + "/dumps/{id}", VIEWER),
        reads("GET", API + "/tables/{name}/audits", VIEWER),
        reads("GET", API + "/tables/{name}/audits/{id}", VIEWER),
        reads("GET", API + "/tables/{name}/maintenance", VIEWER),
        reads("GET", API + "/maintenance/{id}", VIEWER),
        reads("GET", "/metrics", VIEWER));
  }

  /**
   * What is planned harms nobody, once it is known that the caller may use its secrets; what is
   * applied is judged document by document.
   */
  private static List<Rule> documents() {
    return List.of(
        reads("POST", API + "/validate", BUILDER),
        reads("POST", API + "/plan", BUILDER),
        reads("POST", API + "/plan/schema-change", BUILDER),
        reads("POST", API + "/diff", BUILDER),
        reads("POST", API + "/apply", BUILDER),
        does("PATCH", API + "/sources/{name}/description", OWNER, "describe", "source")
            .ofOwn("name"),
        does("DELETE", API + "/{kind}/{name}", BUILDER, "delete", "{kind}").ofOwn("name"));
  }

  /**
   * Drafts run nowhere: whoever builds may write them, and applying asks for their owners. Previews
   * log which Sources they show.
   */
  private static List<Rule> building() {
    return List.of(
        reads("GET", API + "/processors", VIEWER),
        reads("POST", API + "/pipelines/check", BUILDER),
        reads("POST", API + "/preview", BUILDER),
        reads("GET", API + "/endpoints/{name}/graph", BUILDER),
        reads("POST", API + "/endpoints/{name}/outline", BUILDER),
        reads("GET", API + "/drafts", VIEWER),
        reads("GET", API + "/pipelines/{name}/document", VIEWER),
        reads("PUT", API + "/drafts/{name}", BUILDER),
        reads("DELETE", API + "/drafts/{name}", BUILDER));
  }

  private static List<Rule> pipelines() {
    String pipeline = API + "/pipelines/{name}";
    String incident = API + "/incidents/{id}";
    return List.of(
        does("POST", pipeline + "/pause", BUILDER, "pause", "pipeline").ofOwn("name"),
        does("POST", pipeline + "/resume", BUILDER, "resume", "pipeline").ofOwn("name"),
        does("POST", pipeline + "/restart", BUILDER, "restart", "pipeline").ofOwn("name"),
        does("POST", pipeline + "/rollback", BUILDER, "roll back", "pipeline").ofOwn("name"),
        does("POST", pipeline + "/resolve", BUILDER, "resolve", "pipeline").ofOwn("name"),
        does("POST", pipeline + "/backfills", BUILDER, "backfill", "pipeline").ofOwn("name"),
        does("POST", API + "/backfills/{id}/cancel", BUILDER, "cancel", "backfill").ofOwn("id"),
        does("POST", pipeline + "/deadletters/replay", BUILDER, "replay", "pipeline").ofOwn("name"),
        does("POST", incident + "/acknowledge", BUILDER, "acknowledge", "incident").ofOwn("id"),
        does("POST", incident + "/snooze", BUILDER, "snooze", "incident").ofOwn("id"),
        does("POST", incident + "/assign", BUILDER, "assign", "incident").ofOwn("id"),
        does("POST", incident + "/resolve", BUILDER, "resolve", "incident").ofOwn("id"),
        does("POST", API + "/routes/{name}/test", BUILDER, "test", "route").ofOwn("name"));
  }

  private static List<Rule> data() {
    String connection = API + "/connections/{name}";
    String dump = API + "/dumps/{id}";
    String table = API + "/tables/{name}";
    String audit = API + "/audits/{name}";
    return List.of(
        does("GET", API + "/sources/{name}/sample", VIEWER, "sample", "source").of("name"),
        does("GET", table + "/sample", VIEWER, "sample", "table").of("name"),
        does("POST", table + "/rows", VIEWER, "compare rows", "table").of("name"),
        does("POST", API + "/query", VIEWER, "query", "query"),
        does("POST", connection + "/recapture", BUILDER, "recapture", "connection").ofOwn("name"),
        does("POST", connection + "/dumps", BUILDER, "dump", "connection").ofOwn("name"),
        does("POST", API + "/sources/{name}/dumps", BUILDER, "dump", "source").ofOwn("name"),
        does("POST", dump + "/pause", BUILDER, "pause", "dump").ofOwn("id"),
        does("POST", dump + "/resume", BUILDER, "resume", "dump").ofOwn("id"),
        does("POST", dump + "/cancel", BUILDER, "cancel", "dump").ofOwn("id"),
        does("POST", dump + "/set", BUILDER, "set", "dump").ofOwn("id"),
        does("POST", table + "/audits", BUILDER, "audit", "table").ofOwn("name"),
        does("POST", table + "/maintenance", BUILDER, "maintain", "table").ofOwn("name"),
        does("POST", audit + "/looks", BUILDER, "look", "audit").ofOwn("name"),
        does("POST", audit + "/repairs", BUILDER, "repair", "audit").ofOwn("name"));
  }

  /**
   * What shows data, and is logged where it is known which; and what belongs to each caller alone.
   */
  private static List<Rule> looking() {
    String connection = API + "/connections/{name}";
    String history = "/{name}/rows/{key}/history";
    String query = API + "/query";
    return List.of(
        reads("POST", API + "/connections/check", BUILDER),
        reads("GET", API + "/secrets", BUILDER),
        reads("GET", connection + "/tables", VIEWER),
        reads("GET", connection + "/dumps", VIEWER),
        reads("GET", API + "/sources/{name}/dumps/forecast", VIEWER),
        reads("GET", API + "/sources" + history, VIEWER),
        does("GET", API + "/sources/{name}/profile", VIEWER, "profile", "source").of("name"),
        does("GET", API + "/tables/{name}/profile", VIEWER, "profile", "table").of("name"),
        reads("GET", API + "/tables" + history, VIEWER),
        reads("POST", query + "/runs", VIEWER),
        reads("DELETE", query + "/runs/{id}", VIEWER),
        reads("POST", query + "/exports", VIEWER),
        reads("GET", query + "/exports/{id}", VIEWER),
        reads("GET", query + "/catalog", VIEWER),
        reads("GET", query + "/saved", VIEWER),
        reads("POST", query + "/saved", VIEWER),
        reads("GET", query + "/saved/{id}", VIEWER),
        reads("DELETE", query + "/saved/{id}", VIEWER),
        reads("GET", query + "/recent", VIEWER));
  }

  private static List<Rule> registry() {
    List<Rule> all = new ArrayList<>();
    for (String path :
        List.of(
            "",
            "/contexts",
            "/v1/metadata/id",
            "/v1/metadata/version",
            "/schemas",
            "/schemas/types",
            "/schemas/ids/{id}",
            "/schemas/ids/{id}/schema",
            "/schemas/ids/{id}/subjects",
            "/schemas/ids/{id}/versions",
            "/subjects",
            "/subjects/{subject}/versions",
            "/subjects/{subject}/versions/{version}",
            "/subjects/{subject}/versions/{version}/schema",
            "/subjects/{subject}/versions/{version}/referencedby",
            "/config",
            "/config/{subject}",
            "/mode",
            "/mode/{subject}")) {
      all.add(reads("GET", REGISTRY + path, VIEWER));
    }
    // there is nothing at other paths, which is said in Confluent's words
    for (String method : List.of("GET", "POST", "PUT", "DELETE")) {
      all.add(reads(method, REGISTRY + "/**", VIEWER));
    }
    String compatibility = REGISTRY + "/compatibility/subjects/{subject}/versions";
    all.add(reads("POST", compatibility, VIEWER));
    all.add(reads("POST", compatibility + "/{version}", VIEWER));
    String subject = REGISTRY + "/subjects/{subject}";
    all.add(reads("POST", subject, VIEWER));
    Function<String, String> versions = rest -> subject + "/versions" + rest;
    all.add(does("POST", versions.apply(""), BUILDER, "register", "schema").of("subject"));
    all.add(does("DELETE", subject, BUILDER, "delete", "schema").of("subject"));
    all.add(
        does("DELETE", versions.apply("/{version}"), BUILDER, "delete", "schema").of("subject"));
    for (String setting : List.of("config", "mode")) {
      String path = REGISTRY + "/" + setting;
      String kind = "registry " + setting;
      all.add(does("PUT", path, ADMIN, "set", kind));
      all.add(does("DELETE", path, ADMIN, "reset", kind));
      all.add(does("PUT", path + "/{subject}", BUILDER, "set", kind).of("subject"));
      all.add(does("DELETE", path + "/{subject}", BUILDER, "reset", kind).of("subject"));
    }
    return all;
  }

  /** Metadata of tables; their files are the storage's to guard. */
  private static List<Rule> iceberg() {
    return List.of(
        reads("GET", "/iceberg", VIEWER, ENGINE),
        reads("POST", "/iceberg/metrics", VIEWER, ENGINE),
        does("POST", "/iceberg", ENGINE, "write", "iceberg"),
        does("DELETE", "/iceberg", ENGINE, "delete", "iceberg"));
  }

  /** Returns what a route asks. */
  public Optional<Rule> find(String method, String path) {
    return Optional.ofNullable(rules.get(key(method.equals("HEAD") ? "GET" : method, path)));
  }

  /** Returns every rule. */
  public List<Rule> all() {
    return List.copyOf(rules.values());
  }

  /**
   * Returns what the API's routes ask that not every signed-in caller has, by method and path, such
   * as {@code POST /api/v1/pipelines/{name}/pause}: for pages, which say it before one tries.
   */
  public Map<String, Asked> asked() {
    Map<String, Asked> asked = new TreeMap<>();
    for (Rule rule : rules.values()) {
      boolean everybody = rule.isOpen() || rule.roles().contains(VIEWER) && !rule.own();
      if (rule.path().startsWith(API) && !everybody) {
        String role = rule.roles().stream().sorted().findFirst().orElseThrow().label();
        asked.put(key(rule.method(), rule.path()), new Asked(role, rule.own()));
      }
    }
    return Collections.unmodifiableMap(asked);
  }

  /**
   * What a route asks.
   *
   * @param role as users write it
   * @param own whether the thing must belong to one of the caller's teams
   */
  public record Asked(String role, boolean own) {}

  private static String key(String method, String path) {
    return method + " " + path;
  }
}
