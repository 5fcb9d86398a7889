package dev.backlot.controller.maintenance;

import dev.backlot.controller.table.Lake;
import dev.backlot.metadata.MaintenanceStore;
import dev.backlot.metadata.MaintenanceStore.Memory;
import dev.backlot.metadata.MaintenanceStore.Run;
import dev.backlot.metadata.MaintenanceStore.State;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.platform.PlatformConfig;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.maintenance.MaintenanceReport;
import dev.backlot.warehouse.maintenance.MaintenanceSettings;
import dev.backlot.warehouse.maintenance.MaintenanceState;
import dev.backlot.warehouse.maintenance.RowPlace;
import dev.backlot.warehouse.maintenance.TableHealth;
import dev.backlot.warehouse.maintenance.TableMaintenance;
import dev.backlot.warehouse.maintenance.Work;
import java.time.Clock;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Maintains tables, one run per table at a time over all controllers, and writes runs down. */
public final class MaintenanceRuns {
  private static final Logger LOG = LoggerFactory.getLogger(MaintenanceRuns.class);
  private static final int SHOWN = 10;

  private final Lake lake;
  private final MaintenanceStore store;
  private final PlatformConfig config;
  private @Nullable TableMaintenance maintenance;

  /** Maintains an installation's tables. */
  public MaintenanceRuns(Lake lake, MaintenanceStore store, PlatformConfig config) {
    this.lake = lake;
    this.store = store;
    this.config = config;
  }

  private synchronized TableMaintenance maintenance() {
    TableMaintenance open = maintenance;
    if (open == null) {
      open =
          new TableMaintenance(
              lake.catalog(),
              new StoredDeletions(store),
              MaintenanceSettings.DEFAULT,
              config.dataDir().resolve("run").resolve("maintenance"),
              config.queryClasspath(),
              Clock.systemUTC());
      maintenance = open;
    }
    return open;
  }

  /** Removes rows from a table's files, beside whatever else happens to it; returns how many. */
  public long remove(TableName table, List<RowPlace> rows) {
    return maintenance().remove(table, rows);
  }

  /** What came of looking after a table. */
  enum Outcome {
    /** Something was done. */
    WORKED,
    /** Nothing was due. */
    RESTED,
    /** Another run has the table. */
    BUSY,
    /** There is no such table. */
    GONE
  }

  /** Returns the tables that pipelines own. */
  List<TableName> tables() {
    return lake.catalog().tables().stream()
        .filter(name -> lake.catalog().owner(name).isPresent())
        .toList();
  }

  /** Does what is due for a table. */
  Outcome lookAfter(String table) {
    TableName name = TableName.parse(table);
    if (lake.catalog().find(name).isEmpty()) {
      store.forget(table);
      return Outcome.GONE;
    }
    Set<Work> due = maintenance().due(name, state(table));
    boolean deletions = !store.dueDeletions(table, Clock.systemUTC().instant(), 1).isEmpty();
    if (due.isEmpty() && !deletions) {
      return Outcome.RESTED;
    }
    Optional<Outcome> outcome =
        store.locked(
            table,
            () -> {
              run(store.request(table, false, words(due)), name, due);
              return Outcome.WORKED;
            });
    return outcome.orElse(Outcome.BUSY);
  }

  /**
   * Does what somebody asked for.
   *
   * @return false when another run has the table
   */
  boolean runAsked(long id) {
    Optional<Run> asked = store.find(id).filter(run -> run.state() != State.DONE);
    if (asked.isEmpty()) {
      return true;
    }
    Run run = asked.get();
    TableName name = TableName.parse(run.table());
    return store
        .locked(
            run.table(),
            () -> {
              run(id, name, work(run.work()));
              return true;
            })
        .isPresent();
  }

  private void run(long id, TableName name, Set<Work> work) {
    String table = name.toString();
    store.start(id, table);
    try {
      MaintenanceReport report = maintenance().run(name, work, state(table));
      MaintenanceState state = report.state();
      store.remember(
          table, new Memory(state.rowsThatCount(), state.compactedAt(), state.sweptAt()));
      store.finish(id, table, State.DONE, report.conflict(), map(report));
    } catch (RuntimeException e) {
      LOG.warn("Maintenance of table {} failed", table, e);
      store.finish(id, table, State.FAILED, reason(table, e), Map.of());
    }
  }

