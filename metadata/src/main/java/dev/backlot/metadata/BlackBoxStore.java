package dev.backlot.metadata;

import com.fasterxml.jackson.core.type.TypeReference;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/** Audits of two queries: how they stand, which rows differ, what was repaired. Thread-safe. */
public final class BlackBoxStore {
  private static final TypeReference<List<@Nullable String>> ROW = new TypeReference<>() {};
  private static final TypeReference<List<String>> TEXTS = new TypeReference<>() {};
  private static final TypeReference<List<List<String>>> KEYS = new TypeReference<>() {};
  private static final int KEPT_REPAIRS = 100;

  private final Jdbi jdbi;

  BlackBoxStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** How an audit stands. */
  public enum State {
    /** It has not looked yet. */
    WAITING,
    /** Nothing differed at the last look. */
    EQUAL,
    /** Rows differed, but not for long enough to count. */
    SUSPECT,
    /** Rows differ that count. */
    DIFFERENT,
    /** The last look could not be finished. */
    FAILED;

    /** Returns the word that is stored. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * An audit.
   *
   * @param lookedAt begin of the last finished look
   * @param provenAt as of when both sides are known to be equal
   * @param asked whether somebody waits for a look
   * @param columns of both results, in order
   */
  public record Status(
      State state,
      String reason,
      Instant since,
      Optional<Instant> lookedAt,
      Optional<Instant> provenAt,
      long sourceRows,
      long targetRows,
      long looks,
      boolean asked,
      List<String> columns) {
    /** Copies what is mutable. */
    public Status {
      columns = List.copyOf(columns);
    }
  }

  /** A row that differed at the last look, and at {@code looks} in a row. */
  public record Row(
      List<String> key,
      Optional<List<@Nullable String>> source,
      Optional<List<@Nullable String>> target,
      boolean doubled,
      Instant firstSeen,
      Instant lastSeen,
      int looks) {}

  /** A repair: which keys were dumped again, and who asked. */
  public record Repair(long dump, List<List<String>> keys, String askedBy, Instant at) {}

  /** Returns whether a look is due; an audit that is not known yet is. */
  public boolean isDue(String audit) {
    return jdbi.withHandle(
        handle -> {
          Optional<Boolean> due =
              handle
                  .select(
                      "SELECT asked_at IS NOT NULL OR next_at <= now() FROM black_box_audit"
                          + " WHERE audit = ?",
                      audit)
                  .mapTo(Boolean.class)
                  .findOne();
          if (due.isEmpty()) {
            handle.execute(
                "INSERT INTO black_box_audit (audit) VALUES (?) ON CONFLICT DO NOTHING", audit);
          }
          return due.orElse(true);
        });
  }

