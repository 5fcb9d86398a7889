package dev.backlot.metadata;

import com.fasterxml.jackson.core.type.TypeReference;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/** What audits have proven of tables, what they found, and their rounds. Thread-safe. */
public final class AuditStore {
  private static final TypeReference<Map<String, Object>> REPORT = new TypeReference<>() {};
  private static final TypeReference<List<List<String>>> KEYS = new TypeReference<>() {};
  private static final TypeReference<List<String>> KEY = new TypeReference<>() {};
  private static final TypeReference<List<Map<String, String>>> COLUMNS = new TypeReference<>() {};
  private static final int KEPT_ROUNDS = 50;

  private final Jdbi jdbi;

  AuditStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** What is known of a table's rows of one Source. */
  public enum ProofState {
    /** No round has ended yet. */
    NEW,
    EQUAL,
    DIFFERENT,
    /** It can't be told now; the reason says why. */
    WAITING,
    FAILED,
    /** It can't be told by comparing at one position; the reason says why. */
    UNPROVEN;

    /** Returns the word that is stored and shown. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What a round does about differences. */
  public enum Repair {
    NEVER,
    DRY_RUN,
    REPAIR;

    /** Returns the word that is stored and shown. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What a round is doing. */
  public enum State {
    REQUESTED,
    RUNNING,
    DONE,
    FAILED;

    /** Returns the word that is stored and shown. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A proof.
   *
   * @param provenAt equal as of; it stays while a later state differs
   * @param leftOut columns that are not compared, each as {@code column} and {@code reason}
   * @param since when the state began
   * @param lookedAt when it was judged last
   */
  public record Proof(
      String table,
      String source,
      String pipeline,
      ProofState state,
      String reason,
      Optional<Instant> provenAt,
      long comparedRows,
      long movingKeys,
      List<Map<String, String>> leftOut,
      Instant since,
      Instant lookedAt) {}

  /**
   * A round.
   *
   * @param keys only these; empty for the whole table
   * @param report empty before it has ended
   */
  public record Round(
      long id,
      String table,
      boolean asked,
      Repair repair,
      Optional<List<List<String>>> keys,
      State state,
      String reason,
      Instant requestedAt,
      Optional<Instant> startedAt,
      Optional<Instant> finishedAt,
      Map<String, Object> report) {}

  /**
   * A confirmed difference.
   *
   * @param kind missing, extra, different, doubled or unexplained
   * @param columns those that differ, each as {@code column}, {@code source} and {@code table};
   *     NULL has no entry
   * @param place of the row that is too many; else empty
   * @param cause where known
   */
  public record Difference(
      String table,
      String source,
      List<String> key,
      String kind,
      List<Map<String, String>> columns,
      String place,
      String cause,
      Instant foundAt) {}

  /** Notes that a round is wanted or due. Returns its id. */
  public long request(
      String table, boolean asked, Repair repair, @Nullable List<List<String>> keys) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "INSERT INTO audit_round (table_name, asked, repair, keys, state)"
                        + " VALUES (?, ?, ?, CAST(? AS jsonb), 'requested') RETURNING id",
                    table,
                    asked,
                    repair.label(),
                    keys == null ? null : Json.write(keys))
                .mapTo(Long.class)
                .one());
  }

