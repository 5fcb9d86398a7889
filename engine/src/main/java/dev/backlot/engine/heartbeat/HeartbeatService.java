package dev.backlot.engine.heartbeat;

import dev.backlot.engine.heartbeat.Latencies.Taken;
import dev.backlot.engine.heartbeat.TableWatch.Stand;
import dev.backlot.engine.progress.ProgressService;
import dev.backlot.metadata.HeartbeatStore;
import dev.backlot.metadata.HeartbeatStore.Beat;
import dev.backlot.metadata.HeartbeatStore.Shown;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.PipelineStore;
import dev.backlot.metadata.SourceStore.StoredSource;
import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.model.plan.PlanSink;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.sink.iceberg.TableMarks;
import dev.backlot.transport.Marks;
import dev.backlot.warehouse.LakeCatalog;
import dev.backlot.warehouse.TableName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.SnapshotUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out when tables show heartbeats, by what their snapshots hold and not by what jobs say. A
 * table is loaded only while a heartbeat is on its way to it; what it took is then exact, however
 * late somebody looks, since snapshots carry their time. One thread.
 */
public final class HeartbeatService implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HeartbeatService.class);
  private static final Duration PERIOD = Duration.ofSeconds(3);
  private static final Duration TELL = Duration.ofSeconds(15);

  /** A table that nobody has looked at for longer was not to be written, as while paused. */
  private static final Duration RECENT = Duration.ofMinutes(1);

  private static final Set<PipelineStore.State> ALIVE =
      Set.of(
          PipelineStore.State.DEPLOYING,
          PipelineStore.State.RUNNING,
          PipelineStore.State.CATCHING_UP,
          PipelineStore.State.FAILED);

  private final MetadataDatabase metadata;
  private final HeartbeatStore store;
  private final LakeCatalog lake;
  private final ProgressService progress;
  private final HeartbeatMetrics metrics = new HeartbeatMetrics();
  private final Set<String> deployed = ConcurrentHashMap.newKeySet();
  private final Map<String, Watched> tables = new HashMap<>();
  private final Map<String, List<Beat>> beats = new HashMap<>();
  private final Thread thread = new Thread(this::run, "heartbeats");

  /** Looks things up here; everything stays the caller's to close. */
  public HeartbeatService(MetadataDatabase metadata, LakeCatalog lake, ProgressService progress) {
    this.metadata = metadata;
    this.store = metadata.heartbeats();
    this.lake = lake;
    this.progress = progress;
    thread.setDaemon(true);
  }

  /** A table of a deployed plan, with a watch per connection that it reads from. */
  private static final class Watched {
    final String planHash;
    final TableName name;
    final List<TableWatch> watches;
    long lastSnapshot;
    Marks marks = Marks.NONE;
    Instant toldAt = Instant.EPOCH;

    Watched(String planHash, TableName name, List<TableWatch> watches) {
      this.planHash = planHash;
      this.name = name;
      this.watches = watches;
    }
  }

  /** Begins to look. */
  public void start() {
    thread.start();
  }

  /** A pipeline runs from now on. */
  public void deployed(String pipeline) {
    deployed.add(pipeline);
  }

  /** A pipeline's job was ended. */
  public void stopped(String pipeline) {
    deployed.remove(pipeline);
  }

  private void run() {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        look();
      } catch (RuntimeException e) {
        LOG.warn("Cannot look for heartbeats in tables", e);
      }
      try {
        Thread.sleep(PERIOD.toMillis());
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void look() {
    List<PipelineStore.Status> statuses = metadata.pipelines().list();
    Map<String, PipelineStore.State> states = new TreeMap<>();
    statuses.forEach(status -> states.put(status.pipeline(), status.state()));
    Set<String> alive = new TreeSet<>();
    states.forEach(
        (pipeline, state) -> {
          if (ALIVE.contains(state)) {
            alive.add(pipeline);
          }
        });
    deployed.stream().filter(name -> !states.containsKey(name)).forEach(alive::add);
    follow(alive, states.keySet());
    readBeats();
    List<Shown> news = new ArrayList<>();
    tables.forEach((key, table) -> look(pipeline(key), table, news));
    store.put(news);
  }

  private static String pipeline(String key) {
    return key.substring(0, key.indexOf('/'));
  }

  /** Watches the tables of the plans that run now, and no others. */
  private void follow(Set<String> alive, Set<String> known) {
    Map<String, PipelinePlan> plans = new HashMap<>();
    for (String pipeline : alive) {
      try {
        plans.put(pipeline, progress.plan(pipeline));
      } catch (RuntimeException e) {
        LOG.debug("Pipeline '{}' has no plan yet", pipeline, e);
      }
    }
    List<String> gone = new ArrayList<>();
    tables.forEach(
        (key, table) -> {
          PipelinePlan plan = plans.get(pipeline(key));
          if (plan == null || !plan.hash().equals(table.planHash)) {
            gone.add(key);
          }
        });
    gone.forEach(this::forget);
    if (plans.isEmpty()) {
      return;
    }
    Map<String, Shown> before = new HashMap<>();
    for (PipelinePlan plan : plans.values()) {
      for (PlanSink sink : plan.sinks()) {
        String key = plan.pipeline() + "/" + sink.id();
        if (!tables.containsKey(key)) {
          if (before.isEmpty()) {
            Set<String> all = new TreeSet<>(known);
            all.addAll(plans.keySet());
            store.keepOnly(all);
            store.shown().forEach(shown -> before.put(key(shown), shown));
          }
          tables.put(key, watched(plan, sink, before));
        }
      }
    }
  }

  private static String key(Shown shown) {
    return shown.pipeline() + "/" + shown.sink() + "/" + shown.connection();
  }

  private void forget(String key) {
    Watched table = Objects.requireNonNull(tables.remove(key));
    table.watches.forEach(
        watch -> metrics.remove(pipeline(key), table.name.toString(), watch.connection()));
    // Nothing waits at a table that nobody writes.
    List<Shown> last = new ArrayList<>();
    for (TableWatch watch : table.watches) {
      Shown shown = watch.shown(table.marks, Instant.now());
      last.add(
          new Shown(
              shown.pipeline(),
              shown.sink(),
              shown.table(),
              shown.connection(),
              shown.beat(),
              shown.shownAt(),
              Optional.empty(),
              shown.windows(),
              shown.lookedAt()));
    }
    store.put(last);
  }

  private Watched watched(PipelinePlan plan, PlanSink sink, Map<String, Shown> before) {
    Map<String, Set<String>> topics = new TreeMap<>();
    for (PlanSource source : plan.sources()) {
      if (sink.sources().contains(source.id())) {
        Optional<StoredSource> stored = metadata.sources().find(source.name());
        // A published Source has no connection, and what it passes on is no heartbeat.
        stored
            .filter(found -> !found.descriptor().publisher().exists())
            .ifPresent(
                found ->
                    topics
                        .computeIfAbsent(found.descriptor().connection(), any -> new TreeSet<>())
                        .add(source.topic()));
      }
    }
    Instant now = Instant.now();
    List<TableWatch> watches = new ArrayList<>();
    topics.forEach(
        (connection, ofConnection) ->
            watches.add(
                new TableWatch(
                    plan.pipeline(),
                    sink.id(),
                    sink.table(),
                    connection,
                    ofConnection,
                    Optional.ofNullable(
                            before.get(plan.pipeline() + "/" + sink.id() + "/" + connection))
                        .filter(shown -> shown.lookedAt().isAfter(now.minus(RECENT))),
                    now)));
    return new Watched(plan.hash(), TableName.parse(sink.table()), watches);
  }

  private void readBeats() {
    Set<String> connections = new TreeSet<>();
    tables.values().forEach(t -> t.watches.forEach(watch -> connections.add(watch.connection())));
    beats.keySet().retainAll(connections);
    for (String connection : connections) {
      List<Beat> known = beats.computeIfAbsent(connection, any -> new ArrayList<>());
      long last = known.isEmpty() ? 0 : known.get(known.size() - 1).sequence();
      known.addAll(store.since(connection, last));
      if (known.size() > HeartbeatStore.KEPT) {
        known.subList(0, known.size() - HeartbeatStore.KEPT).clear();
      }
    }
  }

  private void look(String pipeline, Watched table, List<Shown> news) {
    table.watches.forEach(
        watch -> watch.written(beats.getOrDefault(watch.connection(), List.of())));
    Instant now = Instant.now();
    boolean waiting = table.watches.stream().anyMatch(TableWatch::isWaiting);
    if (!waiting && now.isBefore(table.toldAt.plus(TELL))) {
      return;
    }
    try {
      List<Stand> stands = waiting ? stands(table) : List.of();
      for (TableWatch watch : table.watches) {
        List<Taken> arrived = watch.look(stands, table.marks, now);
        arrived.forEach(taken -> metrics.arrived(pipeline, table.name.toString(), taken));
        Shown shown = watch.shown(table.marks, now);
        metrics.put(shown);
        news.add(shown);
      }
      table.toldAt = now;
    } catch (RuntimeException e) {
      LOG.warn("Cannot look for heartbeats in table {}", table.name, e);
    }
  }

  /** Returns the table's snapshots since the last look that carry marks, oldest first. */
  private List<Stand> stands(Watched table) {
    List<Stand> stands = new ArrayList<>();
    Optional<Table> loaded = lake.find(table.name);
    if (loaded.isEmpty() || loaded.get().currentSnapshot() == null) {
      return stands;
    }
    long newest = loaded.get().currentSnapshot().sequenceNumber();
    for (Snapshot snapshot : SnapshotUtil.currentAncestors(loaded.get())) {
      if (snapshot.sequenceNumber() <= table.lastSnapshot) {
        break;
      }
      TableMarks.of(snapshot)
          .ifPresent(
              marks ->
                  stands.add(new Stand(Instant.ofEpochMilli(snapshot.timestampMillis()), marks)));
    }
    if (!stands.isEmpty()) {
      table.marks = stands.get(0).marks();
    }
    table.lastSnapshot = newest;
    Collections.reverse(stands);
    return stands;
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(5_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    metrics.close();
  }
}
