package dev.backlot.server;

import dev.backlot.model.platform.PlatformConfig;
import dev.backlot.model.spec.SecretReference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The configuration file's content; what it doesn't say is empty or the default.
 *
 * @param dataDir where everything is kept
 * @param secretsDir where {@code {file: name}} secrets are read
 * @param metadata an external metadata database
 * @param kafka an external Kafka
 * @param flinkRestUrl an external Flink
 * @param flinkSlots how many parallel pipelines fit into the embedded Flink
 * @param warehouseUri root of the tables' files
 * @param lake an external catalog of tables
 * @param memory the heaps of the two planes
 * @param signIn who may reach the platform
 */
record Settings(
    Optional<String> dataDir,
    Optional<String> secretsDir,
    Ports ports,
    Optional<Metadata> metadata,
    Optional<Kafka> kafka,
    Optional<String> flinkRestUrl,
    int flinkSlots,
    Optional<String> warehouseUri,
    Optional<Lake> lake,
    Memory memory,
    SignIn signIn) {
  static final int DEFAULT_SLOTS = 32;
  static final String DEFAULT_DATA_PLANE_HEAP = "1g";
  static final String DEFAULT_CONTROLLER_HEAP = "256m";

  /** Ports that are not derived from the first one. */
  record Ports(Map<String, Integer> byService) {
    Ports {
      byService = Map.copyOf(byService);
    }

    Optional<Integer> of(String service) {
      return Optional.ofNullable(byService.get(service));
    }
  }

  /** A PostgreSQL database by its JDBC URL. */
  record Metadata(String url, String user, SecretReference password) {}

  /** A Kafka cluster. */
  record Kafka(String bootstrapServers, short replicationFactor, Map<String, String> properties) {
    Kafka {
      properties = Map.copyOf(properties);
    }
  }

  /**
   * An Iceberg catalog.
   *
   * @param properties of Iceberg's own names, such as {@code type} and {@code uri}
   * @param secrets further properties, by reference
   */
  record Lake(Map<String, String> properties, Map<String, SecretReference> secrets) {
    Lake {
      properties = Map.copyOf(properties);
      secrets = Map.copyOf(secrets);
    }

    boolean isJdbc() {
      return "jdbc".equals(properties.get("type"));
    }

    /** Returns all properties, with the secrets' values. */
    Map<String, String> resolved(Path secretsDir) {
      Map<String, String> all = new HashMap<>(properties);
      secrets.forEach((name, reference) -> all.put(name, OwnSecrets.read(reference, secretsDir)));
      return all;
    }
  }

  /** Largest heaps, as of {@code -Xmx}. */
  record Memory(String dataPlane, String controller) {}

  /**
   * Who may reach the platform, and how they prove who they are.
   *
   * @param config without the secret of the identity provider's client
   */
  record SignIn(PlatformConfig.SignIn config, Optional<SecretReference> clientSecret) {
    /** Returns the settings with the secret's value. */
    PlatformConfig.SignIn resolved(Path secretsDir) {
      return clientSecret
          .map(
              reference -> SignInSection.withSecret(config, OwnSecrets.read(reference, secretsDir)))
          .orElse(config);
    }
  }

  /** Returns the secrets that the file refers to. */
  List<SecretReference> secrets() {
    List<SecretReference> secrets = new ArrayList<>();
    metadata.ifPresent(database -> secrets.add(database.password()));
    lake.ifPresent(catalog -> secrets.addAll(catalog.secrets().values()));
    signIn.clientSecret().ifPresent(secrets::add);
    return secrets;
  }

  static Settings defaults() {
    return new Settings(
        Optional.empty(),
        Optional.empty(),
        new Ports(Map.of()),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        DEFAULT_SLOTS,
        Optional.empty(),
        Optional.empty(),
        new Memory(DEFAULT_DATA_PLANE_HEAP, DEFAULT_CONTROLLER_HEAP),
        new SignIn(PlatformConfig.SignIn.DEFAULT, Optional.empty()));
  }
}
