package dev.backlot.metadata;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was measured in the last hours and days. Every {@link Step#FINE} all series of a moment are
 * written as one row; whole minutes are kept longer. Bounded in time and in the number of series.
 * One process writes; reading is thread-safe.
 */
public final class HistoryStore {
  private static final Logger LOG = LoggerFactory.getLogger(HistoryStore.class);

  /** More series than this are not kept. */
  public static final int MOST_SERIES = 20_000;

  private static final Duration ALIVE_EVERY = Duration.ofHours(1);

  private final Jdbi jdbi;
  private final Map<Series, Integer> slots = new HashMap<>();
  private final Deque<Integer> free = new ArrayDeque<>();
  private int highest;
  private boolean loaded;
  private Instant rolledUp = Instant.EPOCH;
  private Instant saidAlive = Instant.EPOCH;

  HistoryStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** How far apart readings are, and for how long they are kept. */
  public enum Step {
    FINE(Duration.ofSeconds(10), Duration.ofHours(6)),
    /** The highest reading of a minute; of rates, their mean. */
    COARSE(Duration.ofMinutes(1), Duration.ofDays(7));

    private final Duration length;
    private final Duration kept;

    Step(Duration length, Duration kept) {
      this.length = length;
      this.kept = kept;
    }

    /** Returns the time between two readings. */
    public Duration length() {
      return length;
    }

    /** Returns how long they are kept. */
    public Duration kept() {
      return kept;
    }

    int seconds() {
      return (int) length.toSeconds();
    }

    /** Returns when the step begins that a moment lies in. */
    public Instant begin(Instant moment) {
      long seconds = moment.getEpochSecond();
      return Instant.ofEpochSecond(seconds - Math.floorMod(seconds, length.toSeconds()));
    }
  }

  /**
   * What is measured.
   *
   * @param name such as {@code lag_seconds}; names that end in {@code rate} are averaged
   * @param subject such as {@code pipeline:movie_report}
   */
  public record Series(String name, String subject) {}

  /**
   * Readings of one moment.
   *
   * @param values in the order in which they were asked for, null where nothing was known
   */
  public record Moment(Instant at, List<@Nullable Double> values) {}

  /** Writes what was measured at a moment, and tidies up. */
  public synchronized void write(Instant moment, Map<Series, Double> measured) {
    jdbi.useTransaction(
        handle -> {
          load(handle);
          Set<Series> unknown = new HashSet<>(measured.keySet());
          unknown.removeAll(slots.keySet());
          unknown.forEach(series -> begin(handle, series));
          Float[] readings = new Float[highest];
          Arrays.fill(readings, Float.NaN);
          measured.forEach(
              (series, value) -> {
                Integer slot = slots.get(series);
                if (slot != null) {
                  readings[slot - 1] = value.floatValue();
                }
              });
          handle.execute(
              "INSERT INTO history (step, at, readings) VALUES (?, ?, CAST(? AS real[]))"
                  + " ON CONFLICT DO NOTHING",
              Step.FINE.seconds(),
              Timestamp.from(Step.FINE.begin(moment)),
              array(readings));
          rollUp(handle, moment);
          if (saidAlive.plus(ALIVE_EVERY).isBefore(moment)) {
            sayAlive(handle, moment, measured.keySet());
          }
        });
  }

  private static String array(Float[] readings) {
    StringJoiner array = new StringJoiner(",", "{", "}");
    for (Float reading : readings) {
      array.add(reading.toString());
    }
    return array.toString();
  }

  private void load(Handle handle) {
    if (loaded) {
      return;
    }
    slots.clear();
    free.clear();
    highest = 0;
    Set<Integer> taken = new HashSet<>();
    handle
        .select("SELECT slot, name, subject FROM history_series")
        .map(
            (row, context) ->
                Map.entry(
                    new Series(row.getString("name"), row.getString("subject")),
                    row.getInt("slot")))
        .forEach(
            entry -> {
              slots.put(entry.getKey(), entry.getValue());
              taken.add(entry.getValue());
              highest = Math.max(highest, entry.getValue());
            });
    for (int slot = 1; slot <= highest; slot++) {
      if (!taken.contains(slot)) {
        free.add(slot);
      }
    }
    loaded = true;
  }

  /** Begins anew from what the database has, as when another process has written meanwhile. */
  public synchronized void forgetWhatIsKnown() {
    loaded = false;
  }

  private void begin(Handle handle, Series series) {
    if (slots.size() >= MOST_SERIES) {
      LOG.debug("No place for {}", series);
      return;
    }
    int slot = free.isEmpty() ? highest + 1 : free.remove();
    handle.execute(
        "INSERT INTO history_series (slot, name, subject) VALUES (?, ?, ?)",
        slot,
        series.name(),
        series.subject());
    highest = Math.max(highest, slot);
    slots.put(series, slot);
  }

  /** Keeps whole minutes, once each is over, and lets old readings go. */
  private void rollUp(Handle handle, Instant moment) {
    Instant minute = Step.COARSE.begin(moment).minus(Step.COARSE.length());
    if (!minute.isAfter(rolledUp)) {
      return;
    }
    handle.execute(
        """
        INSERT INTO history (step, at, readings)
        SELECT ?, ?, array_agg(coalesce(reading, 'NaN') ORDER BY slot)
        FROM (
          SELECT each.slot, CASE WHEN max(series.name) LIKE '%rate'
              THEN avg(each.reading) FILTER (WHERE each.reading <> 'NaN')
              ELSE max(each.reading) FILTER (WHERE each.reading <> 'NaN') END AS reading
          FROM history CROSS JOIN unnest(readings) WITH ORDINALITY AS each (reading, slot)
          LEFT JOIN history_series series ON series.slot = each.slot
          WHERE step = ? AND at >= ? AND at < ?
          GROUP BY each.slot) minute
        HAVING count(*) > 0
        ON CONFLICT DO NOTHING
        """,
        Step.COARSE.seconds(),
        Timestamp.from(minute),
        Step.FINE.seconds(),
        Timestamp.from(minute),
        Timestamp.from(minute.plus(Step.COARSE.length())));
    for (Step step : Step.values()) {
      handle.execute(
          "DELETE FROM history WHERE step = ? AND at < ?",
          step.seconds(),
          Timestamp.from(moment.minus(step.kept())));
    }
    rolledUp = minute;
  }

  /** Frees the places of what has not been measured for as long as anything is kept. */
  private void sayAlive(Handle handle, Instant moment, Set<Series> measured) {
    Integer[] alive =
        measured.stream().map(slots::get).filter(slot -> slot != null).toArray(Integer[]::new);
    handle.execute(
        "UPDATE history_series SET last_at = ? WHERE slot = ANY (?)",
        Timestamp.from(moment),
        (Object) alive);
    int gone =
        handle.execute(
            "DELETE FROM history_series WHERE last_at < ?",
            Timestamp.from(moment.minus(Step.COARSE.kept())));
    if (gone > 0) {
      loaded = false;
    }
    saidAlive = moment;
  }

  /**
   * Returns readings of one subject, oldest first; moments at which nothing was written are left
   * out.
   *
   * @param names which series, in the order of the values
   */
  public List<Moment> read(String subject, List<String> names, Step step, Instant from) {
    return jdbi.withHandle(
        handle -> {
          Map<String, Integer> found = new LinkedHashMap<>();
          Map<String, Instant> since = new TreeMap<>();
          handle
              .select("SELECT slot, name, since FROM history_series WHERE subject = ?", subject)
              .map(
                  (row, context) -> {
                    found.put(row.getString("name"), row.getInt("slot"));
                    since.put(row.getString("name"), row.getTimestamp("since").toInstant());
                    return "";
                  })
              .list();
          if (names.stream().noneMatch(found::containsKey)) {
            return List.of();
          }
          StringBuilder columns = new StringBuilder();
          names.forEach(
              name ->
                  columns.append(
                      found.containsKey(name) ? ", readings[" + found.get(name) + "]" : ", NULL"));
          return handle
              .select(
                  "SELECT at" + columns + " FROM history WHERE step = ? AND at >= ? ORDER BY at",
                  step.seconds(),
                  Timestamp.from(from))
              .map(
                  (row, context) -> {
                    Instant at = row.getTimestamp(1).toInstant();
                    List<@Nullable Double> values = new ArrayList<>();
                    for (int i = 0; i < names.size(); i++) {
                      double value = row.getDouble(i + 2);
                      Instant begun = since.getOrDefault(names.get(i), Instant.MAX);
                      boolean known =
                          !row.wasNull()
                              && !Double.isNaN(value)
                              && at.plus(step.length()).isAfter(begun);
                      values.add(known ? value : null);
                    }
                    return new Moment(at, values);
                  })
              .list();
        });
  }

  /** Returns the names of the series that a subject has. */
  public List<String> names(String subject) {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT name FROM history_series WHERE subject = ? ORDER BY name", subject)
                .mapTo(String.class)
                .list());
  }
}
