package dev.backlot.controller.document;

import dev.backlot.controller.dataplane.DataPlane;
import dev.backlot.controller.document.Change.Action;
import dev.backlot.controller.web.Json;
import dev.backlot.metadata.DocumentStore.StoredDocument;
import dev.backlot.metadata.PipelineStore;
import dev.backlot.metadata.SourceStore;
import dev.backlot.model.Place;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.source.SourceDescriptor;
import dev.backlot.model.spec.PipelineSpec;
import dev.backlot.model.spec.Spec;
import dev.backlot.model.spec.SpecKind;
import dev.backlot.model.spec.StepSpec;
import dev.backlot.spec.SpecWriter;
import dev.backlot.spec.Suggestion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Plans the pipelines that a change set creates or changes. */
final class PipelineCheck {
  private static final Pattern STEP_PATH = Pattern.compile("steps\\[(\\d+)\\]\\.?(.*)");

  private final SourceStore sources;
  private final PipelineStore pipelines;
  private final DataPlane dataPlane;

  PipelineCheck(SourceStore sources, PipelineStore pipelines, DataPlane dataPlane) {
    this.sources = sources;
    this.pipelines = pipelines;
    this.dataPlane = dataPlane;
  }

  record Findings(List<Change> changes, List<Problem> problems) {}

  /**
   * Plans pipelines.
   *
   * @param drafts documents with problems; their sound steps are planned to find further problems
   * @param secrets endpoints that are not asked, since their secrets are not their caller's to use
   */
  Findings check(
      List<Change> changes,
      List<Spec> drafts,
      List<StoredDocument> current,
      ConnectionCheck.Findings connections,
      SecretCheck.Findings secrets) {
    List<Problem> problems = new ArrayList<>(tableProblems(changes, current));
    problems.addAll(PublicationCheck.check(changes, current));
    World world = new World(current, connections, changes, secrets);
    Map<String, Effects> effects = new HashMap<>();
    for (Change change : PublicationCheck.publishersFirst(changes)) {
      if (change.isWrite() && change.spec().orElse(null) instanceof PipelineSpec pipeline) {
        Optional<DataPlane.Planned> planned = plan(change.json(), pipeline, world, problems);
        planned.ifPresent(made -> world.discover(made.published()));
        effects.put(change.name(), effects(change, pipeline, planned));
      }
    }
    List<Change> checked =
        changes.stream()
            .map(
                change ->
                    change.kind() == SpecKind.PIPELINE && effects.containsKey(change.name())
                        ? change.withEffects(effects.get(change.name()))
                        : change)
            .toList();
    for (Spec draft : drafts) {
      if (draft instanceof PipelineSpec pipeline) {
        plan(SpecWriter.toJson(pipeline), pipeline, world, problems);
      }
    }
    return new Findings(checked, problems);
  }

  private Optional<DataPlane.Planned> plan(
      String json, PipelineSpec pipeline, World world, List<Problem> problems) {
    int before = problems.size();
    boolean known = true;
    List<SourceDescriptor> extra = new ArrayList<>();
    for (StepSpec step : pipeline.steps()) {
      if (step.role() == StepSpec.Role.SOURCE) {
        known &= findSource(pipeline, step, world, extra, problems);
      }
    }
    boolean refused =
        pipeline.steps().stream()
            .map(step -> String.valueOf(step.config().get("endpoint")))
            .anyMatch(endpoint -> world.secrets.refuses(SpecKind.ENDPOINT, endpoint));
    if (!known || refused || problems.size() > before) {
      return Optional.empty();
    }
    try {
      DataPlane.Planned planned = dataPlane.plan(json, extra, world.endpoints);
      planned.problems().forEach(problem -> problems.add(atStep(problem, pipeline)));
      return Optional.of(planned);
    } catch (ProblemException e) {
      e.problems().forEach(problem -> problems.add(atStep(problem, pipeline)));
      return Optional.empty();
    }
  }

