package dev.backlot.controller.blocked;

import dev.backlot.controller.access.Callers;
import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.controller.document.ChangePlanner;
import dev.backlot.controller.document.Difference;
import dev.backlot.controller.document.Usage;
import dev.backlot.controller.mask.Masks;
import dev.backlot.controller.pipeline.Reconciler;
import dev.backlot.controller.web.Json;
import dev.backlot.metadata.DocumentStore;
import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.metadata.DocumentStore.Write;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.PipelineStore;
import dev.backlot.metadata.PipelineStore.Status;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.source.SourceName;
import dev.backlot.model.spec.PipelineSpec;
import dev.backlot.model.spec.SpecKind;
import dev.backlot.spec.SpecWriter;
import dev.backlot.spec.Suggestion;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Carries out what the owner of a blocked pipeline has chosen. */
@RestController
public final class ResolveResource {
  private final DocumentStore documents;
  private final PipelineStore pipelines;
  private final BlockedPipelines blocked;
  private final ChangePlanner planner;
  private final DataPlane dataPlane;
  private final Reconciler reconciler;
  private final Masks masks;

  /** Resolves what blocks these pipelines. */
  public ResolveResource(
      MetadataDatabase metadata,
      BlockedPipelines blocked,
      ChangePlanner planner,
      DataPlane dataPlane,
      Reconciler reconciler,
      Masks masks) {
    this.documents = metadata.documents();
    this.pipelines = metadata.pipelines();
    this.blocked = blocked;
    this.planner = planner;
    this.dataPlane = dataPlane;
    this.reconciler = reconciler;
    this.masks = masks;
  }

  /**
   * A choice.
   *
   * @param source needed where Sources lost fields of one name
   * @param choice {@code map}, {@code default}, {@code stop_consuming} or {@code accept}
   * @param from which field is read instead, for {@code map}
   * @param value what stands for it, for {@code default}
   * @param dryRun whether only to say what would happen
   */
  record Request(
      @Nullable String source,
      @Nullable String field,
      @Nullable String choice,
      @Nullable String from,
      @Nullable Object value,
      boolean dryRun) {}

  /** What a choice comes to. */
  private record Outcome(
      PipelineSpec before,
      BrokenField field,
      Resolution resolution,
      PipelineSpec after,
      List<Problem> problems,
      List<String> remaining) {
    boolean changes() {
      return !SpecWriter.toJson(after).equals(SpecWriter.toJson(before));
    }
  }

  @PostMapping("/api/v1/pipelines/{name}/resolve")
  Map<String, Object> resolve(@PathVariable String name, @RequestBody Request request) {
    StoredDocument document = document(name);
    PipelineSpec spec = spec(document);
    Resolution resolution = resolution(name, request);
    String planHash = pipelines.find(name).map(Status::planHash).orElse("");
    List<BlockedSource> sources = blocked.of(name, planHash);
    BrokenField field = field(name, request, sources);
    Resolver.Resolved resolved = Resolver.resolve(spec, field, resolution, blocked.planned(name));
    Outcome outcome =
        resolved.problems().isEmpty()
            ? checked(spec, field, resolution, resolved.spec(), planHash, sources)
            : new Outcome(spec, field, resolution, spec, resolved.problems(), List.of());
    Optional<Long> revision = Optional.empty();
    if (!request.dryRun()) {
      if (!outcome.problems().isEmpty()) {
        throw new ProblemException(outcome.problems());
      }
      revision = carryOut(document, outcome);
    }
    return answer(name, request, outcome, revision);
  }

  /** Plans the pipeline; as long as other fields are broken, for the schemas before the change. */
  private Outcome checked(
      PipelineSpec spec,
      BrokenField field,
      Resolution resolution,
      PipelineSpec after,
      String planHash,
      List<BlockedSource> sources) {
    String json = SpecWriter.toJson(after);
    List<String> others =
        sources.stream()
            .flatMap(source -> source.fields().stream())
            .filter(other -> !other.equals(field))
            .map(BrokenField::name)
            .toList();
    List<Problem> problems = problems(spec.name(), json);
    List<String> remaining = List.of();
    boolean later = !others.isEmpty() && !(resolution instanceof Resolution.Accept);
    if (!problems.isEmpty() && later) {
      Map<String, Integer> upTo = blocked.evolution(spec.name(), planHash).upTo();
      if (dataPlane.plan(json, List.of(), List.of(), upTo).problems().isEmpty()) {
        problems = List.of();
        remaining = others;
      }
    }
    return new Outcome(spec, field, resolution, after, problems, remaining);
  }

  private List<Problem> problems(String pipeline, String json) {
    try {
      planner.check("pipeline " + pipeline, json, Callers.current());
      // What stands as it is, such as a pipeline whose change is accepted, is not planned there.
      return dataPlane.plan(json, List.of(), List.of()).problems();
    } catch (ProblemException e) {
      if (e.problems().stream().anyMatch(p -> p.code() == ProblemCode.DATA_PLANE_UNREACHABLE)) {
        throw e;
      }
      return e.problems();
    }
  }

