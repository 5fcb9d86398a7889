package dev.backlot.model.spec;

import dev.backlot.model.alert.AlertKind;
import dev.backlot.model.alert.Severity;
import dev.backlot.model.alert.Subject;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Whom incidents are told.
 *
 * @param match which incidents
 * @param remind how long an incident that nobody looks after is left before it is told again;
 *     {@link #reminder} says what holds
 */
public record RouteSpec(SpecHeader header, Target target, Match match, Setting<Duration> remind)
    implements Spec {
  private static final Duration REMINDER = Duration.ofHours(4);

  /** Returns after how long an incident is told again, 4 hours unless said; empty when never. */
  public Optional<Duration> reminder() {
    return remind.or(REMINDER);
  }

  /** The kinds of receivers. */
  public enum Type {
    WEBHOOK,
    SLACK,
    EMAIL
  }

  /** Where messages go. */
  public sealed interface Target {
    /** Returns the receiver's kind. */
    Type type();
  }

  /**
   * An HTTP server that takes JSON.
   *
   * @param url absolute, http or https, without user and password
   * @param secret with which each message is signed
   */
  public record Webhook(String url, SecretReference secret) implements Target {
    @Override
    public Type type() {
      return Type.WEBHOOK;
    }
  }

  /**
   * An incoming webhook of Slack, or of what takes the same format.
   *
   * @param url a secret, since whoever knows it may write there
   */
  public record Slack(SecretReference url) implements Target {
    @Override
    public Type type() {
      return Type.SLACK;
    }
  }

  /**
   * A mail server.
   *
   * @param port 1 to 65535
   * @param to at least one address
   */
  public record Email(
      String host, int port, Tls tls, String from, List<String> to, Optional<Login> login)
      implements Target {
    /** Copies what is mutable. */
    public Email {
      to = List.copyOf(to);
    }

    @Override
    public Type type() {
      return Type.EMAIL;
    }
  }

  /** Who logs in at a mail server. */
  public record Login(String user, SecretReference password) {}

  /** How the connection to a mail server is kept secret. */
  public enum Tls {
    /** It must offer STARTTLS. */
    STARTTLS,
    /** TLS from the first byte. */
    IMPLICIT,
    NONE
  }

  /**
   * Which incidents: those that each list that is not empty allows.
   *
   * @param pipelines incidents of these pipelines, besides those of {@code connections}
   * @param connections incidents of these connections, besides those of {@code pipelines}
   */
  public record Match(
      List<String> owners,
      List<Severity> severities,
      List<AlertKind> kinds,
      List<String> pipelines,
      List<String> connections) {
    /** Copies what is mutable. */
    public Match {
      owners = List.copyOf(owners);
      severities = List.copyOf(severities);
      kinds = List.copyOf(kinds);
      pipelines = List.copyOf(pipelines);
      connections = List.copyOf(connections);
    }

    /** Returns whether an incident is told. */
    public boolean includes(String owner, Severity severity, AlertKind kind, Subject document) {
      boolean anyDocument = pipelines.isEmpty() && connections.isEmpty();
      boolean named =
          switch (document.kind()) {
            case PIPELINE -> pipelines.contains(document.name());
            case CONNECTION -> connections.contains(document.name());
            default -> false;
          };
      return (owners.isEmpty() || owners.contains(owner))
          && (severities.isEmpty() || severities.contains(severity))
          && (kinds.isEmpty() || kinds.contains(kind))
          && (anyDocument || named);
    }
  }
}
