package dev.backlot.controller.dump;

import dev.backlot.controller.catalog.Item;
import dev.backlot.controller.source.SourceItems;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.metadata.DumpStore;
import dev.backlot.metadata.DumpStore.Dump;
import dev.backlot.metadata.DumpStore.Settings;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.SourceStore;
import dev.backlot.metadata.SourceStore.StoredSource;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.spec.SpecKind;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Asks for dumps and tells them what to do. */
@RestController
public final class DumpResource {
  private final DocumentStore documents;
  private final SourceStore sources;
  private final DumpStore dumps;

  /** Serves these Sources. */
  public DumpResource(MetadataDatabase metadata) {
    this.documents = metadata.documents();
    this.sources = metadata.sources();
    this.dumps = metadata.dumps();
  }

  @PostMapping("/api/v1/sources/{name}/dumps")
  Map<String, Object> dump(@PathVariable String name, @RequestBody DumpRequest request) {
    StoredSource source = SourceItems.find(sources, name, "dump");
    DumpRequest.refuse(
        "Cannot dump source '" + source.descriptor().name() + "'",
        request.causes(source.descriptor().keyColumns()));
    return show(request(source, request));
  }

  /** Dumps every Source of a connection that is written. */
  @PostMapping("/api/v1/connections/{name}/dumps")
  Map<String, Object> dumpConnection(@PathVariable String name, @RequestBody DumpRequest request) {
    String cannot = "Cannot dump connection '" + name + "'";
    if (documents.find(SpecKind.CONNECTION, name).filter(d -> !d.deleting()).isEmpty()) {
      throw new ProblemException(
          ProblemCode.NOT_FOUND,
          cannot + ": there is none of this name. See `backlot get connections`.");
    }
    if (request.where() != null || request.keys() != null) {
      DumpRequest.refuse(
          cannot, List.of("a predicate or keys are of one source. Dump that source."));
    }
    DumpRequest.refuse(cannot, request.settingCauses());
    List<StoredSource> written =
        sources.ofConnection(name).stream()
            .filter(
                source ->
                    source.state() == SourceStore.State.STREAMING
                        || source.state() == SourceStore.State.DUMPING)
            .toList();
    return Map.of("items", written.stream().map(source -> show(request(source, request))).toList());
  }

  @GetMapping("/api/v1/sources/{name}/dumps")
  Map<String, Object> dumps(@PathVariable String name) {
    String source = SourceItems.find(sources, name, "list the dumps of").descriptor().name();
    return Map.of("dumps", dumps.ofSource(source).stream().map(DumpResource::view).toList());
  }

  /** Says what another dump of everything would take, by the last one that was done. */
  @GetMapping("/api/v1/sources/{name}/dumps/forecast")
  Map<String, Object> forecast(@PathVariable String name) {
    String source = SourceItems.find(sources, name, "forecast a dump of").descriptor().name();
    Map<String, Object> forecast = new LinkedHashMap<>();
    dumps.ofSource(source).stream()
        .filter(dump -> dump.state() == DumpStore.State.DONE)
        .filter(dump -> dump.predicate().isEmpty() && dump.keys().isEmpty())
        .filter(dump -> dump.startedAt().isPresent() && dump.finishedAt().isPresent())
        .reduce((earlier, later) -> later)
        .ifPresent(
            dump -> {
              long millis =
                  Duration.between(dump.startedAt().orElseThrow(), dump.finishedAt().orElseThrow())
                      .toMillis();
              forecast.put("rows", dump.progress().readRows());
              forecast.put("seconds", Math.max(1, millis / 1000));
              forecast.put("as_of", dump.finishedAt().orElseThrow());
            });
    return forecast;
  }

  @GetMapping("/api/v1/dumps/{id}")
  Map<String, Object> dump(@PathVariable String id) {
    return view(find(id));
  }