  private Effects effects(
      Change change, PipelineSpec pipeline, Optional<DataPlane.Planned> planned) {
    return planned
        .flatMap(DataPlane.Planned::plan)
        .map(plan -> effects(change, pipeline, plan, planned.get().hash()))
        .orElse(Effects.NONE);
  }

  /** What Sources there are: captured ones, and those that connections were found to have. */
  private final class World {
    private final Map<String, StoredDocument> connections = new HashMap<>();
    private final ConnectionCheck.Findings checked;
    private final Map<String, SourceDescriptor> discovered = new TreeMap<>();
    private final Map<String, SourceStore.StoredSource> captured = new TreeMap<>();

    /** Pipelines that stand, by what they publish. */
    private final Map<String, StoredDocument> publishers = new HashMap<>();

    /** Names that pipelines of the change set publish. */
    private final Set<String> publishing = new HashSet<>();

    /** Documents of endpoints that are about to be applied. */
    private final List<String> endpoints;

    private final SecretCheck.Findings secrets;

    World(
        List<StoredDocument> current,
        ConnectionCheck.Findings checked,
        List<Change> changes,
        SecretCheck.Findings secrets) {
      this.checked = checked;
      this.secrets = secrets;
      this.endpoints =
          changes.stream()
              .filter(change -> change.kind() == SpecKind.ENDPOINT && change.isWrite())
              .filter(change -> !secrets.refuses(SpecKind.ENDPOINT, change.name()))
              .map(Change::json)
              .toList();
      for (StoredDocument document : current) {
        if (document.kind() == SpecKind.CONNECTION && !document.deleting()) {
          connections.put(document.name(), document);
        }
        if (document.kind() == SpecKind.PIPELINE && !document.deleting()) {
          Usage.pipeline(document)
              .map(Usage::published)
              .orElse(List.of())
              .forEach(name -> publishers.put(name, document));
        }
      }
      checked.discovered().values().forEach(this::discover);
      for (Change change : changes) {
        if (change.spec().orElse(null) instanceof PipelineSpec pipeline) {
          publishing.addAll(Usage.published(pipeline));
        }
      }
      sources.list().forEach(source -> captured.put(source.descriptor().name(), source));
    }

    private void discover(List<SourceDescriptor> found) {
      found.forEach(source -> discovered.put(source.name(), source));
    }

    Set<String> names() {
      Set<String> names = new java.util.TreeSet<>(captured.keySet());
      names.addAll(discovered.keySet());
      return names;
    }
  }

  private boolean findSource(
      PipelineSpec pipeline,
      StepSpec step,
      World world,
      List<SourceDescriptor> extra,
      List<Problem> problems) {
    Optional<String> feeding = Usage.connection(step.type());
    if (feeding.isEmpty()) {
      return findPublished(pipeline, step, world, extra, problems);
    }
    String connection = feeding.get();
    if (world.checked.failed().contains(connection)) {
      return false;
    }
    boolean rechecked = world.checked.discovered().containsKey(connection);
    if (!rechecked && world.captured.containsKey(step.type())) {
      return true;
    }
    StoredDocument document = world.connections.get(connection);
    if (!rechecked && document != null && !world.discovered.containsKey(step.type())) {
      try {
        world.discover(dataPlane.preflight(document.json()).sources());
      } catch (ProblemException e) {
        e.problems().forEach(problem -> problems.add(atStep(problem, pipeline)));
        return false;
      }
    }
    SourceDescriptor found = world.discovered.get(step.type());
    if (found != null) {
      if (!world.captured.containsKey(step.type())) {
        extra.add(found);
      }
      return true;
    }
    String cause =
        rechecked || document != null
            ? "connection '" + connection + "' has no Source '" + step.type() + "'"
            : "there is no connection '" + connection + "'";
    String next =
        rechecked || document != null
            ? Suggestion.nearest(step.type(), world.names())
                .map(name -> "Did you mean '" + name + "'?")
                .orElse("Add the table to the connection's 'tables.include'.")
            : "Apply the connection first, or together with the pipeline.";
    problems.add(
        new Problem(
            ProblemCode.PIPELINE_UNKNOWN_SOURCE,
            "Cannot plan pipeline '" + pipeline.name() + "': " + cause + ". " + next,
            step.place("source")));
    return false;
  }

