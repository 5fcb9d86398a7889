package dev.backlot.processors.graphql;

import dev.backlot.sdk.Setting;
import dev.backlot.sdk.Setting.Format;
import java.util.Map;
import java.util.Optional;

/** What an enrichment step says. */
record EnrichmentSettings(
    @Setting(
            title = "Endpoint",
            description = "The graph to ask.",
            format = Format.ENDPOINT,
            required = true)
        String endpoint,
    @Setting(
            title = "Query",
            description =
                "A query with one root field. A variable that takes a list lets many rows share a"
                    + " request.",
            format = Format.GRAPHQL,
            required = true)
        String query,
    @Setting(
            title = "Variables",
            description = "Which field of the row fills each variable of the query.",
            names = Format.GRAPHQL_VARIABLE,
            format = Format.FIELD,
            required = true)
        Map<String, String> variables,
    @Setting(
            title = "Take",
            description = "Names of new fields, with where their values stand in the answer.",
            names = Format.NEW_FIELD,
            format = Format.GRAPHQL_PATH,
            required = true)
        Map<String, String> take,
    @Setting(
            title = "Match",
            description =
                "Which field of the answer's items equals which field of the row. Needed when a"
                    + " variable takes a list.",
            names = Format.GRAPHQL_PATH,
            format = Format.FIELD)
        Map<String, String> match,
    @Setting(
            title = "Types",
            description = "Types of new fields whose values are of the graph's own scalars.",
            names = Format.NEW_FIELD,
            format = Format.FIELD_TYPE)
        Map<String, String> types,
    @Setting(
            title = "Without an answer",
            description =
                "keep: the row passes and the new fields are empty. delete: the row is deleted.",
            words = {"keep", "delete"},
            standard = "keep")
        String onMissing,
    @Setting(
            title = "Timeout",
            description = "The longest time of one request.",
            format = Format.DURATION,
            standard = "10s")
        String timeout,
    @Setting(title = "Batches", description = "How many rows share a request.") Batch batch,
    @Setting(title = "Rate limit", description = "The most that the graph is asked.")
        RateLimit rateLimit,
    @Setting(title = "Cache", description = "Which answers serve again.") Cache cache,
    @Setting(title = "Retries", description = "What happens to requests that fail for a while.")
        Retry retry) {

  record Batch(
      @Setting(
              title = "Rows",
              description = "Most rows in one request; 100 where a variable takes a list, else 10.",
              least = 1)
          Optional<Integer> size,
      @Setting(
              title = "Wait",
              key = "wait",
              description = "How long a row waits for others.",
              format = Format.DURATION,
              standard = "5ms")
          String patience,
      @Setting(
              title = "At a time",
              description = "Most requests on their way at a time.",
              least = 1,
              standard = "4")
          Optional<Integer> inFlight) {}

  record RateLimit(
      @Setting(title = "Requests", description = "Per second.", least = 1)
          Optional<Integer> requests,
      @Setting(title = "Rows asked about", description = "Per second.", least = 1)
          Optional<Integer> entities) {}

  record Cache(
      @Setting(
              title = "Kept for",
              description = "How long an answer serves at most.",
              format = Format.DURATION,
              standard = "5m")
          String ttl,
      @Setting(title = "Answers", description = "Most answers kept.", least = 0, standard = "10000")
          Optional<Integer> size,
      @Setting(
              title = "Margin",
              description = "How far clocks may be apart.",
              format = Format.DURATION,
              standard = "1s")
          String margin) {}

  record Retry(
      @Setting(
              title = "Attempts",
              description = "How often a request is tried.",
              least = 1,
              standard = "5")
          Optional<Integer> attempts,
      @Setting(
              title = "First wait",
              description = "The longest wait before the second attempt; doubled each time.",
              format = Format.DURATION,
              standard = "100ms")
          String backoff,
      @Setting(
              title = "Longest wait",
              description = "The longest wait between attempts.",
              format = Format.DURATION,
              standard = "10s")
          String maxBackoff) {}
}
