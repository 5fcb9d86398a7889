package dev.backlot.spec;

import java.time.Duration;
import java.util.Optional;

/**
 * The shape of {@code graphql_enrichment}'s config. Fields, the graph and its types are the
 * planner's.
 */
final class EnrichmentConfig {
  private static final Duration LONGEST = Duration.ofMinutes(10);

  private EnrichmentConfig() {}

  static void check(MapReader config) {
    config.required("endpoint").ifPresent(name -> SpecReader.checkName(name, "endpoint", config));
    Optional<String> query = config.required("query");
    if (query.isPresent() && query.get().isBlank()) {
      config.invalid("query", "the query is empty", "Write a GraphQL query.");
    }
    texts(config, "variables", true, "Say which fields fill them, such as '{ids: movie_id}'.");
    texts(config, "match", false, "Write it as '{id: movie_id}', or remove it.");
    texts(config, "take", true, "Name what to take, such as '{director: director.name}'.");
    texts(config, "types", false, "Write it as '{due: timestamptz}', or remove it.");
    Optional<String> missing = config.string("on_missing");
    if (missing.isPresent() && !missing.get().matches("keep|delete")) {
      config.invalid(
          "on_missing", "'" + missing.get() + "' is neither keep nor delete", "Use one of them.");
    }
    duration(config, "timeout", Duration.ofMillis(10));
    batch(config);
    rateLimit(config);
    cache(config);
    retry(config);
  }

  private static void texts(MapReader config, String field, boolean required, String next) {
    if (!config.has(field)) {
      if (required) {
        config.missing(field);
      }
      return;
    }
    boolean isMapping =
        config
            .value(field)
            .filter(n -> n instanceof org.snakeyaml.engine.v2.nodes.MappingNode)
            .isPresent();
    if (config.stringMap(field).isEmpty() && isMapping && config.map(field).fields().isEmpty()) {
      config.invalid(field, "'" + config.pathOf(field) + "' is empty", next);
    }
  }

  private static void batch(MapReader config) {
    MapReader batch = config.map("batch");
    batch.integer("size", 1, 10_000);
    batch.integer("in_flight", 1, 64);
    duration(batch, "wait", Duration.ZERO);
    batch.finish();
  }

  private static void rateLimit(MapReader config) {
    MapReader limit = config.map("rate_limit");
    limit.integer("requests", 1, 1_000_000);
    limit.integer("entities", 1, 100_000_000);
    limit.finish();
  }

  private static void cache(MapReader config) {
    MapReader cache = config.map("cache");
    duration(cache, "ttl", Duration.ZERO);
    cache.integer("size", 0, 10_000_000);
    duration(cache, "margin", Duration.ZERO);
    cache.finish();
  }

  private static void retry(MapReader config) {
    MapReader retry = config.map("retry");
    retry.integer("attempts", 1, 100);
    duration(retry, "backoff", Duration.ofMillis(1));
    duration(retry, "max_backoff", Duration.ofMillis(1));
    retry.finish();
  }

  private static void duration(MapReader map, String field, Duration shortest) {
    Optional<String> text = map.string(field);
    if (text.isEmpty()) {
      return;
    }
    Optional<Duration> duration = Quantities.parseDuration(text.get());
    if (duration.isEmpty()
        || duration.get().compareTo(shortest) < 0
        || duration.get().compareTo(LONGEST) > 0) {
      map.invalid(
          field,
          "'" + text.get() + "' is not a duration for '" + map.pathOf(field) + "'",
          "Use one from " + shortest.toMillis() + "ms to 10m, such as 2s.");
    }
  }
}
