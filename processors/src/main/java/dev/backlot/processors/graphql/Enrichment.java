package dev.backlot.processors.graphql;

import dev.backlot.model.spec.EndpointSpec;
import dev.backlot.model.spec.EndpointSpec.HeaderValue;
import dev.backlot.model.spec.SecretReference;
import dev.backlot.schema.FieldType;
import dev.backlot.sdk.Batching;
import dev.backlot.spec.Quantities;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * An enrichment step whose query fits its graph: all that is needed to run it. Written into the
 * plan as the step's resolved config.
 *
 * @param endpointName the endpoint's document
 * @param schemaHash over the parts of the graph's schema that the query uses
 * @param query the document as the user wrote it
 * @param by how many rows share a request
 * @param root response key of the root field
 * @param variables what fills each variable, by its name, in order
 * @param match response path below an item → field of the row; empty unless by list
 * @param take what is added to rows, in order
 */
record Enrichment(
    String endpointName,
    EndpointSpec.Config endpoint,
    String schemaHash,
    String query,
    By by,
    String root,
    List<Variable> variables,
    Map<String, String> match,
    List<Taken> take,
    Duration timeout,
    Batching batching) {

  /** How many rows share a request. */
  enum By {
    /** One variable takes a list, and the answer's items say which row they are for. */
    LIST,
    /** The root field stands once per row, each time under another alias. */
    ALIAS
  }

  /**
   * What fills a variable.
   *
   * @param name without the dollar sign
   * @param type in GraphQL's notation; for a list, the list's
   * @param field of the row
   */
  record Variable(String name, String type, String field) {}

  /**
   * A field that is added to rows.
   *
   * @param name in the rows
   * @param path response keys from the item, separated by dots
   */
  record Taken(String name, String path, FieldType type, boolean nullable) {
    List<String> keys() {
      return List.of(path.split("\\."));
    }
  }

  /** Returns the fields of the row that it needs, each once. */
  List<String> consumed() {
    List<String> fields = new ArrayList<>();
    variables.forEach(variable -> fields.add(variable.field()));
    fields.addAll(match.values());
    return fields.stream().distinct().toList();
  }

  /** Returns the settings that need no graph, from a step's config as users write it. */
  static Batching batching(Map<String, Object> config, boolean byList) {
    Map<?, ?> batch = map(config, "batch");
    Map<?, ?> cache = map(config, "cache");
    Map<?, ?> retry = map(config, "retry");
    Map<?, ?> limit = map(config, "rate_limit");
    return new Batching(
        integer(batch, "size", byList ? 100 : 10),
        duration(batch, "wait", 5),
        integer(batch, "in_flight", 4),
        optional(limit, "requests"),
        optional(limit, "entities"),
        new Batching.Cache(
            duration(cache, "ttl", 300_000),
            integer(cache, "size", 10_000),
            duration(cache, "margin", 1_000)),
        new Batching.Retry(
            integer(retry, "attempts", 5),
            duration(retry, "backoff", 100),
            duration(retry, "max_backoff", 10_000)),
        "delete".equals(config.get("on_missing"))
            ? Batching.Missing.DELETE
            : Batching.Missing.KEEP);
  }

  /** Returns the longest time of one request. */
  static Duration timeout(Map<String, Object> config) {
    return duration(config, "timeout", 10_000);
  }

  /** Returns the resolved config. */
  Map<String, Object> toConfig() {
    Map<String, Object> config = new LinkedHashMap<>();
    Map<String, Object> where = new LinkedHashMap<>();
    where.put("name", endpointName);
    where.put("url", endpoint.url());
    Map<String, Object> headers = new LinkedHashMap<>();
    endpoint.headers().forEach((name, value) -> headers.put(name, header(value)));
    where.put("headers", headers);
    where.put("schema_hash", schemaHash);
    config.put("endpoint", where);
    config.put("query", query);
    config.put("by", by == By.LIST ? "list" : "alias");
    config.put("root", root);
    config.put(
        "variables",
        variables.stream()
            .map(v -> ordered("name", v.name(), "type", v.type(), "field", v.field()))
            .toList());
    config.put("match", new LinkedHashMap<>(match));
    config.put("take", take.stream().map(Enrichment::taken).toList());
    config.put("timeout", millis(timeout));
    config.put("on_missing", batching.missing() == Batching.Missing.KEEP ? "keep" : "delete");
    config.put(
        "batch",
        ordered(
            "size",
            batching.size(),
            "wait",
            millis(batching.patience()),
            "in_flight",
            batching.inFlight()));
    Map<String, Object> limit = new LinkedHashMap<>();
    batching.requestsPerSecond().ifPresent(most -> limit.put("requests", most));
    batching.entitiesPerSecond().ifPresent(most -> limit.put("entities", most));
    config.put("rate_limit", limit);
    config.put(
        "cache",
        ordered(
            "ttl",
            millis(batching.cache().ttl()),
            "size",
            batching.cache().entries(),
            "margin",
            millis(batching.cache().margin())));
    config.put(
        "retry",
        ordered(
            "attempts",
            batching.retry().attempts(),
            "backoff",
            millis(batching.retry().backoff()),
            "max_backoff",
            millis(batching.retry().longestBackoff())));
    return config;
  }

  /** Reads a resolved config. */
  static Enrichment ofConfig(Map<String, Object> config) {
    Map<?, ?> where = map(config, "endpoint");
    Map<String, HeaderValue> headers = new LinkedHashMap<>();
    map(where, "headers")
        .forEach((name, value) -> headers.put(String.valueOf(name), header(value)));
    By by = "alias".equals(config.get("by")) ? By.ALIAS : By.LIST;
    Map<String, String> match = new LinkedHashMap<>();
    map(config, "match").forEach((path, field) -> match.put("" + path, "" + field));
    return new Enrichment(
        text(where, "name"),
        new EndpointSpec.Config(text(where, "url"), headers),
        text(where, "schema_hash"),
        text(config, "query"),
        by,
        text(config, "root"),
        maps(config, "variables").stream()
            .map(v -> new Variable(text(v, "name"), text(v, "type"), text(v, "field")))
            .toList(),
        match,
        maps(config, "take").stream()
            .map(
                t ->
                    new Taken(
                        text(t, "name"),
                        text(t, "path"),
                        FieldType.parse(text(t, "type")),
                        Boolean.TRUE.equals(t.get("nullable"))))
            .toList(),
        timeout(config),
        batching(config, by == By.LIST));
  }

  private static Map<String, Object> taken(Taken taken) {
    return ordered(
        "name",
        taken.name(),
        "path",
        taken.path(),
        "type",
        taken.type().notation(),
        "nullable",
        taken.nullable());
  }

  private static Object header(HeaderValue value) {
    if (value instanceof HeaderValue.Literal literal) {
      return literal.text();
    }
    HeaderValue.Secret secret = (HeaderValue.Secret) value;
    return secret.secret() instanceof SecretReference.FromEnvironment environment
        ? ordered("prefix", secret.prefix(), "env", environment.variable())
        : ordered(
            "prefix", secret.prefix(), "file", ((SecretReference.FromFile) secret.secret()).name());
  }

  private static HeaderValue header(@Nullable Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      return new HeaderValue.Literal(String.valueOf(value));
    }
    return new HeaderValue.Secret(
        text(map, "prefix"),
        map.containsKey("env")
            ? new SecretReference.FromEnvironment(text(map, "env"))
            : new SecretReference.FromFile(text(map, "file")));
  }

  private static Map<String, Object> ordered(Object... namesAndValues) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return map;
  }

  private static String millis(Duration duration) {
    return duration.toMillis() + "ms";
  }

  private static Map<?, ?> map(Map<?, ?> config, String name) {
    return config.get(name) instanceof Map<?, ?> map ? map : Map.of();
  }

  private static List<Map<?, ?>> maps(Map<?, ?> config, String name) {
    List<Map<?, ?>> maps = new ArrayList<>();
    if (config.get(name) instanceof List<?> list) {
      list.forEach(element -> maps.add((Map<?, ?>) element));
    }
    return maps;
  }

  private static String text(Map<?, ?> config, String name) {
    return Objects.toString(config.get(name), "");
  }

  private static int integer(Map<?, ?> config, String name, int standard) {
    return config.get(name) instanceof Number number ? number.intValue() : standard;
  }

  private static OptionalInt optional(Map<?, ?> config, String name) {
    return config.get(name) instanceof Number number
        ? OptionalInt.of(number.intValue())
        : OptionalInt.empty();
  }

  private static Duration duration(Map<?, ?> config, String name, long standardMillis) {
    return Quantities.parseDuration(text(config, name)).orElse(Duration.ofMillis(standardMillis));
  }
}
