package dev.backlot.benchmarks.capture;

import dev.backlot.benchmarks.report.Bar;
import dev.backlot.benchmarks.report.Benchmark;
import dev.backlot.benchmarks.report.Latencies;
import dev.backlot.benchmarks.report.Latency;
import dev.backlot.benchmarks.report.Report;
import dev.backlot.benchmarks.report.Role;
import dev.backlot.benchmarks.report.Scale;
import dev.backlot.benchmarks.server.Servers;
import dev.backlot.benchmarks.server.TopicWatch;
import dev.backlot.capture.log.KafkaClients;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * From a commit's return to Kafka's acknowledgement of its event, at a thousand a second, beside a
 * bare producer that sends as much at the same rate: what Kafka alone takes.
 */
public final class LatencyBenchmark implements Benchmark {
  private static final int PER_SECOND = 1_000;
  private static final int VALUE_BYTES = 220;
  private static final double BAR_P50 = 2;
  private static final double BAR_P99 = 20;
  private static final String BARE_TOPIC = "bare";

  private long nextId = 10_000_000;

  @Override
  public String title() {
    return "commit to Kafka's acknowledgement at 1,000 events/s, beside a bare producer";
  }

  @Override
  public Report run(Scale scale) throws Exception {
    Report report = Configurations.capture(new Report());
    report.configured(
        "bare producer", "the product's settings with linger.ms=0, " + VALUE_BYTES + " bytes each");
    int seconds = scale.of(15, 4);
    try (Servers servers = Servers.start()) {
      OurCapture ours = new OurCapture(servers, "-Dacknowledgements=true");
      Workload workload = new Workload(servers, Shape.NARROW, 1_000);
      ours.start();
      String topic = ours.add(Shape.NARROW);
      TopicWatch.create(servers.bootstrapServers(), BARE_TOPIC);
      // Warm code, not a warm queue.
      workload.run(scale.of(2_000, 200));
      ours.drain(Shape.NARROW);
      commit(servers, 5);
      bare(servers, 2);
      List<Commits> all = new ArrayList<>();
      List<long[]> bare = new ArrayList<>();
      for (int round = 0; round < scale.of(3, 1); round++) {
        all.add(commit(servers, seconds));
        bare.add(bare(servers, scale.of(10, 4)));
      }
      ours.drain(Shape.NARROW);
      Path file = servers.directory().resolve("acknowledged");
      ours.acknowledged(file);
      Latency latency =
          Latency.of(
              "Backlot, from the commit's return",
              Role.OURS,
              AcknowledgedCommits.nanos(servers, topic, file, all));
      report.add(
          new Latencies(
              "commit to acknowledgement",
              List.of(
                  latency,
                  Latency.of("bare producer, send to acknowledgement", Role.LIMIT, flat(bare))),
              List.of(
                  Bar.below("commit to acknowledgement, p50 ms", latency.p50(), BAR_P50),
                  Bar.below("commit to acknowledgement, p99 ms", latency.p99(), BAR_P99))));
      double least = all.stream().mapToDouble(Commits::rate).min().orElse(0);
      report.figure("rate reached", Math.round(least) + " commits/s in the slowest round");
      report.verified(
          "every commit of every round was acknowledged, " + latency.count() + " in all");
    }
    return report;
  }

  private Commits commit(Servers servers, int seconds) throws Exception {
    Commits commits = Commits.run(servers, Shape.NARROW, nextId, seconds * PER_SECOND, PER_SECOND);
    nextId += commits.count();
    return commits;
  }

  private static long[] bare(Servers servers, int seconds) throws InterruptedException {
    Map<String, Object> config = new HashMap<>(KafkaClients.producerSettings());
    config.put("bootstrap.servers", servers.bootstrapServers());
    config.put("linger.ms", 0);
    int count = seconds * PER_SECOND;
    long[] nanos = new long[count];
    CountDownLatch left = new CountDownLatch(count);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.partitionsFor(BARE_TOPIC);
      long begin = System.nanoTime();
      for (int i = 0; i < count; i++) {
        long due = begin + i * 1_000_000_000L / PER_SECOND;
        for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
          LockSupport.parkNanos(wait);
        }
        int at = i;
        long sent = System.nanoTime();
        producer.send(
            new ProducerRecord<>(
                BARE_TOPIC,
                i % TopicWatch.PARTITIONS,
                new byte[] {(byte) i},
                new byte[VALUE_BYTES]),
            (metadata, error) -> {
              nanos[at] = System.nanoTime() - sent;
              if (error == null) {
                left.countDown();
              }
            });
      }
      if (!left.await(30, TimeUnit.SECONDS)) {
        throw new IllegalStateException(left.getCount() + " records were not acknowledged");
      }
    }
    return nanos;
  }

  private static long[] flat(List<long[]> parts) {
    return parts.stream().flatMapToLong(java.util.Arrays::stream).toArray();
  }
}
