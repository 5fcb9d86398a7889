package dev.backlot.controller.history;

import dev.backlot.controller.dataplane.DataPlane.Progress;
import dev.backlot.controller.heartbeat.HeartbeatBoard;
import dev.backlot.controller.pipeline.ProgressBoard;
import dev.backlot.controller.web.Json;
import dev.backlot.metadata.CaptureStore;
import dev.backlot.metadata.HeartbeatStore;
import dev.backlot.metadata.HeartbeatStore.Volume;
import dev.backlot.metadata.HistoryStore;
import dev.backlot.metadata.HistoryStore.Series;
import dev.backlot.metadata.HistoryStore.Step;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.SourceStore.StoredSource;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes every ten seconds what is known of everything, on the controller that leads. Asks nobody:
 * what boards and the metadata database have is enough. One thread.
 */
public final class HistorySampler implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HistorySampler.class);

  private final MetadataDatabase metadata;
  private final HistoryStore store;
  private final ProgressBoard progress;
  private final HeartbeatBoard heartbeats;
  private final BooleanSupplier leading;
  private final Thread thread = new Thread(this::run, "history");
  private Map<String, Volume> lastVolumes = Map.of();
  private Instant lastVolumesAt = Instant.EPOCH;
  private boolean led;

  /** Prepares; {@link #start} begins. */
  public HistorySampler(
      MetadataDatabase metadata,
      ProgressBoard progress,
      HeartbeatBoard heartbeats,
      BooleanSupplier leading) {
    this.metadata = metadata;
    this.store = metadata.history();
    this.progress = progress;
    this.heartbeats = heartbeats;
    this.leading = leading;
  }

  /** Starts the one thread that notes. */
  public void start() {
    thread.setDaemon(true);
    thread.start();
  }

  private void run() {
    long step = Step.FINE.length().toMillis();
    while (!Thread.currentThread().isInterrupted()) {
      try {
        Thread.sleep(step - System.currentTimeMillis() % step);
        if (!leading.getAsBoolean()) {
          led = false;
          continue;
        }
        if (!led) {
          store.forgetWhatIsKnown();
          led = true;
        }
        Instant now = Instant.now();
        store.write(now, measured(now));
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        store.forgetWhatIsKnown();
        LOG.debug("Cannot note what was measured", e);
      }
    }
  }

  private Map<Series, Double> measured(Instant now) {
    Map<Series, Double> all = new HashMap<>();
    progress.all().forEach((pipeline, known) -> pipeline(all, pipeline, known));
    heartbeats
        .all()
        .forEach(
            shown -> {
              shown
                  .seconds()
                  .ifPresent(
                      seconds -> {
                        highest(all, "heartbeat_seconds", "table:" + shown.table(), seconds);
                        highest(all, "heartbeat_seconds", "pipeline:" + shown.pipeline(), seconds);
                      });
              shown
                  .beat()
                  .ifPresent(
                      beat -> {
                        double age = HeartbeatStore.seconds(beat.committedAt(), now);
                        highest(all, "heartbeat_age_seconds", "table:" + shown.table(), age);
                        highest(all, "heartbeat_age_seconds", "pipeline:" + shown.pipeline(), age);
                      });
            });
    connections(all);
    sources(all, now);
    return all;
  }

  private static void pipeline(Map<Series, Double> all, String pipeline, Progress known) {
    String subject = "pipeline:" + pipeline;
    known.lagSeconds().ifPresent(lag -> all.put(new Series("lag_seconds", subject), lag));
    known
        .lagRecords()
        .ifPresent(lag -> all.put(new Series("lag_records", subject), lag.doubleValue()));
    known.rate().ifPresent(rate -> all.put(new Series("rate", subject), rate));
    known
        .deadLetters()
        .ifPresent(count -> all.put(new Series("dead_letters", subject), count.doubleValue()));
    known
        .tables()
        .forEach(
            table -> {
              String ofTable = "table:" + table.table();
              table.lagSeconds().ifPresent(lag -> all.put(new Series("lag_seconds", ofTable), lag));
              table
                  .lagRecords()
                  .ifPresent(lag -> all.put(new Series("lag_records", ofTable), lag.doubleValue()));
            });
  }

  private void connections(Map<Series, Double> all) {
    for (CaptureStore.Status status : metadata.captures().statuses()) {
      if (status.state() != CaptureStore.State.RUNNING) {
        continue;
      }
      String subject = "connection:" + status.connection();
      if (Json.readMap(status.details()).get("retained_bytes") instanceof Number retained) {
        all.put(new Series("wal_retained_bytes", subject), retained.doubleValue());
      }
      heartbeats
          .newest(status.connection())
          .ifPresent(
              beat ->
                  all.put(
                      new Series("heartbeat_seconds", subject),
                      HeartbeatStore.seconds(beat.committedAt(), beat.writtenAt())));
    }
  }

  /** Capture tells what it has written with each heartbeat. */
  private void sources(Map<Series, Double> all, Instant now) {
    Map<String, Volume> volumes = metadata.heartbeats().volumes();
    double seconds = HeartbeatStore.seconds(lastVolumesAt, now);
    for (StoredSource source : metadata.sources().list()) {
      Volume current = volumes.get(source.descriptor().topic());
      Volume before = lastVolumes.get(source.descriptor().topic());
      if (current != null && before != null) {
        all.put(
            new Series("rate", "source:" + source.descriptor().name()),
            Math.max(0, current.changes() - before.changes()) / seconds);
      }
    }
    lastVolumes = volumes;
    lastVolumesAt = now;
  }

  private static void highest(Map<Series, Double> all, String name, String subject, double value) {
    all.merge(new Series(name, subject), value, Math::max);
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
