package dev.backlot.controller.work;

import dev.backlot.controller.dump.DumpForecast;
import dev.backlot.controller.work.WorkItem.Action;
import dev.backlot.controller.work.WorkItem.Eta;
import dev.backlot.controller.work.WorkItem.Subject;
import dev.backlot.metadata.AuditStore;
import dev.backlot.metadata.BackfillStore;
import dev.backlot.metadata.DumpStore;
import dev.backlot.metadata.DumpStore.Dump;
import dev.backlot.metadata.MaintenanceStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Each kind of work in the one form. Pure. */
final class Works {
  private static final Duration TOO_EARLY = Duration.ofSeconds(30);
  private static final Duration STILL = Duration.ofMinutes(2);

  private Works() {}

  static String id(BackfillStore.Run run) {
    return "backfill-" + run.id();
  }

  static WorkItem of(Dump dump, Instant now) {
    DumpForecast forecast = DumpForecast.of(dump);
    boolean running = dump.state() == DumpStore.State.RUNNING;
    Optional<Double> elapsed = elapsed(dump.startedAt(), dump.finishedAt(), now);
    Optional<Long> total =
        dump.estimate().rows().isPresent()
            ? Optional.of(dump.estimate().rows().getAsLong())
            : Optional.empty();
    long done = dump.progress().readRows();
    Optional<Double> rate =
        forecast.rowsPerSecond().isPresent()
            ? Optional.of((double) forecast.rowsPerSecond().getAsLong())
            : Optional.empty();
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("initial", dump.initial());
    if (!dump.predicate().isEmpty()) {
      details.put("where", dump.predicate());
    }
    dump.keys().ifPresent(keys -> details.put("keys", keys.size()));
    details.put("written_rows", dump.progress().writtenRows());
    details.put("bytes", dump.progress().bytes());
    details.put("chunks", dump.progress().chunks());
    dump.lastKey().ifPresent(key -> details.put("last_key", key));
    dump.settings().chunkRows().ifPresent(rows -> details.put("chunk_rows", rows));
    return new WorkItem(
        "dump-" + dump.id(),
        "dump",
        new Subject("source", dump.source()),
        Optional.empty(),
        dump.state().label(),
        phase(dump),
        dump.reason(),
        !dump.initial(),
        Optional.of(done),
        total,
        dump.keys().isEmpty(),
        "rows",
        rate,
        dump.requestedAt(),
        dump.startedAt(),
        dump.finishedAt(),
        elapsed,
        eta(dump, forecast, done, total, now),
        running
            ? dump.sinceProgress()
                .filter(since -> since.compareTo(STILL) > 0)
                .map(since -> now.minus(since))
            : Optional.empty(),
        actions(dump),
        "Reads rows beside the log, without locks. A row never overwrites newer state.",
        details);
  }

  private static String phase(Dump dump) {
    String rows =
        dump.keys().isPresent()
            ? "named keys"
            : dump.predicate().isEmpty() ? "every row" : "matching rows";
    return switch (dump.state()) {
      case REQUESTED -> "Waits for its turn";
      case RUNNING ->
          dump.startedAt().isEmpty() ? "Gets ready" : "Reads " + rows + ", chunk by chunk";
      case PAUSED -> "Paused after a finished chunk";
      default -> "";
    };
  }

  private static Optional<Eta> eta(
      Dump dump, DumpForecast forecast, long done, Optional<Long> total, Instant now) {
    Optional<Instant> started = dump.startedAt();
    if (forecast.secondsLeft().isEmpty()
        || started.isEmpty()
        || total.isEmpty()
        || started.get().plus(TOO_EARLY).isAfter(now)) {
      return Optional.empty();
    }
    long lately = forecast.secondsLeft().getAsLong();
    double overall = done / Math.max(1.0, Duration.between(started.get(), now).toSeconds());
    long byAll = overall > 0 ? (long) Math.ceil((total.get() - done) / overall) : lately;
    return Optional.of(new Eta(Math.min(lately, byAll), Math.max(lately, byAll)));
  }

  private static List<Action> actions(Dump dump) {
    String path = "/api/v1/dumps/" + dump.id() + "/";
    Action cancel =
        new Action(
            "cancel",
            path + "cancel",
            dump.initial()
                ? "Rows that it has written stay. Its Source is then not whole until it is dumped"
                    + " again."
                : "Rows that it has written stay; the rest is not read.");
    return switch (dump.state()) {
      case REQUESTED, RUNNING ->
          List.of(
              new Action(
                  "pause",
                  path + "pause",
                  "It stops after the chunk that it reads now and goes on from there. Changes go on"
                      + " arriving meanwhile."),
              cancel);
      case PAUSED ->
          List.of(
              new Action("resume", path + "resume", "It goes on after the last finished chunk."),
              cancel);
      default -> List.of();
    };
  }

