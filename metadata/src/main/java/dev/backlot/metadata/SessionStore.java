package dev.backlot.metadata;

import dev.backlot.metadata.AccountStore.Account;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/**
 * Who is signed in, and the codes with which one can sign in once. Only hashes of secrets are kept.
 * Thread-safe.
 */
public final class SessionStore {
  private final Jdbi jdbi;

  SessionStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** A session with the account as it is now. */
  public record Session(Account account, String method, Instant createdAt) {}

  /**
   * Begins a session.
   *
   * @param method how the account was proven: {@code password}, {@code code} or {@code oidc}
   */
  public void begin(byte[] hash, String account, String method, String address) {
    jdbi.useTransaction(
        handle -> {
          handle.execute("UPDATE account SET signed_in_at = now() WHERE name = ?", account);
          handle.execute(
              "INSERT INTO session (hash, account, method, address) VALUES (?, ?, ?, ?)",
              hash,
              account,
              method,
              address);
        });
  }

  /**
   * Returns a session that goes on, of an account that may sign in.
   *
   * @param used whether that counts as a use, which keeps it from ending
   * @param idle after how long without use it ends
   * @param longest after how long it ends in any case
   */
  public Optional<Session> find(byte[] hash, boolean used, Duration idle, Duration longest) {
    return jdbi.withHandle(
        handle -> {
          Optional<Session> found =
              handle
                  .select(
                      """
                      SELECT account.*, session.method, session.created_at AS began_at
                      FROM session JOIN account ON account.name = session.account
                      WHERE session.hash = ? AND NOT account.disabled
                        AND session.used_at > now() - make_interval(secs => ?)
                        AND session.created_at > now() - make_interval(secs => ?)
                      """,
                      hash,
                      idle.toSeconds(),
                      longest.toSeconds())
                  .map(
                      (row, context) ->
                          new Session(
                              AccountStore.read(row),
                              row.getString("method"),
                              row.getTimestamp("began_at").toInstant()))
                  .findOne();
          if (used && found.isPresent()) {
            handle.execute(
                "UPDATE session SET used_at = now()"
                    + " WHERE hash = ? AND used_at < now() - interval '1 minute'",
                hash);
          }
          return found;
        });
  }

  /** Ends a session. */
  public void end(byte[] hash) {
    jdbi.useHandle(handle -> handle.execute("DELETE FROM session WHERE hash = ?", hash));
  }

  /** Ends every session of an account. */
  public void endAll(String account) {
    jdbi.useHandle(handle -> handle.execute("DELETE FROM session WHERE account = ?", account));
  }

  /** Keeps a code with which an account can sign in once. */
  public void addCode(byte[] hash, String account, Duration life) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "INSERT INTO sign_in_code (hash, account, expires_at)"
                    + " VALUES (?, ?, now() + make_interval(secs => ?))",
                hash,
                account,
                life.toSeconds()));
  }

  /** Uses up a code; returns whose it was, unless it is too late. */
  public Optional<String> takeCode(byte[] hash) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "DELETE FROM sign_in_code WHERE hash = ?"
                        + " RETURNING account, expires_at > now() AS good",
                    hash)
                .map((row, context) -> row.getBoolean("good") ? row.getString("account") : "")
                .findOne()
                .filter(account -> !account.isEmpty()));
  }

  /** Forgets what has ended. */
  public void removeEnded(Duration idle, Duration longest) {
    jdbi.useHandle(
        handle -> {
          handle.execute("DELETE FROM sign_in_code WHERE expires_at < now()");
          handle.execute(
              "DELETE FROM session WHERE used_at < now() - make_interval(secs => ?)"
                  + " OR created_at < now() - make_interval(secs => ?)",
              idle.toSeconds(),
              longest.toSeconds());
        });
  }
}
