package dev.backlot.model.spec;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How to reach one external database, and which of its tables become Sources.
 *
 * @param heartbeat how often a synthetic event is written into the database's log; {@link
 *     #heartbeatPeriod} says what holds
 * @param dump how its tables are dumped
 */
public record ConnectionSpec(
    SpecHeader header,
    Type type,
    Config config,
    Tables tables,
    WalBudget wal,
    Setting<Duration> heartbeat,
    ConnectionAlerts alerts,
    DumpPolicy dump)
    implements Spec {
  private static final Duration HEARTBEAT = Duration.ofSeconds(10);

  /** Returns how often a synthetic event is written, 10 s unless said; empty when it is off. */
  public Optional<Duration> heartbeatPeriod() {
    return heartbeat.or(HEARTBEAT);
  }

  /** The databases that can be captured. */
  public enum Type {
    POSTGRESQL,
    MYSQL,
    MARIADB
  }

  /**
   * Where the database is and who logs in.
   *
   * @param port 1 to 65535
   */
  public record Config(
      String host, int port, String database, String user, SecretReference password, Tls tls) {}

  /**
   * Whether what passes between us and the server is encrypted, and how each proves who it is.
   *
   * @param rootCertificate in PEM, whom to believe; without it whom the Java runtime believes
   * @param certificate in PEM, which proves to the server who we are
   * @param key of the certificate, in PEM (PKCS #8)
   */
  public record Tls(
      TlsMode mode,
      Optional<SecretReference> rootCertificate,
      Optional<SecretReference> certificate,
      Optional<SecretReference> key) {
    /** What holds unless the document says otherwise: encrypted when the server offers it. */
    public static final Tls DEFAULT =
        new Tls(TlsMode.PREFER, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** What is asked of an encrypted connection, with PostgreSQL's own words. */
  public enum TlsMode {
    /** Never encrypted. */
    DISABLE,
    /** Encrypted when the server offers it; it proves nothing. */
    PREFER,
    /** Encrypted; the server proves who it is only when a root certificate is given. */
    REQUIRE,
    /** Encrypted, with a certificate that we believe. */
    VERIFY_CA,
    /** Encrypted, with a certificate that we believe and that names the host. */
    VERIFY_FULL
  }

  /**
   * Which tables are captured.
   *
   * @param include patterns such as {@code public.movie} and {@code public.*}; identifiers that are
   *     not plain are double-quoted as in SQL
   * @param exclude patterns taken away from {@code include}
   */
  public record Tables(List<String> include, List<String> exclude, Keyless keyless) {
    /** Copies what is mutable. */
    public Tables {
      include = List.copyOf(include);
      exclude = List.copyOf(exclude);
    }
  }

  /** What happens to a table without a key. */
  public enum Keyless {
    APPEND,
    FULL_ROW,
    REFUSE
  }

  /**
   * How much log the source may retain for us.
   *
   * @param alertBytes retained log that raises an alert
   * @param limitBytes retained log at which {@code onLimit} applies
   */
  public record WalBudget(long alertBytes, long limitBytes, OnLimit onLimit) {
    /** What holds unless the document says otherwise: alert at 10 GB, limit at 50 GB, hold. */
    public static final WalBudget DEFAULT =
        new WalBudget(10_000_000_000L, 50_000_000_000L, OnLimit.HOLD);
  }

  /** What happens when the retained log reaches its limit. */
  public enum OnLimit {
    HOLD,
    DROP_SLOT
  }
}
