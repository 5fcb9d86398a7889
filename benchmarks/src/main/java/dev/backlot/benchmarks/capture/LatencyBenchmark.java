package dev.backlot.benchmarks.capture;

import dev.backlot.benchmarks.report.Bar;
import dev.backlot.benchmarks.report.Benchmark;
import dev.backlot.benchmarks.report.Latencies;
import dev.backlot.benchmarks.report.Latency;
import dev.backlot.benchmarks.report.Report;
import dev.backlot.benchmarks.report.Role;
import dev.backlot.benchmarks.report.Scale;
import dev.backlot.benchmarks.report.Series;
import dev.backlot.benchmarks.server.Servers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * From a commit's return to Kafka's acknowledgement of its event, at a thousand a second, beside a
 * bare producer that sends the same records at the same rate: what Kafka alone takes. The bare
 * producer runs twice in each round: on a machine that does nothing else, which is what the product
 * is held to, and beside as many commits as the product has, to a database that nobody captures.
 */
public final class LatencyBenchmark implements Benchmark {
  private static final int PER_SECOND = 1_000;
  private static final int ROUNDS = 3;
  private static final double BAR_P50 = 1;
  private static final double BAR_P99_RATIO = 2;
  private static final String QUIET = "not_captured";

  private long nextId = 10_000_000;

  @Override
  public String title() {
    return "commit to Kafka's acknowledgement at 1,000 events/s, beside a bare producer";
  }

  @Override
  public Report run(Scale scale) throws Exception {
    Report report = Configurations.capture(new Report());
    int seconds = scale.of(12, 4);
    Shape shape = Shape.NARROW;
    try (Servers servers = Servers.start()) {
      OurCapture ours = new OurCapture(servers, "-Dacknowledgements=true");
      Workload workload = new Workload(servers, shape, 1_000);
      servers.execute("postgres", "CREATE DATABASE " + QUIET);
      servers.execute(QUIET, shape.createTable("item"));
      ours.start();
      String topic = ours.add(shape);
      // Warm code, not a warm queue.
      workload.run(scale.of(2_000, 200));
      Commits warm = commit(servers, shape.database(), scale.of(10, 5));
      ours.drain(shape);
      BareProducer producer = new BareProducer(servers, topic, warm);
      report.configured(
          "bare producer",
          "the product's settings with linger.ms=0, the product's records to the product's"
              + " partitions, values of "
              + producer.valueBytes()
              + " bytes");
      producer.send(2 * PER_SECOND, PER_SECOND);
      List<Commits> all = new ArrayList<>();
      List<long[]> bare = new ArrayList<>();
      List<long[]> beside = new ArrayList<>();
      for (int round = 0; round < scale.of(ROUNDS, 1); round++) {
        all.add(commit(servers, shape.database(), seconds));
        bare.add(producer.send(seconds * PER_SECOND, PER_SECOND));
        CompletableFuture<long[]> sending = sending(producer, seconds);
        commit(servers, QUIET, seconds);
        beside.add(sending.join());
      }
      ours.drain(shape);
      Path file = servers.directory().resolve("acknowledged");
      ours.acknowledged(file);
      describe(report, AcknowledgedCommits.nanos(servers, topic, file, all), bare, beside);
      double least = all.stream().mapToDouble(Commits::rate).min().orElse(0);
      report.figure("rate reached", Math.round(least) + " commits/s in the slowest round");
    }
    return report;
  }

  private static void describe(
      Report report, List<long[]> rounds, List<long[]> bare, List<long[]> beside) {
    Latency latency = latency("Backlot, from the commit's return", Role.OURS, rounds);
    List<Double> ratios =
        IntStream.range(0, rounds.size())
            .mapToObj(i -> p99(rounds.get(i)) / p99(bare.get(i)))
            .toList();
    report.add(
        new Latencies(
            "commit to acknowledgement",
            List.of(
                latency,
                latency("bare producer, send to acknowledgement", Role.LIMIT, bare),
                latency("bare producer beside as many commits", Role.LIMIT, beside)),
            List.of(
                Bar.below("commit to acknowledgement, p50 ms", latency.p50(), BAR_P50),
                Bar.below(
                    "commit to acknowledgement, p99 / the bare producer's, median of rounds",
                    Series.median(ratios),
                    BAR_P99_RATIO))));
    report.figure("p99 ms of each round, Backlot", each(rounds));
    report.figure("p99 ms of each round, bare producer", each(bare));
    report.figure("p99 ms of each round, bare producer beside commits", each(beside));
    report.verified(
        "every commit of every round was acknowledged once, " + latency.count() + " in all");
  }

  private static Latency latency(String side, Role role, List<long[]> rounds) {
    return Latency.of(side, role, AcknowledgedCommits.flat(rounds));
  }

  private static double p99(long[] nanos) {
    return Latency.of("", Role.LIMIT, nanos).p99();
  }

  private static String each(List<long[]> rounds) {
    return rounds.stream()
        .map(nanos -> String.format(Locale.ROOT, "%.2f", p99(nanos)))
        .collect(Collectors.joining(", "));
  }

  private static CompletableFuture<long[]> sending(BareProducer producer, int seconds) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return producer.send(seconds * PER_SECOND, PER_SECOND);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private Commits commit(Servers servers, String database, int seconds) throws Exception {
    Commits commits =
        Commits.run(servers, database, Shape.NARROW, nextId, seconds * PER_SECOND, PER_SECOND);
    nextId += commits.count();
    return commits;
  }
}
