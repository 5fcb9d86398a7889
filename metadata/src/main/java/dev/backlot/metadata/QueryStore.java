package dev.backlot.metadata;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** Queries that each user keeps, and those that they ran last. Thread-safe. */
public final class QueryStore {
  private static final int MOST_RECENT = 50;

  private final Jdbi jdbi;

  QueryStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** A query that a user keeps under a name. */
  public record Saved(long id, String name, String sql, Instant createdAt, Instant updatedAt) {}

  /**
   * A query that a user ran.
   *
   * @param outcome {@code done}, {@code failed} or {@code cancelled}
   * @param rows how many were shown
   */
  public record Recent(String sql, Instant ranAt, String outcome, long rows, long millis) {}

  /** Returns the queries that a user keeps, by name. */
  public List<Saved> saved(String account) {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT * FROM saved_query WHERE account = ? ORDER BY name, id", account)
                .map((row, context) -> saved(row))
                .list());
  }

  /** Returns a user's own query. */
  public Optional<Saved> find(String account, long id) {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT * FROM saved_query WHERE account = ? AND id = ?", account, id)
                .map((row, context) -> saved(row))
                .findOne());
  }

  /** Keeps a query, in place of the user's other one of the same name. */
  public Saved save(String account, String name, String sql) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    """
                    INSERT INTO saved_query (account, name, sql) VALUES (?, ?, ?)
                    ON CONFLICT (account, name) DO UPDATE SET sql = excluded.sql, updated_at = now()
                    RETURNING *
                    """,
                    account,
                    name,
                    sql)
                .map((row, context) -> saved(row))
                .one());
  }

  /** Forgets a user's own query, and returns whether there was one. */
  public boolean delete(String account, long id) {
    return jdbi.withHandle(
        handle ->
            handle.execute("DELETE FROM saved_query WHERE account = ? AND id = ?", account, id)
                > 0);
  }

  /** Returns what a user ran last, newest first. */
  public List<Recent> recent(String account) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT * FROM recent_query WHERE account = ? ORDER BY ran_at DESC", account)
                .map(
                    (row, context) ->
                        new Recent(
                            row.getString("sql"),
                            row.getTimestamp("ran_at").toInstant(),
                            row.getString("outcome"),
                            row.getLong("result_rows"),
                            row.getLong("millis")))
                .list());
  }

  /** Notes that a user ran a query; the oldest ones are forgotten. */
  public void ran(String account, String sql, String outcome, long rows, long millis) {
    jdbi.useTransaction(
        handle -> {
          handle.execute(
              """
              INSERT INTO recent_query (account, digest, sql, outcome, result_rows, millis)
              VALUES (?, ?, ?, ?, ?, ?)
              ON CONFLICT (account, digest) DO UPDATE SET ran_at = now(),
                outcome = excluded.outcome, result_rows = excluded.result_rows,
                millis = excluded.millis
              """,
              account,
              digest(sql),
              sql,
              outcome,
              rows,
              millis);
          handle.execute(
              """
              DELETE FROM recent_query WHERE account = ? AND digest NOT IN (
                SELECT digest FROM recent_query WHERE account = ? ORDER BY ran_at DESC LIMIT ?)
              """,
              account,
              account,
              MOST_RECENT);
        });
  }

  private static String digest(String sql) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(sql.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Saved saved(ResultSet row) throws SQLException {
    return new Saved(
        row.getLong("id"),
        row.getString("name"),
        row.getString("sql"),
        row.getTimestamp("created_at").toInstant(),
        row.getTimestamp("updated_at").toInstant());
  }
}
