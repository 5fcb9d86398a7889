package dev.backlot.controller.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.controller.web.Json;
import dev.backlot.controller.web.OpenApi;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Each route has a rule: what has none is refused to everybody. */
final class RulesTest {
  private final Rules rules = new Rules();

  @Test
  void each_described_route_has_a_rule() {
    Set<String> missing = described();
    missing.removeIf(
        route ->
            route.contains(" /iceberg")
                || rules.find(route.split(" ")[0], route.split(" ")[1]).isPresent());

    assertThat(missing)
        .as("routes without a rule in Rules.java: say there which role may call them")
        .isEmpty();
  }

  @Test
  void no_rule_is_of_a_route_that_is_not_there() {
    Set<String> described = described();
    Set<String> idle = new TreeSet<>();
    for (Rule rule : rules.all()) {
      String route = rule.method() + " " + rule.path();
      boolean undescribed =
          rule.path().startsWith("/iceberg") || rule.path().equals("/registry/**");
      if (!undescribed && !described.contains(route)) {
        idle.add(route);
      }
    }

    assertThat(idle).isEmpty();
  }

  @Test
  void what_changes_something_needs_more_than_a_viewer_or_is_about_the_callers_own() {
    Set<String> exceptions =
        Set.of(
            "POST /api/v1/session",
            "DELETE /api/v1/session",
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
            "POST /iceberg/metrics",
            "POST /registry/**",
            "PUT /registry/**",
            "DELETE /registry/**",
            "POST /registry/subjects/{subject}",
            "POST /registry/compatibility/subjects/{subject}/versions",
            "POST /registry/compatibility/subjects/{subject}/versions/{version}");
    Set<String> weak = new TreeSet<>();
    for (Rule rule : rules.all()) {
      boolean changes = !rule.method().equals("GET");
      boolean viewers = rule.isOpen() || rule.roles().contains(Role.VIEWER);
      if (changes && viewers) {
        weak.add(rule.method() + " " + rule.path());
      }
    }

    assertThat(weak).isSubsetOf(exceptions);
  }

  @Test
  void what_not_everybody_may_is_told_beforehand() {
    Map<String, Rules.Asked> asked = rules.asked();

    assertThat(asked)
        .containsEntry("POST /api/v1/pipelines/{name}/pause", new Rules.Asked("builder", true))
        .containsEntry("POST /api/v1/apply", new Rules.Asked("builder", false))
        .containsEntry("PATCH /api/v1/sources/{name}/description", new Rules.Asked("owner", true))
        .containsEntry("POST /api/v1/users", new Rules.Asked("admin", false));
    assertThat(asked)
        .doesNotContainKeys("GET /api/v1/pipelines/{name}/plan", "POST /api/v1/session");
    assertThat(asked.keySet()).allMatch(route -> route.contains(" /api/v1/"));
  }

  private static Set<String> described() {
    Map<String, Object> document = Json.readMap(new String(OpenApi.json(), StandardCharsets.UTF_8));
    Set<String> described = new TreeSet<>();
    ((Map<?, ?>) document.get("paths"))
        .forEach(
            (path, verbs) ->
                ((Map<?, ?>) verbs)
                    .keySet()
                    .forEach(
                        verb ->
                            described.add(verb.toString().toUpperCase(Locale.ROOT) + " " + path)));
    return described;
  }
}
