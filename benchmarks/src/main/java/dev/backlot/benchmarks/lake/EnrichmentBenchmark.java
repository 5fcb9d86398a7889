package dev.backlot.benchmarks.lake;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backlot.benchmarks.capture.Shape;
import dev.backlot.benchmarks.capture.Side;
import dev.backlot.benchmarks.capture.Workload;
import dev.backlot.benchmarks.report.Benchmark;
import dev.backlot.benchmarks.report.Comparison;
import dev.backlot.benchmarks.report.Report;
import dev.backlot.benchmarks.report.Role;
import dev.backlot.benchmarks.report.Scale;
import dev.backlot.benchmarks.server.Servers;
import dev.backlot.testing.graph.TestGraph;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/**
 * Rows through an enriching pipeline into a table, beside asking the same gateway for the same
 * entities in the same batches, as many at a time, and dropping the answers. The gateway and its
 * subgraphs share the machine with both.
 */
public final class EnrichmentBenchmark implements Benchmark {
  private static final double BAR = 0.7;
  private static final int BATCH = 100;
  private static final int IN_FLIGHT = 4;
  private static final int ROUNDS = 3;
  private static final String QUERY =
      "query ($ids: [ID!]!) { movies(ids: $ids) { id budget director { name } } }";

  @Override
  public String title() {
    return "rows enriched from a federated graph, beside calling its gateway directly";
  }

  @Override
  public Report run(Scale scale) throws Exception {
    Report report = new Report();
    report
        .configured(
            "gateway", "Apollo gateway before two Apollo subgraphs, Node, entities in memory")
        .configured(
            "product",
            "./backlot up with its defaults; graphql_enrichment without a cache, batches of "
                + BATCH
                + ", "
                + IN_FLIGHT
                + " in flight, parallelism 1, 300 ms commits")
        .configured(
            "limit",
            "the same query over HTTP, batches of " + BATCH + ", " + IN_FLIGHT + " in flight");
    int rows = scale.of(120_000, 30_000);
    Side limit = new Side("gateway called directly", Role.LIMIT);
    Side ours = new Side("Backlot, topic to enriched table", Role.OURS);
    try (TestGraph graph = TestGraph.start();
        Servers source = Servers.start()) {
      fill(graph, rows);
      new Workload(source, Shape.NARROW, rows);
      try (Product product = Product.start(source)) {
        product.apply(documents(source, graph.url()));
        Waiting.until(
            "the Source",
            () -> product.state("sources", Shape.NARROW.source()).equals("streaming"));
        for (int round = 0; round <= scale.of(ROUNDS, 1); round++) {
          limit.add(rows, direct(graph.url(), rows));
          String table = "bench.enriched" + round;
          product.apply(pipeline(round));
          Waiting.until("the rows of " + table, () -> product.rows(table) >= rows);
          Product.Filling filling = product.filling(table);
          ours.add(filling.rows(), filling.nanos());
          product.apply(pipeline(round).replace("steps:", "state: paused\nsteps:"));
          verify(product, table, rows);
        }
      }
    }
    report.verified("every round's table has the director of each of " + rows + " rows");
    report.add(
        new Comparison(
            "enrichment", "entities/s", Side.series(limit, ours), OptionalDouble.of(BAR)));
    return report;
  }

  private static void verify(Product product, String table, int rows) throws Exception {
    long enriched =
        product
            .query("SELECT count(*) AS n FROM " + table + " WHERE director_name = 'Agnès Varda'")
            .get(0)
            .get("n")
            .asLong();
    if (enriched != rows) {
      throw new IllegalStateException(table + " has " + enriched + " enriched rows of " + rows);
    }
  }

  private static void fill(TestGraph graph, int rows) {
    graph.put("Person", Map.of("id", "p1", "name", "Agnès Varda"));
    for (int from = 1; from <= rows; from += 5_000) {
      graph.putAll(
          "Movie",
          IntStream.range(from, Math.min(from + 5_000, rows + 1))
              .mapToObj(
                  id -> Map.of("id", String.valueOf(id), "budget", 1_000.5 + id, "director", "p1"))
              .toList());
    }
  }

  /** Asks for every entity once, a few batches at a time. */
  private static long direct(URI gateway, int rows) throws Exception {
    ObjectMapper json = new ObjectMapper();
    List<byte[]> bodies = new ArrayList<>();
    for (int from = 1; from <= rows; from += BATCH) {
      List<String> ids =
          IntStream.range(from, Math.min(from + BATCH, rows + 1))
              .mapToObj(String::valueOf)
              .toList();
      bodies.add(json.writeValueAsBytes(Map.of("query", QUERY, "variables", Map.of("ids", ids))));
    }
    HttpClient http = HttpClient.newHttpClient();
    Deque<CompletableFuture<HttpResponse<byte[]>>> inFlight = new ArrayDeque<>();
    long begin = System.nanoTime();
    for (byte[] body : bodies) {
      if (inFlight.size() == IN_FLIGHT) {
        check(inFlight.removeFirst().get());
      }
      inFlight.add(
          http.sendAsync(
              HttpRequest.newBuilder(gateway)
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                  .build(),
              HttpResponse.BodyHandlers.ofByteArray()));
    }
    for (CompletableFuture<HttpResponse<byte[]>> answer : inFlight) {
      check(answer.get());
    }
    return System.nanoTime() - begin;
  }

  private static void check(HttpResponse<byte[]> answer) {
    if (answer.statusCode() != 200 || answer.body().length < BATCH) {
      throw new IllegalStateException("The gateway answered " + answer.statusCode());
    }
  }

  private static String documents(Servers source, URI gateway) {
    return """
        apiVersion: backlot/v1
        kind: Connection
        name: narrow
        owner: bench
        type: postgresql
        config: {host: localhost, port: %d, database: narrow, user: postgres, password: {env: BACKLOT_SECRET_BENCH}}
        tables: {include: [public.item]}
        ---
        apiVersion: backlot/v1
        kind: Endpoint
        name: bench_graph
        owner: bench
        type: graphql
        config: {url: "%s"}
        """
        .formatted(source.postgres().port(), gateway);
  }

  private static String pipeline(int round) {
    return """
        apiVersion: backlot/v1
        kind: Pipeline
        name: enriched%1$d
        owner: bench
        steps:
          - {id: item, source: narrow.public.item}
          - id: enriched
            processor: graphql_enrichment
            from: item
            consumes: [id, title]
            config:
              endpoint: bench_graph
              query: "%2$s"
              variables: {ids: id}
              match: {id: id}
              take: {budget_now: budget, director_name: director.name}
              batch: {size: %3$d, in_flight: %4$d}
              cache: {size: 0}
          - {id: out, sink: iceberg, from: enriched, config: {table: bench.enriched%1$d, commit_interval: 300ms}}
        """
        .formatted(round, QUERY, BATCH, IN_FLIGHT);
  }
}