  private boolean findPublished(
      PipelineSpec pipeline,
      StepSpec step,
      World world,
      List<SourceDescriptor> extra,
      List<Problem> problems) {
    String source = step.type();
    if (world.captured.containsKey(source)) {
      return true;
    }
    StoredDocument standing = world.publishers.remove(source);
    if (!world.discovered.containsKey(source) && standing != null) {
      // It stands, but no job of it has run yet.
      Usage.pipeline(standing)
          .flatMap(publisher -> plan(standing.json(), publisher, world, new ArrayList<>()))
          .ifPresent(planned -> world.discover(planned.published()));
    }
    SourceDescriptor coming = world.discovered.get(source);
    if (coming != null) {
      extra.add(coming);
      return true;
    }
    boolean declared = standing != null || world.publishing.contains(source);
    if (declared && !problems.isEmpty()) {
      // What is wrong with its publisher is said of that.
      return false;
    }
    String cause =
        declared
            ? "the pipeline that publishes Source '" + source + "' can't be planned"
            : "no pipeline publishes a Source '" + source + "'";
    String next =
        declared
            ? "Plan that pipeline to see why."
            : Suggestion.nearest(source, world.names())
                .map(name -> "Did you mean '" + name + "'?")
                .orElse("Apply the pipeline that publishes it first, or together with this one.");
    problems.add(
        new Problem(
            ProblemCode.PIPELINE_UNKNOWN_SOURCE,
            "Cannot plan pipeline '" + pipeline.name() + "': " + cause + ". " + next,
            step.place("source")));
    return false;
  }

  /** Puts a planner's problem, whose place is in the canonical JSON, where the user wrote it. */
  static Problem atStep(Problem problem, PipelineSpec pipeline) {
    String path = problem.place().path();
    Place place = pipeline.header().place();
    Matcher matcher = STEP_PATH.matcher(path);
    if (matcher.matches()) {
      int index = Integer.parseInt(matcher.group(1));
      if (index < pipeline.steps().size()) {
        return problem.at(pipeline.steps().get(index).place(matcher.group(2)));
      }
    }
    return problem.at(new Place(place.file(), place.line(), place.column(), path));
  }

  private static List<Problem> tableProblems(List<Change> changes, List<StoredDocument> current) {
    Map<String, String> owners = new HashMap<>();
    for (StoredDocument document : current) {
      boolean changed =
          changes.stream()
              .anyMatch(
                  change ->
                      change.kind() == document.kind()
                          && change.name().equals(document.name())
                          && change.action() != Action.UNCHANGED);
      if (document.kind() == SpecKind.PIPELINE && !changed) {
        Usage.pipeline(document)
            .ifPresent(p -> Usage.tables(p).forEach(table -> owners.put(table, p.name())));
      }
    }
    List<Problem> problems = new ArrayList<>();
    for (Change change : changes) {
      if (!change.isWrite() || !(change.spec().orElse(null) instanceof PipelineSpec pipeline)) {
        continue;
      }
      for (StepSpec step : pipeline.steps()) {
        String table = String.valueOf(step.config().get("table"));
        String owner =
            step.role() == StepSpec.Role.SINK ? owners.put(table, pipeline.name()) : null;
        if (owner != null && !owner.equals(pipeline.name())) {
          problems.add(
              new Problem(
                  ProblemCode.TABLE_OWNED_BY_OTHER,
                  "Cannot plan pipeline '"
                      + pipeline.name()
                      + "': pipeline '"
                      + owner
                      + "' writes table '"
                      + table
                      + "'. Use another table.",
                  step.place("config.table")));
        }
      }
    }
    return problems;
  }

