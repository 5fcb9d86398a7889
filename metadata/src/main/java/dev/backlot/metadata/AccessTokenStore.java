package dev.backlot.metadata;

import dev.backlot.metadata.AccountStore.Account;
import dev.backlot.metadata.AccountStore.Rights;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** Tokens of people and services; only hashes of them are kept. Thread-safe. */
public final class AccessTokenStore {
  private final Jdbi jdbi;

  AccessTokenStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * A token, without itself.
   *
   * @param account whose it is; empty for a service's
   * @param rights what it was given; an account's never does more than the account itself
   * @param createdBy who made it
   */
  public record AccessToken(
      String name,
      Optional<String> account,
      Rights rights,
      String createdBy,
      Instant createdAt,
      Optional<Instant> expiresAt,
      Optional<Instant> usedAt) {
    /** Returns whether it is too late for it. */
    public boolean isExpired(Instant now) {
      return expiresAt.filter(end -> !end.isAfter(now)).isPresent();
    }
  }

  /** A token with the account as it is now; of a service it has none. */
  public record Found(AccessToken token, Optional<Account> account) {}

  /** Returns all tokens, by name. */
  public List<AccessToken> list() {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT * FROM access_token ORDER BY name")
                .map((row, context) -> read(row))
                .list());
  }

  /** Returns the token of a name. */
  public Optional<AccessToken> find(String name) {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT * FROM access_token WHERE name = ?", name)
                .map((row, context) -> read(row))
                .findOne());
  }

  /** Adds a token; returns false when its name is taken. */
  public boolean add(
      String name,
      byte[] hash,
      Optional<String> account,
      Rights rights,
      String createdBy,
      Optional<Instant> expiresAt) {
    return jdbi.withHandle(
            handle ->
                handle.execute(
                    """
                    INSERT INTO access_token
                      (name, hash, account, roles, teams, clearances, created_by, expires_at)
                    VALUES (?, ?, ?, ?::text[], ?::text[], ?::text[], ?, ?)
                    ON CONFLICT (name) DO NOTHING
                    """,
                    name,
                    hash,
                    account.orElse(null),
                    AccountStore.array(rights.roles()),
                    AccountStore.array(rights.teams()),
                    AccountStore.array(rights.clearances()),
                    createdBy,
                    expiresAt.map(Timestamp::from).orElse(null)))
        == 1;
  }

  /** Removes a token; it is not accepted any more. */
  public boolean remove(String name) {
    return jdbi.withHandle(
            handle -> handle.execute("DELETE FROM access_token WHERE name = ?", name))
        == 1;
  }

  /** Returns the token of a hash, expired or not, and notes that it is used. */
  public Optional<Found> use(byte[] hash) {
    return jdbi.withHandle(
        handle -> {
          Optional<AccessToken> token =
              handle
                  .select("SELECT * FROM access_token WHERE hash = ?", hash)
                  .map((row, context) -> read(row))
                  .findOne();
          if (token.isEmpty()) {
            return Optional.empty();
          }
          handle.execute(
              "UPDATE access_token SET used_at = now() WHERE hash = ?"
                  + " AND coalesce(used_at < now() - interval '1 minute', true)",
              hash);
          Optional<Account> account =
              token
                  .get()
                  .account()
                  .flatMap(
                      name ->
                          handle
                              .select("SELECT * FROM account WHERE name = ?", name)
                              .map((row, context) -> AccountStore.read(row))
                              .findOne());
          return Optional.of(new Found(token.get(), account));
        });
  }

  private static AccessToken read(ResultSet row) throws SQLException {
    return new AccessToken(
        row.getString("name"),
        Optional.ofNullable(row.getString("account")),
        AccountStore.rights(row),
        row.getString("created_by"),
        row.getTimestamp("created_at").toInstant(),
        Optional.ofNullable(row.getTimestamp("expires_at")).map(Timestamp::toInstant),
        Optional.ofNullable(row.getTimestamp("used_at")).map(Timestamp::toInstant));
  }
}