  /** Says that a round begins; it begins anew when the controller that ran it has ended. */
  public void start(long id) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE audit_round SET state = 'running', started_at = now() WHERE id = ?", id));
  }

  /** Says why a round that somebody asked for can't be done yet. */
  public void waits(long id, String reason) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE audit_round SET state = 'requested', reason = ? WHERE id = ?", reason, id));
  }

  /** Forgets a round that found nothing out. */
  public void drop(long id) {
    jdbi.useHandle(handle -> handle.execute("DELETE FROM audit_round WHERE id = ?", id));
  }

  /** Ends a round, and forgets the oldest of its table. */
  public void finish(long id, State state, String reason, Map<String, ?> report) {
    jdbi.useTransaction(
        handle -> {
          handle.execute(
              "UPDATE audit_round SET state = ?, reason = ?, finished_at = now(),"
                  + " report = CAST(? AS jsonb) WHERE id = ?",
              state.label(),
              reason,
              Json.write(report),
              id);
          handle.execute(
              "DELETE FROM audit_round r USING audit_round this WHERE this.id = ?"
                  + " AND r.table_name = this.table_name AND r.state IN ('done', 'failed')"
                  + " AND r.id NOT IN (SELECT id FROM audit_round k"
                  + " WHERE k.table_name = this.table_name ORDER BY id DESC LIMIT "
                  + KEPT_ROUNDS
                  + ")",
              id);
        });
  }

  /** Fails the due rounds of a table that a controller left behind when it ended. */
  public void abandon(String table) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE audit_round SET state = 'failed', finished_at = now(),"
                    + " reason = 'The controller that ran it has ended.'"
                    + " WHERE table_name = ? AND NOT asked AND state IN ('requested', 'running')",
                table));
  }

  /** Returns a round by its id. */
  public Optional<Round> find(long id) {
    return rounds("WHERE id = ?", id).stream().findFirst();
  }

  /** Returns some rounds of a table, the newest first. */
  public List<Round> ofTable(String table, int most) {
    return rounds("WHERE table_name = ? ORDER BY id DESC LIMIT " + most, table);
  }

  /**
   * Returns every round that has not ended, and the newest that somebody asked for or that failed.
   */
  public List<Round> newest(int ended) {
    return rounds(
        "WHERE state IN ('requested', 'running') OR id IN (SELECT id FROM audit_round"
            + " WHERE state = 'failed' OR (state = 'done' AND asked) ORDER BY id DESC LIMIT ?)"
            + " ORDER BY id DESC",
        ended);
  }

  /** Returns the newest round of each table that has ended, by table. */
  public Map<String, Round> lastEnded() {
    Map<String, Round> last = new java.util.TreeMap<>();
    rounds(
            "WHERE id IN (SELECT max(id) FROM audit_round WHERE state IN ('done', 'failed')"
                + " GROUP BY table_name)")
        .forEach(round -> last.put(round.table(), round));
    return last;
  }

  /** Returns all proofs, by table and Source. */
  public List<Proof> proofs() {
    return queryProofs("");
  }

  /** Returns the proofs of a table, by Source. */
  public List<Proof> proofs(String table) {
    return queryProofs("WHERE table_name = ?", table);
  }

  /** Writes what is known now; an earlier proof's time stays unless there is a newer one. */
  public void prove(Proof proof) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                """
                INSERT INTO audit_proof (table_name, source, pipeline, state, reason, proven_at,
                  compared_rows, moving_keys, left_out)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, CAST(? AS jsonb))
                ON CONFLICT (table_name, source) DO UPDATE SET pipeline = excluded.pipeline,
                  since = CASE WHEN audit_proof.state = excluded.state
                    THEN audit_proof.since ELSE now() END,
                  state = excluded.state, reason = excluded.reason,
                  proven_at = coalesce(excluded.proven_at, audit_proof.proven_at),
                  compared_rows = excluded.compared_rows, moving_keys = excluded.moving_keys,
                  left_out = excluded.left_out, looked_at = now()
                """,
                proof.table(),
                proof.source(),
                proof.pipeline(),
                proof.state().label(),
                proof.reason(),
                proof.provenAt().map(Timestamp::from).orElse(null),
                proof.comparedRows(),
                proof.movingKeys(),
                Json.write(proof.leftOut())));
  }

  /** Changes a proof's state and reason only. */
  public void setState(String table, String source, ProofState state, String reason) {
    jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE audit_proof SET since = CASE WHEN state = ? THEN since ELSE now() END,"
                    + " state = ?, reason = ?, looked_at = now()"
                    + " WHERE table_name = ? AND source = ?",
                state.label(),
                state.label(),
                reason,
                table,
                source));
  }

  /** Returns a table's confirmed differences, or all, some of them. */
  public List<Difference> differences(Optional<String> table, int most) {
    String limit = " ORDER BY table_name, found_at, source, key LIMIT " + most;
    return table.isEmpty()
        ? differences(limit)
        : differences("WHERE table_name = ?" + limit, table.get());
  }

  /** Returns how many differences each table has. */
  public Map<String, Long> differenceCounts() {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT table_name, count(*) AS n FROM audit_difference GROUP BY 1")
                .reduceRows(
                    new java.util.TreeMap<String, Long>(),
                    (counts, row) -> {
                      counts.put(
                          row.getColumn("table_name", String.class),
                          row.getColumn("n", Long.class));
                      return counts;
                    }));
  }

  /**
   * Replaces the differences of a table's rows of one Source; those that stay keep their time.
   *
   * @param keys only differences of these keys are replaced; empty for all
   */
  public void replace(
      String table,
      String source,
      Optional<List<List<String>>> keys,
      List<Difference> differences) {
    jdbi.useTransaction(
        handle -> {
          List<Difference> old = read(handle, "WHERE table_name = ? AND source = ?", table, source);
          for (Difference known : old) {
            boolean judged = keys.isEmpty() || keys.get().contains(known.key());
            boolean stays = differences.stream().anyMatch(now -> same(now, known));
            if (judged && !stays) {
              handle.execute(
                  "DELETE FROM audit_difference WHERE table_name = ? AND source = ?"
                      + " AND key = CAST(? AS jsonb) AND kind = ? AND place = ?",
                  table,
                  source,
                  Json.write(known.key()),
                  known.kind(),
                  known.place());
            }
          }
          insert(handle, differences);
        });
  }

  private static boolean same(Difference a, Difference b) {
    return a.key().equals(b.key()) && a.kind().equals(b.kind()) && a.place().equals(b.place());
  }

  private static void insert(Handle handle, List<Difference> differences) {
    if (differences.isEmpty()) {
      return;
    }
    PreparedBatch batch =
        handle.prepareBatch(
            "INSERT INTO audit_difference (table_name, source, key, kind, columns, place, cause)"
                + " VALUES (?, ?, CAST(? AS jsonb), ?, CAST(? AS jsonb), ?, ?)"
                + " ON CONFLICT (table_name, source, key, kind, place) DO UPDATE"
                + " SET columns = excluded.columns, cause = excluded.cause");
    for (Difference difference : differences) {
      batch.add(
          difference.table(),
          difference.source(),
          Json.write(difference.key()),
          difference.kind(),
          Json.write(difference.columns()),
          difference.place(),
          difference.cause());
    }
    batch.execute();
  }

  /** Forgets what is known of a table that is gone, or of Sources that it has no more. */
  public void forget(String table, List<String> remainingSources) {
    jdbi.useTransaction(
        handle -> {
          List<Object> arguments = new ArrayList<>(List.of(table));
          String others = "";
          if (!remainingSources.isEmpty()) {
            others =
                " AND source NOT IN ("
                    + String.join(", ", remainingSources.stream().map(s -> "?").toList())
                    + ")";
            arguments.addAll(remainingSources);
          }
          Object[] values = arguments.toArray();
          handle.execute("DELETE FROM audit_proof WHERE table_name = ?" + others, values);
          handle.execute("DELETE FROM audit_difference WHERE table_name = ?" + others, values);
        });
  }

  private List<Proof> queryProofs(String where, Object... arguments) {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT * FROM audit_proof " + where + " ORDER BY table_name, source",
                    arguments)
                .map((row, context) -> proof(row))
                .list());
  }

  private static Proof proof(ResultSet row) throws SQLException {
    return new Proof(
        row.getString("table_name"),
        row.getString("source"),
        row.getString("pipeline"),
        ProofState.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
        row.getString("reason"),
        Optional.ofNullable(row.getTimestamp("proven_at")).map(Timestamp::toInstant),
        row.getLong("compared_rows"),
        row.getLong("moving_keys"),
        Json.read(row.getString("left_out"), COLUMNS),
        row.getTimestamp("since").toInstant(),
        row.getTimestamp("looked_at").toInstant());
  }

  private List<Round> rounds(String where, Object... arguments) {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT * FROM audit_round " + where, arguments)
                .map((row, context) -> round(row))
                .list());
  }

  private static Round round(ResultSet row) throws SQLException {
    String report = row.getString("report");
    String keys = row.getString("keys");
    return new Round(
        row.getLong("id"),
        row.getString("table_name"),
        row.getBoolean("asked"),
        Repair.valueOf(row.getString("repair").toUpperCase(Locale.ROOT)),
        keys == null ? Optional.empty() : Optional.of(Json.read(keys, KEYS)),
        State.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
        row.getString("reason"),
        row.getTimestamp("requested_at").toInstant(),
        Optional.ofNullable(row.getTimestamp("started_at")).map(Timestamp::toInstant),
        Optional.ofNullable(row.getTimestamp("finished_at")).map(Timestamp::toInstant),
        report == null ? Map.of() : Json.read(report, REPORT));
  }

  private List<Difference> differences(String where, Object... arguments) {
    return jdbi.withHandle(handle -> read(handle, where, arguments));
  }

  private static List<Difference> read(Handle handle, String where, Object... arguments) {
    return handle
        .select("SELECT * FROM audit_difference " + where, arguments)
        .map(
            (row, context) ->
                new Difference(
                    row.getString("table_name"),
                    row.getString("source"),
                    Json.read(row.getString("key"), KEY),
                    row.getString("kind"),
                    Json.read(row.getString("columns"), COLUMNS),
                    row.getString("place"),
                    row.getString("cause"),
                    row.getTimestamp("found_at").toInstant()))
        .list();
  }
}