  /** Changes how a dump is read. */
  @PostMapping("/api/v1/dumps/{id}/set")
  Map<String, Object> set(@PathVariable String id, @RequestBody DumpRequest request) {
    Dump dump = find(id);
    String cannot = "Cannot change dump '" + id + "'";
    if (request.where() != null || request.keys() != null) {
      DumpRequest.refuse(cannot, List.of("its rows stay as they were asked for. Ask for another."));
    }
    DumpRequest.refuse(cannot, request.settingCauses());
    if (request.parallel() != null && dump.startedAt().isPresent()) {
      throw new ProblemException(
          ProblemCode.NOT_ALLOWED_NOW,
          cannot
              + ": it has begun, and its table is split when it begins. Cancel it and dump it again"
              + " with --parallel.");
    }
    return told(dump, cannot, dumps.set(dump.id(), request.settings(dump.settings())));
  }

  @PostMapping("/api/v1/dumps/{id}/pause")
  Map<String, Object> pause(@PathVariable String id) {
    Dump dump = find(id);
    return told(dump, "Cannot pause dump '" + id + "'", dumps.pause(dump.id()));
  }

  @PostMapping("/api/v1/dumps/{id}/resume")
  Map<String, Object> resume(@PathVariable String id) {
    Dump dump = find(id);
    return told(dump, "Cannot resume dump '" + id + "'", dumps.resume(dump.id()));
  }

  @PostMapping("/api/v1/dumps/{id}/cancel")
  Map<String, Object> cancel(@PathVariable String id) {
    Dump dump = find(id);
    return told(
        dump, "Cannot cancel dump '" + id + "'", dumps.cancel(dump.id(), "It was cancelled."));
  }

  private Map<String, Object> told(Dump before, String cannot, boolean changed) {
    Dump now = dumps.find(before.id()).orElse(before);
    if (!changed) {
      throw new ProblemException(
          ProblemCode.NOT_ALLOWED_NOW,
          cannot + ": it is " + now.state().label() + ". Ask for another dump.");
    }
    return view(now);
  }

  /** A whole dump of a Source whose first one came to nothing is its first one. */
  private long request(StoredSource source, DumpRequest request) {
    String name = source.descriptor().name();
    if (source.descriptor().publisher().exists()) {
      throw new ProblemException(
          ProblemCode.NOT_ALLOWED_NOW,
          "Cannot dump source '%s': pipeline '%s' publishes it, and it has no table. Dump the Sources of that pipeline."
              .formatted(name, source.descriptor().publisher().pipeline()));
    }
    boolean whole = request.where() == null && request.keys() == null;
    boolean first =
        whole
            && source.state() == SourceStore.State.DUMPING
            && dumps.ofSource(name).stream()
                .noneMatch(
                    dump ->
                        dump.initial()
                            && dump.epoch() == source.descriptor().epoch()
                            && dump.state().isOpen());
    return dumps.request(
        name,
        source.descriptor().epoch(),
        source.descriptor().connection(),
        first,
        request.where() == null ? "" : request.where(),
        request.keys(),
        request.settings(Settings.NONE));
  }

  private Map<String, Object> show(long id) {
    return view(dumps.find(id).orElseThrow());
  }

  private Dump find(String id) {
    return (id.matches("\\d{1,18}")
            ? dumps.find(Long.parseLong(id))
            : java.util.Optional.<Dump>empty())
        .orElseThrow(
            () ->
                new ProblemException(
                    ProblemCode.NOT_FOUND,
                    "Cannot find dump '" + id + "': there is none. See `backlot get dumps`."));
  }

  /** The item, and in front what a script asks for most. */
  private static Map<String, Object> view(Dump dump) {
    Item item = DumpItems.item(dump);
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("id", dump.id());
    map.put("source", dump.source());
    map.put("epoch", dump.epoch());
    map.put("initial", dump.initial());
    map.put("where", dump.predicate());
    dump.keys().ifPresent(keys -> map.put("keys", keys.size()));
    map.put("state", dump.state().label());
    map.put("reason", dump.reason());
    map.put("dumped_rows", dump.dumpedRows());
    map.put("requested_at", dump.requestedAt());
    dump.finishedAt().ifPresent(time -> map.put("finished_at", time));
    map.put("kind", item.kind());
    map.put("name", item.name());
    map.put("spec", item.spec());
    map.put("status", item.status());
    return map;
  }
}
