package dev.backlot.metadata;

import com.fasterxml.jackson.core.type.TypeReference;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;

/** Who changed what and who saw which data. Thread-safe. */
public final class AccessLogStore {
  private static final TypeReference<LinkedHashMap<String, Object>> DETAIL =
      new TypeReference<>() {};

  private final Jdbi jdbi;

  AccessLogStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** What became of what was asked. */
  public enum Outcome {
    /** It is under way, or the process died over it. */
    BEGUN,
    DONE,
    /** It was not allowed. */
    REFUSED,
    /** It was allowed, and could not be done. */
    FAILED;

    /** Returns the word that is stored. */
    public String label() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /**
   * Something that was done, seen or refused.
   *
   * @param caller who
   * @param address from where; empty when from the platform itself
   * @param action one verb
   * @param owner the team whose thing it is about; empty when nobody's
   * @param detail what else is known, without any secret
   */
  public record Entry(
      String caller,
      String address,
      String action,
      String kind,
      String name,
      String owner,
      Outcome outcome,
      Map<String, Object> detail) {}

  /** An entry as it was written. */
  public record StoredEntry(long id, Instant at, Entry entry) {}

  /**
   * Which entries are wanted; what is empty does not matter.
   *
   * @param visibleTo only this caller's own entries and those about things of these teams; all when
   *     empty
   * @param before only entries with a lower id, for the next page
   */
  public record Filter(
      Optional<Visible> visibleTo,
      Optional<String> caller,
      Optional<String> action,
      Optional<String> kind,
      Optional<String> name,
      Optional<String> outcome,
      Optional<Instant> from,
      Optional<Instant> until,
      Optional<Long> before) {}

  /** What a caller may see. */
  public record Visible(String caller, Set<String> teams) {}

  /** Writes an entry and returns its id; its time is the database's. */
  public long add(Entry entry) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "INSERT INTO access_log (caller, address, action, kind, name, owner, outcome,"
                        + " detail) VALUES (?, ?, ?, ?, ?, ?, ?, CAST(? AS jsonb)) RETURNING id",
                    entry.caller(),
                    entry.address(),
                    entry.action(),
                    entry.kind(),
                    entry.name(),
                    entry.owner(),
                    entry.outcome().label(),
                    Json.write(entry.detail()))
                .mapTo(Long.class)
                .one());
  }

  /** Says what became of an entry that was begun, and adds to its detail. */
  public void finish(long id, Outcome outcome, Map<String, Object> detail) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE access_log SET outcome = ?, detail = detail || CAST(? AS jsonb)"
                    + " WHERE id = ?",
                outcome.label(),
                Json.write(detail),
                id));
  }

  /** Returns the newest entries that pass a filter, newest first. */
  public List<StoredEntry> list(Filter filter, int limit) {
    StringBuilder sql = new StringBuilder("SELECT * FROM access_log WHERE true");
    filter
        .visibleTo()
        .ifPresent(unused -> sql.append(" AND (caller = :self OR owner = ANY(:teams::text[]))"));
    filter.caller().ifPresent(unused -> sql.append(" AND caller = :caller"));
    filter.action().ifPresent(unused -> sql.append(" AND action = :action"));
    filter.kind().ifPresent(unused -> sql.append(" AND kind = :kind"));
    filter.name().ifPresent(unused -> sql.append(" AND name = :name"));
    filter.outcome().ifPresent(unused -> sql.append(" AND outcome = :outcome"));
    filter.from().ifPresent(unused -> sql.append(" AND at >= :from"));
    filter.until().ifPresent(unused -> sql.append(" AND at < :until"));
    filter.before().ifPresent(unused -> sql.append(" AND id < :before"));
    sql.append(" ORDER BY id DESC LIMIT :limit");
    return jdbi.withHandle(
        handle -> {
          Query query = handle.createQuery(sql.toString()).bind("limit", limit);
          filter
              .visibleTo()
              .ifPresent(
                  visible ->
                      query
                          .bind("self", visible.caller())
                          .bind("teams", AccountStore.array(visible.teams())));
          filter.caller().ifPresent(value -> query.bind("caller", value));
          filter.action().ifPresent(value -> query.bind("action", value));
          filter.kind().ifPresent(value -> query.bind("kind", value));
          filter.name().ifPresent(value -> query.bind("name", value));
          filter.outcome().ifPresent(value -> query.bind("outcome", value));
          filter.from().ifPresent(value -> query.bind("from", Timestamp.from(value)));
          filter.until().ifPresent(value -> query.bind("until", Timestamp.from(value)));
          filter.before().ifPresent(value -> query.bind("before", value));
          return query.map((row, context) -> read(row)).list();
        });
  }

  /** Forgets entries that are older; returns how many. */
  public int removeOlder(Duration age) {
    return jdbi.withHandle(
        handle ->
            handle.execute(
                "DELETE FROM access_log WHERE at < now() - make_interval(secs => ?)",
                age.toSeconds()));
  }

  private static StoredEntry read(ResultSet row) throws SQLException {
    return new StoredEntry(
        row.getLong("id"),
        row.getTimestamp("at").toInstant(),
        new Entry(
            row.getString("caller"),
            row.getString("address"),
            row.getString("action"),
            row.getString("kind"),
            row.getString("name"),
            row.getString("owner"),
            Outcome.valueOf(row.getString("outcome").toUpperCase(java.util.Locale.ROOT)),
            Json.read(row.getString("detail"), DETAIL)));
  }
}
