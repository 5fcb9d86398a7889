package dev.backlot.controller.history;

import dev.backlot.controller.dataplane.DataPlane.Progress;
import dev.backlot.controller.graph.StepBoard;
import dev.backlot.controller.graph.StepBoard.Pace;
import dev.backlot.controller.heartbeat.HeartbeatBoard;
import dev.backlot.controller.pipeline.ProgressBoard;
import dev.backlot.controller.web.Json;
import dev.backlot.metadata.CaptureStore;
import dev.backlot.metadata.HeartbeatStore;
import dev.backlot.metadata.HeartbeatStore.Beat;
import dev.backlot.metadata.HeartbeatStore.Shown;
import dev.backlot.metadata.HeartbeatStore.Volume;
import dev.backlot.metadata.HeartbeatStore.Window;
import dev.backlot.metadata.HistoryStore;
import dev.backlot.metadata.HistoryStore.Series;
import dev.backlot.metadata.HistoryStore.Step;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.SourceStore.SourceHead;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
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
  private final StepBoard steps;
  private final BooleanSupplier leading;
  private final Thread thread = new Thread(this::run, "history");
  private Map<String, Written> writtenByTopic = Map.of();
  private boolean led;

  /** Prepares; {@link #start} begins. */
  public HistorySampler(
      MetadataDatabase metadata,
      ProgressBoard progress,
      HeartbeatBoard heartbeats,
      StepBoard steps,
      BooleanSupplier leading) {
    this.metadata = metadata;
    this.store = metadata.history();
    this.progress = progress;
    this.heartbeats = heartbeats;
    this.steps = steps;
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
              latencies(all, shown);
              shown
                  .beat()
                  .ifPresent(
                      beat -> {
                        double age = HeartbeatStore.seconds(beat.committedAt(), now);
                        highest(all, "heartbeat_age_seconds", "table:" + shown.table(), age);
                        highest(all, "heartbeat_age_seconds", "pipeline:" + shown.pipeline(), age);
                      });
            });
    steps.all().forEach((pipeline, paces) -> steps(all, pipeline, paces));
    connections(all);
    sources(all);
    return all;
  }

  /** Of the last ten minutes' heartbeats, the slowest table's. */
  private static void latencies(Map<Series, Double> all, Shown shown) {
    shown.windows().stream()
        .filter(window -> window.count() > 0)
        .min(Comparator.comparing(Window::seconds))
        .map(Window::total)
        .ifPresent(
            total -> {
              String subject = "pipeline:" + shown.pipeline();
              highest(all, "latency_p50", subject, total.p50());
              highest(all, "latency_p95", subject, total.p95());
              highest(all, "latency_p99", subject, total.p99());
            });
  }

  private static void steps(Map<Series, Double> all, String pipeline, Map<String, Pace> paces) {
    String whole = "pipeline:" + pipeline;
    paces.forEach(
        (id, pace) -> {
          String subject = "step:" + pipeline + "/" + id;
          pace.inRate().ifPresent(rate -> all.put(new Series("in_rate", subject), rate));
          pace.outRate().ifPresent(rate -> all.put(new Series("out_rate", subject), rate));
          pace.errorRate()
              .ifPresent(
                  rate -> {
                    all.put(new Series("error_rate", subject), rate);
                    all.merge(new Series("error_rate", whole), rate, Double::sum);
                  });
          pace.busy()
              .ifPresent(
                  share -> {
                    all.put(new Series("busy", subject), share);
                    highest(all, "busy", whole, share);
                  });
          pace.backPressured()
              .ifPresent(
                  share -> {
                    all.put(new Series("back_pressured", subject), share);
                    highest(all, "back_pressured", whole, share);
                  });
          pace.latency()
              .ifPresent(
                  latency -> {
                    all.put(new Series("latency_p50", subject), latency.p50());
                    all.put(new Series("latency_p95", subject), latency.p95());
                  });
          pace.request()
              .ifPresent(request -> all.put(new Series("request_p95", subject), request.p95()));
        });
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

  /** Capture tells what it has written with each heartbeat, and so between which two. */
  private void sources(Map<Series, Double> all) {
    Map<String, Volume> volumes = metadata.heartbeats().volumes();
    Map<String, Written> next = new HashMap<>();
    for (SourceHead source : metadata.sources().heads()) {
      String topic = source.topic();
      Volume volume = volumes.get(topic);
      Optional<Instant> at = heartbeats.newest(source.connection()).map(Beat::writtenAt);
      if (volume != null && at.isPresent()) {
        Written written = Written.next(written(topic), volume.changes(), at.get());
        next.put(topic, written);
        written
            .rate()
            .ifPresent(rate -> all.put(new Series("rate", "source:" + source.name()), rate));
      }
    }
    writtenByTopic = next;
  }

  private Optional<Written> written(String topic) {
    return Optional.ofNullable(writtenByTopic.get(topic));
  }

  /** How many changes a topic had at a heartbeat, and at which rate they came until then. */
  private record Written(long changes, Instant at, Optional<Double> rate) {
    static Written next(Optional<Written> before, long changes, Instant at) {
      if (before.isEmpty()) {
        return new Written(changes, at, Optional.empty());
      }
      Written known = before.get();
      double seconds = HeartbeatStore.seconds(known.at(), at);
      return seconds < 0.5
          ? known
          : new Written(changes, at, Optional.of(Math.max(0, changes - known.changes()) / seconds));
    }
  }

  private static void highest(Map<Series, Double> all, String name, String subject, double value) {
    all.merge(new Series(name, subject), value, Math::max);
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
