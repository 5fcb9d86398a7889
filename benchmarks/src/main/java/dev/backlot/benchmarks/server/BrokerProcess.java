package dev.backlot.benchmarks.server;

import dev.backlot.benchmarks.child.Commands;
import dev.backlot.embedded.KafkaServer;
import java.io.IOException;
import java.util.Map;

/** The product's Kafka broker in a process of its own, so that its CPU is no side's. */
public final class BrokerProcess {
  private BrokerProcess() {}

  /** Serves {@code servers}, which answers the bootstrap servers. */
  public static void main(String[] arguments) throws IOException {
    try (KafkaServer broker = KafkaServer.temporary().start()) {
      Commands.serve(Map.of("servers", words -> broker.bootstrapServers()));
    }
    System.exit(0);
  }
}
