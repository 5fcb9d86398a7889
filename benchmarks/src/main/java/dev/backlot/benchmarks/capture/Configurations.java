package dev.backlot.benchmarks.capture;

import dev.backlot.benchmarks.report.Report;
import dev.backlot.benchmarks.server.Servers;
import dev.backlot.benchmarks.server.TopicWatch;
import dev.backlot.capture.log.KafkaClients;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** How the sides of capture's benchmarks are set up, for reports. */
final class Configurations {
  private Configurations() {}

  static Report capture(Report report) {
    String producer =
        new TreeMap<>(KafkaClients.producerSettings())
            .entrySet().stream()
                .map(setting -> setting.getKey() + "=" + setting.getValue())
                .collect(Collectors.joining(" "));
    return report
        .configured("PostgreSQL", Servers.POSTGRES)
        .configured("Kafka", Servers.BROKER + ", " + TopicWatch.PARTITIONS + " partitions")
        .configured("producer, both sides", producer)
        .configured(
            "Backlot", "capture worker as in the data plane, " + String.join(" ", OurCapture.JVM))
        .configured(
            "Debezium",
            "3.6.1.Final, embedded engine, Avro by a minimal converter, debezium.properties, "
                + String.join(" ", Debezium.JVM));
  }
}
