package dev.backlot.metadata;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/** What endpoints said when they were last asked, one row per endpoint. Thread-safe. */
public final class EndpointStore {
  private final Jdbi jdbi;

  EndpointStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * What is known of an endpoint.
   *
   * @param url that was asked
   * @param reachable whether it answered last time
   * @param reason why not, or empty
   * @param since when that began
   * @param schema the last one that it gave, in GraphQL's schema language
   * @param schemaHash of that schema, or empty
   * @param schemaAt when that schema was first seen
   */
  public record Status(
      String url,
      boolean reachable,
      String reason,
      Instant since,
      Instant checkedAt,
      Optional<String> schema,
      String schemaHash,
      Optional<Instant> schemaAt) {}

  /** Returns what is known of an endpoint; empty before it was first asked. */
  public Optional<Status> find(String endpoint) {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT * FROM endpoint_status WHERE endpoint = ?", endpoint)
                .map((row, context) -> read(row))
                .findOne());
  }

  /** Notes that an endpoint gave its schema. */
  public void reached(String endpoint, String url, String schema, String hash) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                """
                INSERT INTO endpoint_status (endpoint, url, state, schema, schema_hash, schema_at)
                VALUES (?, ?, 'ready', ?, ?, now())
                ON CONFLICT (endpoint) DO UPDATE SET
                  since = CASE WHEN endpoint_status.state = 'ready'
                    THEN endpoint_status.since ELSE now() END,
                  schema_at = CASE WHEN endpoint_status.schema_hash = excluded.schema_hash
                    THEN endpoint_status.schema_at ELSE now() END,
                  url = excluded.url, state = 'ready', reason = '', checked_at = now(),
                  schema = excluded.schema, schema_hash = excluded.schema_hash
                """,
                endpoint,
                url,
                schema,
                hash));
  }

  /** Notes that an endpoint did not give its schema; what it gave before is kept for its URL. */
  public void failed(String endpoint, String url, String reason) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                """
                INSERT INTO endpoint_status (endpoint, url, state, reason)
                VALUES (?, ?, 'unreachable', ?)
                ON CONFLICT (endpoint) DO UPDATE SET
                  since = CASE WHEN endpoint_status.state = 'unreachable'
                    THEN endpoint_status.since ELSE now() END,
                  schema = CASE WHEN endpoint_status.url = excluded.url
                    THEN endpoint_status.schema END,
                  schema_hash = CASE WHEN endpoint_status.url = excluded.url
                    THEN endpoint_status.schema_hash ELSE '' END,
                  schema_at = CASE WHEN endpoint_status.url = excluded.url
                    THEN endpoint_status.schema_at END,
                  url = excluded.url, state = 'unreachable', reason = excluded.reason,
                  checked_at = now()
                """,
                endpoint,
                url,
                reason));
  }

  /** Forgets an endpoint that is no longer declared. */
  public void remove(String endpoint) {
    jdbi.useHandle(
        handle -> handle.execute("DELETE FROM endpoint_status WHERE endpoint = ?", endpoint));
  }

  private static Status read(ResultSet row) throws SQLException {
    return new Status(
        row.getString("url"),
        row.getString("state").equals("ready"),
        row.getString("reason"),
        row.getTimestamp("since").toInstant(),
        row.getTimestamp("checked_at").toInstant(),
        Optional.ofNullable(row.getString("schema")),
        row.getString("schema_hash"),
        Optional.ofNullable(row.getTimestamp("schema_at")).map(Timestamp::toInstant));
  }
}