  static WorkItem of(BackfillStore.Run run, Optional<Pace> pace, Instant now) {
    BackfillStore.Progress progress = run.progress();
    boolean running = run.state() == BackfillStore.State.RUNNING;
    Optional<Long> total =
        progress.rowsTotal() > 0 ? Optional.of(progress.rowsTotal()) : Optional.empty();
    String phase =
        !running
            ? run.state() == BackfillStore.State.REQUESTED ? "Waits for its turn" : ""
            : run.cancel()
                ? "Ends after what it writes now"
                : progress.rowsTotal() == 0
                    ? "Reads what the Sources' topics hold"
                    : "Fills rows of the table";
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("columns", run.columns());
    details.put("records_read", progress.recordsRead());
    details.put("rows_filled", progress.rowsFilled());
    return new WorkItem(
        id(run),
        "backfill",
        new Subject("table", run.table()),
        Optional.of(run.pipeline()),
        run.state().label(),
        phase,
        run.reason(),
        true,
        total.map(any -> progress.rowsLookedAt()),
        total,
        false,
        "rows",
        pace.filter(any -> total.isPresent()).flatMap(Pace::rate),
        run.requestedAt(),
        run.startedAt(),
        run.finishedAt(),
        elapsed(run.startedAt(), run.finishedAt(), now),
        pace.flatMap(
            known ->
                total.flatMap(
                    rows ->
                        known.eta(
                            now,
                            run.startedAt().orElse(run.requestedAt()),
                            progress.rowsLookedAt(),
                            rows))),
        pace.filter(any -> total.isPresent()).flatMap(known -> known.stillSince(now)),
        run.state().isLast() || run.cancel()
            ? List.of()
            : List.of(
                new Action(
                    "cancel",
                    "/api/v1/backfills/" + run.id() + "/cancel",
                    "Values that it has filled stay; the other rows stay empty until it is asked"
                        + " for again.")),
        "Writes into older rows the value that their own change carried. No other value changes.",
        details);
  }

  static WorkItem of(MaintenanceStore.Run run, Instant now) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("work", run.work());
    details.putAll(run.report());
    String work = String.join(", ", run.work());
    String phase =
        switch (run.state()) {
          case REQUESTED -> "Waits for its turn";
          case RUNNING -> "Does: " + work;
          default -> "";
        };
    return new WorkItem(
        "maintenance-" + run.id(),
        "maintenance",
        new Subject("table", run.table()),
        Optional.empty(),
        run.state().label(),
        phase,
        run.reason(),
        run.asked(),
        Optional.empty(),
        Optional.empty(),
        false,
        "files",
        Optional.empty(),
        run.requestedAt(),
        run.startedAt(),
        run.finishedAt(),
        elapsed(run.startedAt(), run.finishedAt(), now),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        "Rewrites files beside the writers. Queries give the same answers before and after.",
        details);
  }

  static WorkItem of(AuditStore.Round round, Instant now) {
    boolean repairs = round.repair() == AuditStore.Repair.REPAIR;
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("round", round.id());
    details.put("repair", round.repair().label());
    round.keys().ifPresent(keys -> details.put("keys", keys.size()));
    if (round.report().get("differences") instanceof Number differences) {
      details.put("differences", differences);
    }
    List<String> found = new ArrayList<>();
    if (round.state() == AuditStore.State.REQUESTED) {
      found.add(round.reason().isEmpty() ? "Waits for its turn" : "Waits");
    } else if (round.state() == AuditStore.State.RUNNING) {
      found.add(
          repairs
              ? "Compares, mends what differs, and compares that again"
              : "Compares the table with its Sources, range by range");
    }
    return new WorkItem(
        "audit-" + round.id(),
        repairs ? "repair" : "audit",
        new Subject("table", round.table()),
        Optional.empty(),
        round.state().label(),
        String.join("", found),
        round.reason(),
        round.asked(),
        Optional.empty(),
        Optional.empty(),
        false,
        "rows",
        Optional.empty(),
        round.requestedAt(),
        round.startedAt(),
        round.finishedAt(),
        elapsed(round.startedAt(), round.finishedAt(), now),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        repairs
            ? "Dumps keys that differ again and removes rows that no record explains. Nothing else"
                + " changes."
            : "Only reads.",
        details);
  }

  private static Optional<Double> elapsed(
      Optional<Instant> started, Optional<Instant> finished, Instant now) {
    return started.map(
        from -> Math.max(0, Duration.between(from, finished.orElse(now)).toMillis() / 1000.0));
  }
}
