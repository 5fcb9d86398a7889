package dev.backlot.controller.status;

import dev.backlot.controller.catalog.Item;
import dev.backlot.controller.catalog.Items.Effort;
import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.controller.dataplane.DataPlane.SourceStats;
import dev.backlot.controller.document.Usage;
import dev.backlot.controller.dump.DumpForecast;
import dev.backlot.controller.incident.IncidentItems;
import dev.backlot.controller.pipeline.PipelineItems;
import dev.backlot.controller.pipeline.ProgressBoard;
import dev.backlot.controller.source.ConnectionItems;
import dev.backlot.controller.web.Json;
import dev.backlot.metadata.DumpStore;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.SourceStore;
import dev.backlot.metadata.SourceStore.StoredSource;
import dev.backlot.model.ProblemException;
import dev.backlot.model.spec.PipelineSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state of everything in one JSON object: services, connections, Sources, pipelines, tables.
 * What is not known is null, never zero. Computed at most once a second, whoever asks. Thread-safe.
 */
public final class PlatformStatus implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PlatformStatus.class);
  private static final long FRESH_NANOS = 800_000_000L;
  private static final long TABLES_NANOS = 2_000_000_000L;

  private final MetadataDatabase metadata;
  private final PipelineItems pipelines;
  private final ProgressBoard progress;
  private final ConnectionItems connections;
  private final StatusTables tables;
  private final IncidentItems incidents;
  private final SourceFigures figures;
  private final Instant startedAt = Instant.now();
  private Map<String, Object> newest = Map.of();
  private long newestAt;
  private List<Map<String, Object>> newestTables = List.of();
  private long newestTablesAt;

  /** Watches these parts. */
  public PlatformStatus(
      MetadataDatabase metadata,
      DataPlane dataPlane,
      PipelineItems pipelines,
      ProgressBoard progress,
      IncidentItems incidents,
      StatusTables tables) {
    this.metadata = metadata;
    this.pipelines = pipelines;
    this.progress = progress;
    this.incidents = incidents;
    this.connections = new ConnectionItems(metadata);
    this.tables = tables;
    this.figures = new SourceFigures(metadata.sources(), dataPlane);
  }

  /** Returns the state, at most about a second old. */
  public synchronized Map<String, Object> snapshot() {
    if (!newest.isEmpty() && System.nanoTime() - newestAt < FRESH_NANOS) {
      return newest;
    }
    Map<String, Object> state = new LinkedHashMap<>();
    Optional<List<Item>> items = attempt(() -> pipelines.list(Effort.CHEAP));
    state.put("now", Instant.now());
    state.put("platform", Map.of("version", "0.1.0", "started_at", startedAt));
    state.put("services", services(items.isPresent()));
    state.put("connections", attempt(this::connections).orElse(List.of()));
    state.put("sources", attempt(this::sources).orElse(List.of()));
    state.put("pipelines", items.orElse(List.of()).stream().map(this::pipeline).toList());
    state.put("tables", tables());
    state.put("incidents", attempt(incidents::open).orElse(List.of()));
    newest = state;
    newestAt = System.nanoTime();
    return state;
  }

  private List<Map<String, Object>> tables() {
    if (System.nanoTime() - newestTablesAt > TABLES_NANOS || newestTablesAt == 0) {
      newestTables = attempt(tables::list).orElse(newestTables);
      newestTablesAt = System.nanoTime();
    }
    return newestTables;
  }

  private List<Map<String, Object>> services(boolean databaseUp) {
    boolean plane = progress.isReachable();
    List<Map<String, Object>> services = new ArrayList<>();
    services.add(service("postgres", databaseUp ? "healthy" : "down"));
    for (String name : List.of("kafka", "capture", "flink")) {
      services.add(service(name, plane ? "healthy" : "down"));
    }
    services.add(service("controller", "healthy"));
    return services;
  }

  private static Map<String, Object> service(String name, String state) {
    Map<String, Object> service = new LinkedHashMap<>();
    service.put("name", name);
    service.put("state", state);
    service.put("detail", null);
    return service;
  }

  private List<Map<String, Object>> connections() {
    List<Map<String, Object>> list = new ArrayList<>();
    for (Item item : connections.list(Effort.CHEAP)) {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("name", item.name());
      map.put("owner", item.spec().get("owner"));
      map.put("type", item.spec().get("type"));
      map.put("state", item.state());
      map.put("reason", orNull(item.status().get("reason")));
      map.put("retained_bytes", item.status().get("retained_bytes"));
      map.put("worker", worker(item.status().get("worker")));
      list.add(map);
    }
    return list;
  }

  private static @Nullable String worker(@Nullable Object worker) {
    return worker instanceof Map<?, ?> known ? known.get("host") + "/" + known.get("pid") : null;
  }

  private List<Map<String, Object>> sources() {
    List<Map<String, Object>> list = new ArrayList<>();
    Map<String, SourceStats> known = progress.isReachable() ? figures.look() : Map.of();
    for (StoredSource source : metadata.sources().list()) {
      String name = source.descriptor().name();
      Optional<SourceStats> stats = Optional.ofNullable(known.get(name));
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("name", name);
      map.put("connection", orNull(source.descriptor().connection()));
      map.put("pipeline", orNull(source.descriptor().publisher().pipeline()));
      map.put("state", source.state().label());
      map.put("reason", orNull(source.reason()));
      map.put("key", source.descriptor().keyColumns());
      map.put("epoch", source.descriptor().epoch());
      map.put("topic", source.descriptor().topic());
      map.put("rate", stats.flatMap(SourceStats::rate).orElse(null));
      map.put("messages", stats.flatMap(SourceStats::messages).orElse(null));
      map.put("newest_change_at", stats.flatMap(SourceStats::newest).orElse(null));
      map.put("dump", dump(source));
      list.add(map);
    }
    return list;
  }

  /** The dump that runs, or else the oldest that waits. */
  private @Nullable Map<String, Object> dump(StoredSource source) {
    Optional<DumpStore.Dump> open =
        metadata.dumps().unfinished(source.descriptor().connection()).stream()
            .filter(dump -> dump.source().equals(source.descriptor().name()))
            .min(Comparator.comparing(dump -> dump.state() != DumpStore.State.RUNNING));
    if (open.isEmpty() && source.state() != SourceStore.State.DUMPING) {
      return null;
    }
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("id", open.map(DumpStore.Dump::id).orElse(null));
    map.put("state", open.map(dump -> dump.state().label()).orElse(null));
    map.put("done_rows", open.map(dump -> dump.progress().readRows()).orElse(source.dumpedRows()));
    OptionalLong total = open.map(dump -> dump.estimate().rows()).orElse(OptionalLong.empty());
    map.put("total_rows", total.isPresent() ? total.getAsLong() : null);
    map.put("estimated", open.map(dump -> dump.keys().isEmpty()).orElse(true));
    DumpForecast forecast =
        open.map(DumpForecast::of)
            .orElse(new DumpForecast(OptionalLong.empty(), OptionalLong.empty()));
    forecast.rowsPerSecond().ifPresent(rate -> map.put("rate", rate));
    forecast.secondsLeft().ifPresent(left -> map.put("seconds_left", left));
    return map;
  }

  private Map<String, Object> pipeline(Item item) {
    Map<String, Object> status = item.status();
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", item.name());
    map.put("owner", item.spec().get("owner"));
    map.put("description", item.spec().get("description"));
    map.put("state", item.state());
    map.put("reason", orNull(status.get("reason")));
    map.put("since", status.get("since"));
    map.put("revision", status.get("revision"));
    map.put("rate", status.get("rate"));
    map.put("lag_seconds", status.get("lag_seconds"));
    map.put("lag_records", status.get("lag_records"));
    map.put("caught_up", status.get("caught_up"));
    map.put("jobs", status.get("jobs"));
    map.put("heartbeat_seconds", status.get("heartbeat_seconds"));
    map.put("heartbeat_age_seconds", status.get("heartbeat_age_seconds"));
    map.put("heartbeat_still_since", status.get("heartbeat_still_since"));
    Optional<PipelineSpec> spec =
        Usage.spec(Json.write(item.spec()))
            .filter(PipelineSpec.class::isInstance)
            .map(PipelineSpec.class::cast);
    map.put("sources", spec.map(Usage::sources).orElse(List.of()));
    map.put("tables", spec.map(Usage::tables).orElse(List.of()));
    map.put("publishes", spec.map(Usage::published).orElse(List.of()));
    map.put("steps", item.spec().get("steps"));
    return map;
  }

  private static @Nullable Object orNull(@Nullable Object text) {
    return text == null || text.toString().isEmpty() ? null : text;
  }

  private static <T> Optional<T> attempt(Supplier<T> question) {
    try {
      return Optional.of(question.get());
    } catch (ProblemException e) {
      LOG.debug("Cannot find out a part of the status", e);
      return Optional.empty();
    } catch (RuntimeException e) {
      LOG.debug("Cannot find out a part of the status", e);
      return Optional.empty();
    }
  }

  @Override
  public void close() {
    figures.close();
  }
}
