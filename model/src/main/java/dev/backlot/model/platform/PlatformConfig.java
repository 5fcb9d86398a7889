package dev.backlot.model.platform;

import dev.backlot.model.spec.SecretReference;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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
 * @param ownSecrets which secrets are the platform's own, such as the metadata database's password
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
    String queryClasspath,
    SignIn signIn,
    OwnSecrets ownSecrets) {
  /** Copies what is mutable. */
  public PlatformConfig {
    ownSecrets = ownSecrets == null ? OwnSecrets.NONE : ownSecrets;
    kafkaProperties = Map.copyOf(kafkaProperties);
    lakeProperties = Map.copyOf(lakeProperties);
    signIn = signIn == null ? SignIn.DEFAULT : signIn;
  }

  /**
   * Names of secrets that the platform itself lives by; documents may not name them without an
   * admin.
   *
   * @param variables of the environment
   * @param files of the secrets directory
   */
  public record OwnSecrets(Set<String> variables, Set<String> files) {
    /** None. */
    public static final OwnSecrets NONE = new OwnSecrets(Set.of(), Set.of());

    /** Copies what is mutable. */
    public OwnSecrets {
      variables = Set.copyOf(variables);
      files = Set.copyOf(files);
    }

    /** Names these. */
    public static OwnSecrets of(Collection<SecretReference> references) {
      return new OwnSecrets(
          references.stream()
              .filter(SecretReference.FromEnvironment.class::isInstance)
              .map(reference -> ((SecretReference.FromEnvironment) reference).variable())
              .collect(Collectors.toSet()),
          references.stream()
              .filter(SecretReference.FromFile.class::isInstance)
              .map(reference -> ((SecretReference.FromFile) reference).name())
              .collect(Collectors.toSet()));
    }

    /** Returns the references to them. */
    public List<SecretReference> references() {
      return Stream.<SecretReference>concat(
              variables.stream().sorted().map(SecretReference.FromEnvironment::new),
              files.stream().sorted().map(SecretReference.FromFile::new))
          .toList();
    }
  }

  /** A PostgreSQL database by its JDBC URL. */
  public record Database(String jdbcUrl, String user, String password) {}

  /** The broker inside the data-plane process. */
  public record EmbeddedKafka(Path directory, int port, int controllerPort) {}

  /** The Flink cluster inside the data-plane process. */
  public record EmbeddedFlink(Path directory, int restPort, int slots) {}

  /**
   * Who may reach the controller, and how they prove who they are.
   *
   * @param listen the address on which the controller listens
   * @param publicUrl where browsers reach it through a proxy, without a slash at the end; empty
   *     when there is none
   * @param idleSeconds after how long without use a session ends
   * @param longestSeconds after how long a session ends in any case
   * @param logSeconds how long entries of the access log are kept
   * @param oidc an identity provider
   */
  public record SignIn(
      String listen,
      String publicUrl,
      long idleSeconds,
      long longestSeconds,
      long logSeconds,
      Optional<Oidc> oidc) {
    /** Local accounts, on loopback. */
    public static final SignIn DEFAULT =
        new SignIn("127.0.0.1", "", 12 * 3600, 7 * 86_400, 400L * 86_400, Optional.empty());

    /** Returns whether browsers reach the controller only over TLS. */
    public boolean secure() {
      return publicUrl.startsWith("https:");
    }
  }

  /**
   * An identity provider that speaks OpenID Connect.
   *
   * @param label what the button says
   * @param nameClaim which claim names the account
   * @param roles in which claim the roles are; empty when admins give them
   * @param defaultRoles what one has who has none by the claim
   */
  public record Oidc(
      String issuer,
      String clientId,
      String clientSecret,
      String label,
      List<String> scopes,
      String nameClaim,
      ClaimSource roles,
      List<String> defaultRoles,
      ClaimSource teams,
      ClaimSource clearances) {
    /** Copies what is mutable. */
    public Oidc {
      scopes = List.copyOf(scopes);
      defaultRoles = List.copyOf(defaultRoles);
    }
  }

  /**
   * Where in the claims something is.
   *
   * @param claim its path, with dots between; empty for nowhere
   * @param words what the claim's words mean here; when empty they mean themselves
   */
  public record ClaimSource(String claim, Map<String, String> words) {
    /** Nowhere. */
    public static final ClaimSource NONE = new ClaimSource("", Map.of());

    /** Copies what is mutable. */
    public ClaimSource {
      words = Map.copyOf(words);
    }
  }
}
