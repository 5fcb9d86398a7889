package dev.backlot.controller.dump;

import dev.backlot.controller.catalog.Item;
import dev.backlot.controller.catalog.Items;
import dev.backlot.metadata.DumpStore;
import dev.backlot.metadata.DumpStore.Dump;
import dev.backlot.metadata.DumpStore.Progress;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.spec.Quantities;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Dumps, by number: those that are not finished, and the newest that are. */
public final class DumpItems implements Items {
  private static final int FINISHED = 100;

  private final DumpStore dumps;

  /** Shows the stored dumps. */
  public DumpItems(MetadataDatabase metadata) {
    this.dumps = metadata.dumps();
  }

  @Override
  public String path() {
    return "dumps";
  }

  @Override
  public String noun() {
    return "dump";
  }

  @Override
  public List<Item> list(Effort effort) {
    return dumps.newest(FINISHED).stream().map(DumpItems::item).toList();
  }

  @Override
  public Optional<Item> find(String name, Effort effort) {
    return name.matches("\\d{1,18}")
        ? dumps.find(Long.parseLong(name)).map(DumpItems::item)
        : Optional.empty();
  }

  static Item item(Dump dump) {
    return new Item("Dump", Long.toString(dump.id()), spec(dump), status(dump));
  }

  private static Map<String, Object> spec(Dump dump) {
    Map<String, Object> spec = new LinkedHashMap<>();
    spec.put("source", dump.source());
    spec.put("connection", dump.connection());
    spec.put("epoch", dump.epoch());
    spec.put("initial", dump.initial());
    spec.put("where", dump.predicate());
    dump.keys().ifPresent(keys -> spec.put("keys", keys.size()));
    dump.settings().chunkRows().ifPresent(rows -> spec.put("chunk_rows", rows));
    dump.settings().delay().ifPresent(delay -> spec.put("delay", Quantities.formatDuration(delay)));
    dump.settings().parallel().ifPresent(ranges -> spec.put("parallel", ranges));
    return spec;
  }

  private static Map<String, Object> status(Dump dump) {
    Progress progress = dump.progress();
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("state", dump.state().label());
    status.put("reason", dump.reason());
    status.put("since", dump.finishedAt().or(dump::startedAt).orElse(dump.requestedAt()));
    status.put("read_rows", progress.readRows());
    status.put("dumped_rows", progress.writtenRows());
    status.put("bytes", progress.bytes());
    status.put("chunks", progress.chunks());
    dump.estimate()
        .rows()
        .ifPresent(
            rows -> {
              status.put("estimated_rows", rows);
              status.put("estimated_by", dump.estimate().by());
            });
    DumpForecast forecast = DumpForecast.of(dump);
    forecast.rowsPerSecond().ifPresent(rate -> status.put("rows_per_second", rate));
    forecast.secondsLeft().ifPresent(left -> status.put("seconds_left", left));
    progress.lastKey().ifPresent(key -> status.put("last_key", key));
    if (!progress.ranges().isEmpty()) {
      status.put("ranges", ranges(progress));
    }
    status.put("requested_at", dump.requestedAt());
    dump.startedAt().ifPresent(at -> status.put("started_at", at));
    dump.finishedAt().ifPresent(at -> status.put("finished_at", at));
    return status;
  }

  private static List<Map<String, Object>> ranges(Progress progress) {
    List<Map<String, Object>> list = new ArrayList<>();
    for (DumpStore.KeyRange range : progress.ranges()) {
      Map<String, Object> map = new LinkedHashMap<>();
      if (range.after() != null) {
        map.put("after", range.after());
      }
      if (range.to() != null) {
        map.put("to", range.to());
      }
      map.put("done", range.done());
      list.add(map);
    }
    return list;
  }
}