  private static String reason(String table, RuntimeException e) {
    return e instanceof ProblemException
        ? String.valueOf(e.getMessage())
        : "Cannot maintain table '" + table + "': " + e + ". It is tried again later.";
  }

  /**
   * Notes that somebody wants a table maintained.
   *
   * @param words for what to do; empty for everything
   * @return the run's id
   * @throws ProblemException NOT_FOUND, or USAGE for an unknown word
   */
  long request(String table, List<String> words) {
    TableName name = TableName.parse(table);
    lake.catalog().load(name);
    Set<Work> work = words.isEmpty() ? EnumSet.allOf(Work.class) : work(words);
    return store.request(name.toString(), true, words(work));
  }

  /** Returns a run. */
  Optional<Run> find(long id) {
    return store.find(id);
  }

  /** Returns the newest run of each table, and all that are not finished. */
  public List<Run> current() {
    return store.current();
  }

  /** Returns how a table is, what is due and what was done. */
  public Map<String, Object> describe(String table) {
    TableName name = TableName.parse(table);
    MaintenanceState state = state(name.toString());
    TableHealth health = maintenance().health(name);
    Map<String, Object> shown = new LinkedHashMap<>();
    Map<String, Object> figures = map(health);
    figures.put(
        "superseded_ratio_at_most",
        Math.round(state.supersededAtMost(health.rows()) * 1000) / 1000.0);
    shown.put("health", figures);
    shown.put("due", words(maintenance().due(name, state)));
    shown.put(
        "runs", store.ofTable(name.toString(), SHOWN).stream().map(MaintenanceRuns::map).toList());
    return shown;
  }

  private MaintenanceState state(String table) {
    return store
        .memory(table)
        .map(m -> new MaintenanceState(m.rowsThatCount(), m.compactedAt(), m.sweptAt()))
        .orElse(MaintenanceState.NEW);
  }

  private static List<String> words(Set<Work> work) {
    return work.stream().map(w -> w.name().toLowerCase(Locale.ROOT)).toList();
  }

  private static Set<Work> work(List<String> words) {
    Set<Work> work = EnumSet.noneOf(Work.class);
    for (String word : words) {
      try {
        work.add(Work.valueOf(word.toUpperCase(Locale.ROOT)));
      } catch (IllegalArgumentException e) {
        throw new ProblemException(
            ProblemCode.USAGE,
            "Cannot maintain a table: there is no work '"
                + word
                + "'. Use "
                + String.join(", ", words(EnumSet.allOf(Work.class)))
                + ".",
            e);
      }
    }
    return work;
  }

  /** Returns a run as the API shows it. */
  static Map<String, Object> map(Run run) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("id", run.id());
    map.put("table", run.table());
    map.put("asked", run.asked());
    map.put("work", run.work());
    map.put("state", run.state().label());
    map.put("reason", run.reason());
    map.put("requested_at", run.requestedAt());
    run.startedAt().ifPresent(time -> map.put("started_at", time));
    run.finishedAt().ifPresent(time -> map.put("finished_at", time));
    map.put("report", run.report());
    return map;
  }

  private static Map<String, Object> map(TableHealth health) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("rows", health.rows());
    map.put("files", health.files());
    map.put("small_files", health.smallFiles());
    map.put("bytes", health.bytes());
    map.put("snapshots", health.snapshots());
    map.put("manifests", health.manifests());
    map.put("metadata_bytes", health.metadataBytes());
    return map;
  }

  private static Map<String, Object> map(MaintenanceReport report) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("before", map(report.before()));
    map.put("after", map(report.after()));
    map.put("files_rewritten", report.filesRewritten());
    map.put("files_written", report.filesWritten());
    map.put("bytes_rewritten", report.bytesRewritten());
    map.put("rows_dropped", report.rowsDropped());
    map.put("snapshots_expired", report.snapshotsExpired());
    map.put("files_released", report.filesReleased());
    map.put("orphans_found", report.orphansFound());
    map.put("files_deleted", report.filesDeleted());
    map.put("seconds", report.duration().toMillis() / 1000.0);
    return map;
  }
}
