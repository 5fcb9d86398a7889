package dev.backlot.controller.incident;

import dev.backlot.model.alert.AlertKind;
import dev.backlot.model.alert.Severity;
import dev.backlot.model.alert.Subject;
import dev.backlot.model.spec.ConnectionSpec;
import dev.backlot.model.spec.ConnectionSpec.OnLimit;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The log that a database keeps for a connection, as its capture measured it.
 *
 * @param bytes that are retained now
 * @param state the server's word; {@code unreserved} means that the next checkpoint takes it
 * @param most that the server keeps (max_slot_wal_keep_size); empty without a bound
 * @param left that may still be written until the slot is lost; empty without a bound
 * @param secondsLeft likewise in time, as fast as log is written now
 */
record RetainedLog(
    long bytes,
    String state,
    Optional<Long> most,
    Optional<Long> left,
    Optional<Long> secondsLeft) {
  private static final int NEARLY = 10;

  /** Reads what a capture's status says, unless it says nothing. */
  static Optional<RetainedLog> of(Map<String, Object> details) {
    return number(details, "retained_bytes")
        .map(
            bytes ->
                new RetainedLog(
                    bytes,
                    String.valueOf(details.getOrDefault("wal_state", "")),
                    number(details, "wal_kept_bytes"),
                    number(details, "wal_left_bytes"),
                    number(details, "wal_left_seconds")));
  }

  private static Optional<Long> number(Map<String, Object> details, String name) {
    return details.get(name) instanceof Number number
        ? Optional.of(number.longValue())
        : Optional.empty();
  }

  /** Judges it against what the document grants. */
  Optional<Condition> condition(ConnectionSpec spec, Instant since) {
    Optional<Long> alert = spec.alerts().walLimit(spec.wal());
    if (isNearlyLost()) {
      return Optional.of(
          condition(
              spec,
              AlertKind.WAL_OVER_LIMIT,
              "Capture of connection '"
                  + spec.name()
                  + "' is about to lose its place: the database retains "
                  + size(bytes)
                  + " of log for it and gives up "
                  + (state.equals("unreserved")
                      ? "at its next checkpoint"
                      : "after "
                          + size(left.orElse(0L))
                          + " more"
                          + secondsLeft.map(s -> ", in about " + time(s)).orElse(""))
                  + " (max_slot_wal_keep_size"
                  + most.map(m -> " = " + size(m)).orElse("")
                  + "). Mend what holds capture up, or raise max_slot_wal_keep_size now.",
              most.orElse(0L),
              since));
    }
    if (bytes > spec.wal().limitBytes()) {
      String next =
          spec.wal().onLimit() == OnLimit.DROP_SLOT
              ? " Its slot is dropped now (wal.on_limit)."
              : " Mend what holds capture up; to free the database's disk at once, set wal.on_limit"
                  + " to drop_slot, and recapture the connection later.";
      return Optional.of(
          condition(
              spec,
              AlertKind.WAL_OVER_LIMIT,
              retains(spec, "wal.limit", spec.wal().limitBytes()) + bound() + next,
              spec.wal().limitBytes(),
              since));
    }
    return alert
        .filter(granted -> bytes > granted)
        .map(
            granted ->
                condition(
                    spec,
                    AlertKind.WAL_OVER_ALERT,
                    retains(spec, "wal.alert", granted)
                        + bound()
                        + " See what holds capture up, or let the database retain more (wal.alert,"
                        + " wal.limit).",
                    granted,
                    since));
  }

  private boolean isNearlyLost() {
    return state.equals("unreserved")
        || (most.isPresent() && left.isPresent() && left.get() < most.get() / NEARLY);
  }

  private String retains(ConnectionSpec spec, String name, long granted) {
    return "The database of connection '"
        + spec.name()
        + "' retains "
        + size(bytes)
        + " of log for it, more than "
        + name
        + " ("
        + size(granted)
        + ").";
  }

  private String bound() {
    return most.map(
            kept ->
                " It keeps "
                    + size(kept)
                    + " at most (max_slot_wal_keep_size); beyond, capture must begin anew.")
        .orElse(
            state.isEmpty()
                ? ""
                : " Nothing bounds it (max_slot_wal_keep_size = -1), so its disk may fill.");
  }

  private Condition condition(
      ConnectionSpec spec, AlertKind kind, String summary, long granted, Instant since) {
    return Condition.of(
        kind,
        Subject.connection(spec.name()),
        kind == AlertKind.WAL_OVER_LIMIT ? Severity.CRITICAL : Severity.WARNING,
        summary,
        Map.of("retained_bytes", bytes, "limit_bytes", granted),
        since);
  }

  private static String size(long bytes) {
    if (bytes < 1_000_000) {
      return bytes + " bytes";
    }
    return bytes < 1_000_000_000
        ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6)
        : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
  }

  private static String time(long seconds) {
    return seconds < 120
        ? seconds + " s"
        : seconds < 7_200 ? seconds / 60 + " min" : seconds / 3_600 + " h";
  }
}
