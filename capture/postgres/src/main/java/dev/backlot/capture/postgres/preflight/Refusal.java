package dev.backlot.capture.postgres.preflight;

import dev.backlot.capture.postgres.catalog.SqlText;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.spec.ConnectionSpec;
import dev.backlot.model.spec.ConnectionSpec.TlsMode;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.sql.SQLException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/** Says what a failed attempt to connect means, and what mends it. */
public final class Refusal {
  private static final Pattern CLIENT = Pattern.compile("host \"([^\"]+)\"");

  private final ConnectionSpec spec;
  private final ConnectionSpec.Config config;
  private final String where;

  private Refusal(ConnectionSpec spec) {
    this.spec = spec;
    this.config = spec.config();
    this.where = config.host() + ":" + config.port();
  }

  /** Returns the failure in the words of all problems. */
  public static ProblemException of(ConnectionSpec spec, SQLException e) {
    Problem problem = new Refusal(spec).problem(e);
    return new ProblemException(problem.code(), problem.message(), e);
  }

  private Problem problem(SQLException e) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    String text = said(e);
    return switch (state) {
      case "28P01" ->
          login(
              text,
              "Correct user and password; to set it, run: ALTER ROLE "
                  + role()
                  + " LOGIN PASSWORD '…';");
      case "28000" -> notAdmitted(text);
      case "42501" ->
          login(text, "Run: GRANT CONNECT ON DATABASE " + database() + " TO " + role() + ";");
      case "53300" -> crowded(text);
      case "55000" ->
          unreachable(text, "Run: ALTER DATABASE " + database() + " ALLOW_CONNECTIONS true;");
      case "57P03" -> unreachable(text, "It is tried again by itself; see the server's log.");
      case "3D000" ->
          Problem.of(
              ProblemCode.CONNECTION_UNREACHABLE,
              reach()
                  + "the server at "
                  + where
                  + " has no database '"
                  + config.database()
                  + "'. Correct config.database, or run: CREATE DATABASE "
                  + database()
                  + ";");
      default -> network(e, text);
    };
  }

  /** The role may not log in at all, or not from here, or not like this. */
  private Problem notAdmitted(String text) {
    if (text.contains("client certificate")) {
      return tls(text, "Give config.tls.certificate and config.tls.key.");
    }
    if (text.contains("no encryption") && config.tls().mode() == TlsMode.DISABLE) {
      return tls(
          "the server admits this login only encrypted, if at all (" + text + ")",
          "Set config.tls.mode to 'require' or better.");
    }
    if (text.contains("pg_hba.conf")) {
      Matcher client = CLIENT.matcher(text);
      String address = client.find() ? client.group(1) : "all";
      String mask = address.contains(":") ? "/128" : address.equals("all") ? "" : "/32";
      return login(
          text,
          "Put this line before others into the server's pg_hba.conf: `host "
              + database()
              + " "
              + role()
              + " "
              + address
              + mask
              + " scram-sha-256`, and run: SELECT pg_reload_conf();");
    }
    return login(text, "Run: ALTER ROLE " + role() + " LOGIN;");
  }

  private Problem crowded(String text) {
    if (text.contains("for role")) {
      return unreachable(text, "Run: ALTER ROLE " + role() + " CONNECTION LIMIT -1;");
    }
    if (text.contains("for database")) {
      return unreachable(text, "Run: ALTER DATABASE " + database() + " CONNECTION LIMIT -1;");
    }
    return unreachable(
        text, "Close other connections, or raise max_connections and restart the server.");
  }

  private Problem network(SQLException e, String text) {
    if (text.contains("does not support SSL")) {
      return tls(
          "the server offers no encryption",
          "Give it a certificate (ssl_cert_file, ssl_key_file) and run: ALTER SYSTEM SET ssl ="
              + " 'on'; SELECT pg_reload_conf();");
    }
    if (text.contains("hostnameverifier")) {
      return tls(
          "the server's certificate is not for the host '" + config.host() + "'",
          "Set config.host to a name that it holds; 'mode: verify_ca' does without.");
    }
    Optional<SSLException> refused = cause(e, SSLException.class);
    if (refused.isPresent()) {
      return cause(e, CertificateException.class).isPresent()
              || cause(e, CertPathBuilderException.class).isPresent()
          ? tls(
              "the server's certificate is not one that config.tls.root_certificate vouches for ("
                  + said(refused.get())
                  + ")",
              "Give the certificate of its authority as config.tls.root_certificate.")
          : tls(
              "encryption could not be agreed upon (" + said(refused.get()) + ")",
              "See the server's log, and correct config.tls.");
    }
    if (cause(e, UnknownHostException.class).isPresent()) {
      return unreachable(
          "nobody knows the host '" + config.host() + "'",
          "Correct config.host, or let the name service of this machine know it.");
    }
    if (cause(e, SocketTimeoutException.class).isPresent()
        || cause(e, NoRouteToHostException.class).isPresent()) {
      return unreachable(
          "it does not answer (" + text + ")",
          "Correct config.host and config.port, or open the way through firewalls.");
    }
    if (cause(e, ConnectException.class).isPresent()) {
      return unreachable(
          "nothing listens there",
          "Start the server, correct config.host and config.port, or let the server listen there"
              + " (listen_addresses).");
    }
    return unreachable(text, "Start the server, or correct config.host and config.port.");
  }

  private Problem tls(String cause, String next) {
    return Problem.of(
        ProblemCode.CONNECTION_TLS, reach() + "at " + where + ", " + cause + ". " + next);
  }

  private Problem login(String text, String next) {
    return Problem.of(
        ProblemCode.CONNECTION_LOGIN_REFUSED,
        "Cannot log in to connection '"
            + spec.name()
            + "': the server at "
            + where
            + " refuses user '"
            + config.user()
            + "' ("
            + text
            + "). "
            + next);
  }

  private Problem unreachable(String cause, String next) {
    return Problem.of(
        ProblemCode.CONNECTION_UNREACHABLE,
        reach() + where + " does not serve: " + cause + ". " + next);
  }

  private String reach() {
    return "Cannot reach connection '" + spec.name() + "': ";
  }

  private String role() {
    return SqlText.identifier(config.user());
  }

  private String database() {
    return SqlText.identifier(config.database());
  }

  /** Returns what the server or the driver said, without its full stop. */
  private static String said(Exception e) {
    String text = String.valueOf(e.getMessage()).strip();
    return text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
  }

  private static <T extends Throwable> Optional<T> cause(Throwable failure, Class<T> type) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return Optional.of(type.cast(cause));
      }
    }
    return Optional.empty();
  }
}
