package dev.backlot.controller.work;

import dev.backlot.metadata.AuditStore;
import dev.backlot.metadata.BackfillStore;
import dev.backlot.metadata.DumpStore;
import dev.backlot.metadata.MaintenanceStore;
import dev.backlot.metadata.MetadataDatabase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All long work that has not ended and the newest that has, looked at every two seconds by one
 * thread, so that rates and standstill are known whoever asks. Thread-safe.
 */
public final class WorkBoard implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WorkBoard.class);
  private static final int ENDED = 100;
  private static final long PERIOD_MILLIS = 2_000;
  private static final long FRESH_NANOS = 900_000_000L;

  private final DumpStore dumps;
  private final BackfillStore backfills;
  private final MaintenanceStore maintenance;
  private final AuditStore audits;
  private final Map<String, Pace> paces = new HashMap<>();
  private List<WorkItem> board = List.of();
  private long lookedAt;
  private boolean looked;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "work");
            thread.setDaemon(true);
            return thread;
          });

  /** Shows what is stored; {@link #start} begins. */
  public WorkBoard(MetadataDatabase metadata) {
    this.dumps = metadata.dumps();
    this.backfills = metadata.backfills();
    this.maintenance = metadata.maintenance();
    this.audits = metadata.audits();
  }

  /** Starts the one thread that looks. */
  public void start() {
    clock.scheduleWithFixedDelay(
        this::refresh, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void refresh() {
    try {
      list();
    } catch (RuntimeException e) {
      LOG.debug("Cannot look at what is being done", e);
    }
  }

  /** Returns what has not ended, the oldest first, and then the newest that has. */
  public synchronized List<WorkItem> list() {
    if (looked && System.nanoTime() - lookedAt < FRESH_NANOS) {
      return board;
    }
    Instant now = Instant.now();
    List<WorkItem> all = new ArrayList<>();
    dumps.newest(ENDED).forEach(dump -> all.add(Works.of(dump, now)));
    backfills.newest(ENDED).forEach(run -> all.add(Works.of(run, pace(run, now), now)));
    maintenance.newest(ENDED).forEach(run -> all.add(Works.of(run, now)));
    audits.newest(ENDED).forEach(round -> all.add(Works.of(round, now)));
    all.sort(
        Comparator.comparing((WorkItem item) -> !item.isOpen())
            .thenComparing(
                (one, other) ->
                    one.isOpen()
                        ? one.requestedAt().compareTo(other.requestedAt())
                        : other
                            .finishedAt()
                            .orElse(other.requestedAt())
                            .compareTo(one.finishedAt().orElse(one.requestedAt()))));
    paces
        .keySet()
        .removeIf(id -> all.stream().noneMatch(item -> item.isOpen() && item.id().equals(id)));
    board = List.copyOf(all);
    lookedAt = System.nanoTime();
    looked = true;
    return board;
  }

  private Optional<Pace> pace(BackfillStore.Run run, Instant now) {
    if (run.state() != BackfillStore.State.RUNNING) {
      return Optional.empty();
    }
    long done = run.progress().rowsLookedAt();
    Pace pace =
        paces.computeIfAbsent(
            Works.id(run), any -> new Pace(run.startedAt().orElse(run.requestedAt()), 0));
    pace.see(now, done);
    return Optional.of(pace);
  }

  /** Returns a piece of work by its id, however old it is. */
  public Optional<WorkItem> find(String id) {
    Optional<WorkItem> known = list().stream().filter(item -> item.id().equals(id)).findFirst();
    return known.isPresent() ? known : older(id);
  }

  private Optional<WorkItem> older(String id) {
    int dash = id.indexOf('-');
    String number = id.substring(dash + 1);
    if (dash < 0 || !number.matches("\\d{1,18}")) {
      return Optional.empty();
    }
    Instant now = Instant.now();
    long run = Long.parseLong(number);
    return switch (id.substring(0, dash)) {
      case "dump" -> dumps.find(run).map(dump -> Works.of(dump, now));
      case "backfill" -> backfills.find(run).map(found -> Works.of(found, Optional.empty(), now));
      case "maintenance" -> maintenance.find(run).map(found -> Works.of(found, now));
      case "audit" -> audits.find(run).map(round -> Works.of(round, now));
      default -> Optional.empty();
    };
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