  /** Asks for a look at once. */
  public void ask(String audit) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "INSERT INTO black_box_audit (audit, asked_at) VALUES (?, now())"
                    + " ON CONFLICT (audit) DO UPDATE SET asked_at = now()",
                audit));
  }

  /** Returns how an audit stands. */
  public Optional<Status> status(String audit) {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT * FROM black_box_audit WHERE audit = ?", audit)
                .map((row, context) -> status(row))
                .findOne());
  }

  /**
   * Writes what a look found, in one transaction.
   *
   * @param nextAt when the next one is due
   */
  public void looked(String audit, Status status, List<Row> rows, Instant nextAt) {
    jdbi.useTransaction(
        handle -> {
          handle.execute(
              """
              UPDATE black_box_audit SET asked_at = CASE WHEN asked_at > ? THEN asked_at END,
                since = CASE WHEN state = ? THEN since ELSE now() END, state = ?, reason = ?,
                looked_at = ?, proven_at = ?, next_at = ?, source_rows = ?, target_rows = ?,
                looks = looks + 1, columns = CAST(? AS jsonb)
              WHERE audit = ?
              """,
              status.lookedAt().map(Timestamp::from).orElse(null),
              status.state().label(),
              status.state().label(),
              status.reason(),
              status.lookedAt().map(Timestamp::from).orElse(null),
              status.provenAt().map(Timestamp::from).orElse(null),
              Timestamp.from(nextAt),
              status.sourceRows(),
              status.targetRows(),
              Json.write(status.columns()),
              audit);
          handle.execute("DELETE FROM black_box_suspect WHERE audit = ?", audit);
          if (rows.isEmpty()) {
            return;
          }
          PreparedBatch batch =
              handle.prepareBatch(
                  "INSERT INTO black_box_suspect VALUES (?, CAST(? AS jsonb), CAST(? AS jsonb),"
                      + " CAST(? AS jsonb), ?, ?, ?, ?)");
          for (Row row : rows) {
            batch.add(
                audit,
                Json.write(row.key()),
                row.source().map(Json::write).orElse(null),
                row.target().map(Json::write).orElse(null),
                row.doubled(),
                Timestamp.from(row.firstSeen()),
                Timestamp.from(row.lastSeen()),
                row.looks());
          }
          batch.execute();
        });
  }

  /** Writes that a look could not be finished; what is known of rows stays. */
  public void failed(String audit, String reason, Instant nextAt) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE black_box_audit SET asked_at = NULL, since = CASE WHEN state = 'failed'"
                    + " THEN since ELSE now() END, state = 'failed', reason = ?, next_at = ?"
                    + " WHERE audit = ?",
                reason,
                Timestamp.from(nextAt),
                audit));
  }

  /** Returns the rows that differed at the last look, by key. */
  public List<Row> rows(String audit) {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT * FROM black_box_suspect WHERE audit = ? ORDER BY key", audit)
                .map((row, context) -> row(row))
                .list());
  }

  /** Notes a repair, and forgets the oldest. */
  public void repaired(String audit, long dump, List<List<String>> keys, String askedBy) {
    jdbi.useTransaction(
        handle -> {
          handle.execute(
              "INSERT INTO black_box_repair (audit, dump, keys, asked_by)"
                  + " VALUES (?, ?, CAST(? AS jsonb), ?)",
              audit,
              dump,
              Json.write(keys),
              askedBy);
          handle.execute(
              "DELETE FROM black_box_repair WHERE audit = ? AND id NOT IN (SELECT id FROM"
                  + " black_box_repair WHERE audit = ? ORDER BY id DESC LIMIT "
                  + KEPT_REPAIRS
                  + ")",
              audit,
              audit);
        });
  }

  /** Returns an audit's repairs, newest first. */
  public List<Repair> repairs(String audit) {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT * FROM black_box_repair WHERE audit = ? ORDER BY id DESC", audit)
                .map(
                    (row, context) ->
                        new Repair(
                            row.getLong("dump"),
                            Json.read(row.getString("keys"), KEYS),
                            row.getString("asked_by"),
                            row.getTimestamp("at").toInstant()))
                .list());
  }

  /** Forgets an audit. */
  public void forget(String audit) {
    jdbi.useTransaction(
        handle -> {
          for (String table : List.of("black_box_repair", "black_box_suspect", "black_box_audit")) {
            handle.execute("DELETE FROM " + table + " WHERE audit = ?", audit);
          }
        });
  }

  private static Status status(ResultSet row) throws SQLException {
    return new Status(
        State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
        row.getString("reason"),
        row.getTimestamp("since").toInstant(),
        Optional.ofNullable(row.getTimestamp("looked_at")).map(Timestamp::toInstant),
        Optional.ofNullable(row.getTimestamp("proven_at")).map(Timestamp::toInstant),
        row.getLong("source_rows"),
        row.getLong("target_rows"),
        row.getLong("looks"),
        row.getTimestamp("asked_at") != null,
        Json.read(row.getString("columns"), TEXTS));
  }

  private static Row row(ResultSet row) throws SQLException {
    String source = row.getString("source_row");
    String target = row.getString("target_row");
    return new Row(
        Json.read(row.getString("key"), TEXTS),
        source == null ? Optional.empty() : Optional.of(Json.read(source, ROW)),
        target == null ? Optional.empty() : Optional.of(Json.read(target, ROW)),
        row.getBoolean("doubled"),
        row.getTimestamp("first_seen").toInstant(),
        row.getTimestamp("last_seen").toInstant(),
        row.getInt("looks"));
  }
}
