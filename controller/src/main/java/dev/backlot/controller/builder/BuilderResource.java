package dev.backlot.controller.builder;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.controller.access.AccessLog;
import dev.backlot.controller.access.Caller;
import dev.backlot.controller.catalog.Items;
import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.controller.mask.Masks;
import dev.backlot.controller.secret.SecretAccess;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.spec.PipelineSpec;
import dev.backlot.model.spec.StepSpec;
import dev.backlot.spec.SpecReader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Palette, checks and previews of pipelines that are still being written. Changes nothing. */
@RestController
public final class BuilderResource {
  private static final int LONGEST = 1 << 20;

  private final DataPlane dataPlane;
  private final ProcessorItems processors;
  private final Masks masks;
  private final AccessLog log;
  private final SecretAccess secrets;

  /** Asks this data plane. */
  public BuilderResource(
      DataPlane dataPlane,
      ProcessorItems processors,
      Masks masks,
      AccessLog log,
      SecretAccess secrets) {
    this.dataPlane = dataPlane;
    this.processors = processors;
    this.masks = masks;
    this.log = log;
    this.secrets = secrets;
  }

  /** A pipeline's text. */
  record CheckRequest(@Nullable String document) {}

  /**
   * What is to be previewed.
   *
   * @param step the only one that matters; every one unless given
   * @param limit how many rows of each Source
   * @param keys only rows with these keys
   */
  record PreviewRequest(
      @Nullable String document,
      @Nullable String step,
      @Nullable Integer limit,
      @Nullable List<String> keys) {}

  /** A GraphQL query, perhaps half written. */
  record OutlineRequest(@Nullable String query) {}

  @GetMapping("/api/v1/processors")
  Map<String, Object> processors() {
    return Map.of("items", processors.list(Items.Effort.CHEAP));
  }

  @PostMapping("/api/v1/pipelines/check")
  JsonNode check(@RequestBody CheckRequest request) {
    return dataPlane.check(text(request.document(), "document"));
  }

  @PostMapping("/api/v1/preview")
  JsonNode preview(@RequestBody PreviewRequest request, Caller caller) {
    String document = text(request.document(), "document");
    Map<String, Set<String>> hidden = new HashMap<>();
    Optional<PipelineSpec> pipeline = SpecReader.sketch(document).pipeline();
    pipeline.ifPresent(sketched -> secrets.require(caller, "preview", sketched));
    List<StepSpec> steps = pipeline.map(PipelineSpec::steps).orElse(List.of());
    for (StepSpec step : steps) {
      if (step.role() == StepSpec.Role.SOURCE && !hidden.containsKey(step.type())) {
        Set<String> masked = masks.ofSource(caller, step.type());
        hidden.put(step.type(), masked);
        log.record(
            caller,
            "preview",
            new AccessLog.Subject("source", step.type(), masks.owners().apply(step.type())),
            Map.of("masked", List.copyOf(masked)));
      }
    }
    return dataPlane.preview(
        document,
        request.step() == null ? "" : request.step(),
        request.limit() == null ? 20 : request.limit(),
        request.keys() == null ? List.of() : request.keys(),
        hidden);
  }

  @GetMapping("/api/v1/endpoints/{name}/graph")
  JsonNode graph(@PathVariable String name) {
    return dataPlane.graph(name);
  }

  @PostMapping("/api/v1/endpoints/{name}/outline")
  JsonNode outline(@PathVariable String name, @RequestBody OutlineRequest request) {
    return dataPlane.outline(name, text(request.query(), "query"));
  }

  static String text(@Nullable String text, String field) {
    if (text == null || text.length() > LONGEST) {
      throw new ProblemException(
          ProblemCode.USAGE,
          "Cannot read the request: field '%s' is %s. Send a text of at most 1 MiB."
              .formatted(field, text == null ? "missing" : "too long"));
    }
    return text;
  }
}
