package dev.backlot.model.platform;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that a child process needs to find its peers. The supervisor writes it as JSON (snake
 * case, mode 0600) for the processes it starts.
 *
 * @param dataDir the installation's data directory
 * @param secretsDir where {@code {file: name}} secrets are read
 * @param apiPort the controller's port on loopback
 * @param enginePort the data plane's internal port on loopback
 * @param internalToken shared by the processes of one installation
 * @param metadata the metadata database
 * @param bootstrapServers Kafka
 * @param kafkaProperties further client properties for every Kafka client
 * @param replicationFactor of the topics that Backlot creates
 * @param embeddedKafka how to run the broker inside the data-plane process, absent when Kafka is
 *     external
 * @param flinkRestUrl where jobs are submitted
 * @param embeddedFlink how to run Flink inside the data-plane process, absent when Flink is
 *     external
 * @param warehouseUri root of the tables' files, such as {@code file:///…/warehouse}; empty when an
 *     external catalog decides
 * @param lakeProperties with which Iceberg opens the catalog of tables, secrets included; empty for
 *     one in the metadata database
 * @param uiDir directory with the built web UI
 * @param queryClasspath class path with which the controller starts query child processes, empty
 *     for its own
 */
public record PlatformConfig(
    Path dataDir,
    Path secretsDir,
    int apiPort,
    int enginePort,
    String internalToken,
    Database metadata,
    String bootstrapServers,
    Map<String, String> kafkaProperties,
    short replicationFactor,
    Optional<EmbeddedKafka> embeddedKafka,
    String flinkRestUrl,
    Optional<EmbeddedFlink> embeddedFlink,
    String warehouseUri,
    Map<String, String> lakeProperties,
    Path uiDir,
    String queryClasspath) {
  /** Copies what is mutable. */
  public PlatformConfig {
    kafkaProperties = Map.copyOf(kafkaProperties);
    lakeProperties = Map.copyOf(lakeProperties);
  }

  /** A PostgreSQL database by its JDBC URL. */
  public record Database(String jdbcUrl, String user, String password) {}

  /** The broker inside the data-plane process. */
  public record EmbeddedKafka(Path directory, int port, int controllerPort) {}

  /** The Flink cluster inside the data-plane process. */
  public record EmbeddedFlink(Path directory, int restPort, int slots) {}
}
