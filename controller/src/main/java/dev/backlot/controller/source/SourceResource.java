package dev.backlot.controller.source;

import dev.backlot.controller.access.Caller;
import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.controller.mask.Masks;
import dev.backlot.metadata.CaptureStore;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.SourceStore;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.spec.SpecKind;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Samples of Sources, and their capture anew. */
@RestController
public final class SourceResource {
  private static final int MOST_ROWS = 1000;

  private final DocumentStore documents;
  private final CaptureStore captures;
  private final SourceStore sources;
  private final DataPlane dataPlane;
  private final Masks masks;

  /** Serves these Sources. */
  public SourceResource(MetadataDatabase metadata, DataPlane dataPlane, Masks masks) {
    this.documents = metadata.documents();
    this.captures = metadata.captures();
    this.sources = metadata.sources();
    this.dataPlane = dataPlane;
    this.masks = masks;
  }

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
      @PathVariable String name, @RequestParam(defaultValue = "20") int limit, Caller caller) {
    String source = SourceItems.find(sources, name, "sample").descriptor().name();
    Set<String> masked = masks.ofSource(caller, source);
    Map<String, Object> sample =
        new LinkedHashMap<>(dataPlane.sample(source, Math.max(1, Math.min(limit, MOST_ROWS))));
    if (!masked.isEmpty()) {
      sample.put("rows", Masks.hideAll(sample.get("rows"), masked));
    }
    sample.put("masked", masked);
    return sample;
  }
}
