package dev.backlot.controller.source;

import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.metadata.CaptureStore;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.metadata.DumpStore;
import dev.backlot.metadata.DumpStore.Dump;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.SourceStore;
import dev.backlot.metadata.SourceStore.StoredSource;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.spec.SpecKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Samples and dumps of Sources. */
@RestController
public final class SourceResource {
  private static final int MOST_ROWS = 1000;

  private final DocumentStore documents;
  private final CaptureStore captures;
  private final SourceStore sources;
  private final DumpStore dumps;
  private final DataPlane dataPlane;

  /** Serves these Sources. */
  public SourceResource(MetadataDatabase metadata, DataPlane dataPlane) {
    this.documents = metadata.documents();
    this.captures = metadata.captures();
    this.sources = metadata.sources();
    this.dumps = metadata.dumps();
    this.dataPlane = dataPlane;
  }

  /**
   * A dump to be made: of everything, of the rows that a predicate chooses, or of some keys.
   *
   * @param keys each the key's columns in key order, as text
   */
  record DumpRequest(@Nullable String where, @Nullable List<List<String>> keys) {}

  /** Lets every Source of a connection begin another epoch, with a dump. */
  @PostMapping("/api/v1/connections/{name}/recapture")
  Map<String, Object> recapture(@PathVariable String name) {
    boolean declared =
        documents.find(SpecKind.CONNECTION, name).filter(found -> !found.deleting()).isPresent();
    if (!declared || !captures.requestRecapture(name)) {
      throw new ProblemException(
          declared ? ProblemCode.NOT_ALLOWED_NOW : ProblemCode.NOT_FOUND,
          "Cannot recapture connection '"
              + name
              + "': "
              + (declared
                  ? "it was never captured. Wait until it is."
                  : "there is none of this name. See `backlot get connections`."));
    }
    return Map.of("state", "requested");
  }

  @GetMapping("/api/v1/sources/{name}/sample")
  Map<String, Object> sample(
      @PathVariable String name, @RequestParam(defaultValue = "20") int limit) {
    String source = find(name, "sample").descriptor().name();
    return dataPlane.sample(source, Math.max(1, Math.min(limit, MOST_ROWS)));
  }

  @PostMapping("/api/v1/sources/{name}/dumps")
  Map<String, Object> dump(@PathVariable String name, @RequestBody DumpRequest request) {
    StoredSource source = find(name, "dump");
    check(source, request);
    long id =
        dumps.request(
            source.descriptor().name(),
            source.descriptor().epoch(),
            source.descriptor().connection(),
            false,
            request.where() == null ? "" : request.where(),
            request.keys());
    return dump(id);
  }

  @GetMapping("/api/v1/sources/{name}/dumps")
  Map<String, Object> dumps(@PathVariable String name) {
    String source = find(name, "list the dumps of").descriptor().name();
    return Map.of("dumps", dumps.ofSource(source).stream().map(SourceResource::view).toList());
  }

  @GetMapping("/api/v1/dumps/{id}")
  Map<String, Object> dump(@PathVariable long id) {
    return dumps
        .find(id)
        .map(SourceResource::view)
        .orElseThrow(
            () ->
                new ProblemException(
                    ProblemCode.NOT_FOUND,
                    "Cannot show dump '" + id + "': there is none. See the source's dumps."));
  }

  private static void check(StoredSource source, DumpRequest request) {
    String name = source.descriptor().name();
    List<String> key = source.descriptor().keyColumns();
    List<String> causes = new ArrayList<>();
    if (request.where() != null && request.keys() != null) {
      causes.add("it has both a predicate and keys. Give one of them.");
    }
    if (request.where() != null && request.where().isBlank()) {
      causes.add("the predicate is empty. Leave it out to dump every row.");
    }
    if (request.keys() != null && key.isEmpty()) {
      causes.add("the source has no key. Dump it wholly or by a predicate.");
    } else if (request.keys() != null) {
      for (List<String> given : request.keys()) {
        if (given == null || given.size() != key.size()) {
          causes.add(
              "a key has "
                  + (given == null ? 0 : given.size())
                  + " columns. Give "
                  + String.join(", ", key)
                  + ".");
          break;
        }
      }
    }
    if (!causes.isEmpty()) {
      throw new ProblemException(
          causes.stream()
              .map(
                  cause ->
                      dev.backlot.model.Problem.of(
                          ProblemCode.USAGE, "Cannot dump source '" + name + "': " + cause))
              .toList());
    }
  }

  private StoredSource find(String name, String verb) {
    return sources
        .find(SourceItems.canonical(name))
        .orElseThrow(
            () ->
                new ProblemException(
                    ProblemCode.NOT_FOUND,
                    "Cannot "
                        + verb
                        + " source '"
                        + name
                        + "': there is none of this name. See `backlot get sources`."));
  }

  private static Map<String, Object> view(Dump dump) {
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
    return map;
  }
}