  private Optional<Long> carryOut(StoredDocument document, Outcome outcome) {
    Optional<Long> revision = Optional.empty();
    if (outcome.changes()) {
      String message =
          "resolve: field '%s' of %s: %s"
              .formatted(
                  outcome.field().name(), outcome.field().source(), text(outcome.resolution()));
      Write write =
          new Write(
              SpecKind.PIPELINE,
              document.name(),
              SpecWriter.toJson(outcome.after()),
              document.revision(),
              Callers.current().name(),
              message);
      revision = documents.write(List.of(write), List.of()).stream().findFirst();
    } else {
      pipelines.requestRestart(document.name());
    }
    reconciler.wake();
    return revision;
  }

  private static String text(Resolution resolution) {
    if (resolution instanceof Resolution.FromField from) {
      return "'" + from.field() + "' is read instead";
    }
    return resolution instanceof Resolution.Constant constant
        ? "'" + constant.text() + "' stands for it"
        : "it is not consumed any more";
  }

  private Map<String, Object> answer(
      String name, Request request, Outcome outcome, Optional<Long> revision) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("pipeline", name);
    answer.put("source", outcome.field().source());
    answer.put("field", outcome.field().name());
    answer.put("choice", outcome.resolution().label());
    answer.put("dry_run", request.dryRun());
    answer.put(
        "changes",
        Difference.between(SpecWriter.toMap(outcome.before()), SpecWriter.toMap(outcome.after())));
    answer.put("problems", outcome.problems());
    answer.put("remaining", outcome.remaining());
    revision.ifPresent(number -> answer.put("revision", number));
    if (request.dryRun()
        && outcome.problems().isEmpty()
        && outcome.resolution() instanceof Resolution.FromField from) {
      answer.put(
          "preview",
          Preview.of(
              dataPlane,
              outcome.field(),
              from.field(),
              masks.ofSource(Callers.current(), outcome.field().source())));
    }
    return Json.readMap(Json.write(answer));
  }

  private static Resolution resolution(String pipeline, Request request) {
    String choice = request.choice() == null ? "" : request.choice();
    return switch (choice) {
      case "map" -> {
        if (request.from() == null || request.from().isEmpty()) {
          throw usage(pipeline, "'map' needs 'from'", "Name the field that is read instead.");
        }
        yield new Resolution.FromField(request.from());
      }
      case "default" -> {
        if (request.value() == null || request.value() instanceof Map<?, ?>) {
          throw usage(pipeline, "'default' needs a 'value'", "Give a text, a number or a boolean.");
        }
        yield new Resolution.Constant(String.valueOf(request.value()));
      }
      case "stop_consuming" -> new Resolution.StopConsuming();
      case "accept" -> new Resolution.Accept();
      default ->
          throw usage(
              pipeline,
              "'" + choice + "' is no choice",
              Suggestion.sentence(choice, List.of("map", "default", "stop_consuming", "accept")));
    };
  }

  private static BrokenField field(String pipeline, Request request, List<BlockedSource> sources) {
    List<BlockedSource> meant =
        sources.stream().filter(source -> isMeant(request.source(), source.source())).toList();
    String name = request.field() == null ? "" : request.field();
    List<BrokenField> found = BlockedPipelines.broken(meant, name);
    if (found.size() > 1) {
      throw usage(
          pipeline,
          "more than one Source lost '" + name + "'",
          "Say which with --source: "
              + String.join(", ", found.stream().map(BrokenField::source).toList())
              + ".");
    }
    if (found.isEmpty()) {
      List<String> broken =
          meant.stream()
              .flatMap(source -> source.fields().stream())
              .map(BrokenField::name)
              .toList();
      throw new ProblemException(
          ProblemCode.NOT_ALLOWED_NOW,
          Resolver.refusal(
              pipeline,
              name,
              "no change of this field blocks the pipeline",
              broken.isEmpty()
                  ? "See its state with `backlot describe pipeline " + pipeline + "`."
                  : Suggestion.sentence(name, broken)));
    }
    return found.get(0);
  }

  private static boolean isMeant(@Nullable String named, String source) {
    if (named == null || named.isEmpty()) {
      return true;
    }
    try {
      return SourceName.parse(named).toString().equals(source);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static ProblemException usage(String pipeline, String cause, String next) {
    return new ProblemException(
        ProblemCode.USAGE, "Cannot resolve pipeline '" + pipeline + "': " + cause + ". " + next);
  }

  private StoredDocument document(String name) {
    return documents
        .find(SpecKind.PIPELINE, name)
        .orElseThrow(
            () ->
                new ProblemException(
                    ProblemCode.NOT_FOUND,
                    "Cannot resolve pipeline '"
                        + name
                        + "': there is none of this name. See `backlot get pipelines`."));
  }

  private static PipelineSpec spec(StoredDocument document) {
    return Usage.pipeline(document)
        .filter(unused -> !document.deleting())
        .orElseThrow(
            () ->
                new ProblemException(
                    ProblemCode.NOT_ALLOWED_NOW,
                    "Cannot resolve pipeline '"
                        + document.name()
                        + "': it is being deleted, or another version wrote it. Apply it again."));
  }
}