  private Effects effects(
      Change change, PipelineSpec pipeline, Map<String, Object> plan, String hash) {
    Optional<Map<String, Object>> deployed =
        pipelines.deployedPlan(pipeline.name()).map(Json::readMap);
    boolean samePlan =
        deployed.map(before -> hash.equals(String.valueOf(before.get("hash")))).orElse(false);
    List<String> jobs = new ArrayList<>();
    if (pipeline.state() == PipelineSpec.DesiredState.PAUSED) {
      if (deployed.isPresent()) {
        jobs.add("stop " + pipeline.name());
      }
    } else if (deployed.isEmpty() || change.action() == Action.CREATE) {
      jobs.add("start " + pipeline.name());
    } else if (!samePlan) {
      jobs.add("replace " + pipeline.name());
    }
    List<String> topics = new ArrayList<>();
    objects(plan.get("sources")).forEach(source -> topics.add("read " + source.get("topic")));
    List<String> tables = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    for (Map<String, Object> publication : objects(plan.get("publications"))) {
      topics.add("publish " + publication.get("topic"));
      notes.addAll(texts(publication.get("notes")));
      newEpoch(publication).ifPresent(notes::add);
    }
    for (Map<String, Object> sink : objects(plan.get("sinks"))) {
      tables.add("write " + sink.get("table"));
      notes.addAll(texts(sink.get("notes")));
    }
    objects(plan.get("steps")).forEach(step -> notes.addAll(texts(step.get("notes"))));
    deployed.ifPresent(before -> notes.addAll(YoungColumns.notes(before, plan)));
    if (deployed.isPresent() && !sameLogic(deployed.get(), plan)) {
      notes.add(
          "rebuild needed: rows that were written before stay as the old steps wrote them, in "
              + String.join(", ", Usage.tables(pipeline)));
    }
    return new Effects(List.of(), jobs, topics, tables, notes);
  }

  private Optional<String> newEpoch(Map<String, Object> publication) {
    String name = String.valueOf(publication.get("source"));
    return sources
        .find(name)
        .filter(
            source ->
                publication.get("epoch") instanceof Number epoch
                    && epoch.intValue() > source.descriptor().epoch())
        .map(
            source ->
                "'"
                    + name
                    + "' begins a new topic, since its key, types or Sources change: it is published"
                    + " anew, and the pipelines that read it go over to it");
  }

  private static boolean sameLogic(Map<String, Object> before, Map<String, Object> after) {
    return logic(before, Map.of()).equals(logic(after, keptFields(before)));
  }

  /** Returns the fields that projections keep, by step. */
  private static Map<String, List<String>> keptFields(Map<String, Object> plan) {
    Map<String, List<String>> fields = new HashMap<>();
    for (Map<String, Object> step : objects(plan.get("steps"))) {
      if ("projection".equals(step.get("processor")) && step.get("config") instanceof Map<?, ?> c) {
        fields.put(String.valueOf(step.get("id")), texts(c.get("fields")));
      }
    }
    return fields;
  }

  /** Further fields of a projection make nothing stale: only these are looked at, where given. */
  private static String logic(Map<String, Object> plan, Map<String, List<String>> fields) {
    List<Object> logic = new ArrayList<>();
    objects(plan.get("sources")).forEach(source -> logic.add(source.get("name")));
    for (Map<String, Object> step : objects(plan.get("steps"))) {
      logic.add(step.get("processor"));
      logic.add(step.get("inputs"));
      List<String> before = fields.get(String.valueOf(step.get("id")));
      boolean narrowed =
          before != null
              && "projection".equals(step.get("processor"))
              && step.get("config") instanceof Map<?, ?> config
              && texts(config.get("fields")).containsAll(before);
      logic.add(narrowed ? Map.of("fields", before) : step.get("config"));
    }
    return Json.write(logic);
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> objects(
      @org.jspecify.annotations.Nullable Object value) {
    return value instanceof List<?> list
        ? list.stream()
            .filter(Map.class::isInstance)
            .map(element -> (Map<String, Object>) element)
            .toList()
        : List.of();
  }

  private static List<String> texts(@org.jspecify.annotations.Nullable Object value) {
    return value instanceof List<?> list ? list.stream().map(String::valueOf).toList() : List.of();
  }
}
