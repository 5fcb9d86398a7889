package dev.backlot.engine.plan;

import dev.backlot.engine.plan.FieldUses.SourceUses;
import dev.backlot.engine.plan.PlanInputs.PublishedInput;
import dev.backlot.engine.plan.PlanInputs.SourceInput;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.model.plan.PlanPublication;
import dev.backlot.model.plan.PlanSink;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.model.plan.PlanStep;
import dev.backlot.model.spec.PipelineSpec;
import dev.backlot.model.spec.StepSpec;
import dev.backlot.model.spec.StepSpec.Consumes;
import dev.backlot.processors.Processors;
import dev.backlot.sdk.Processor;
import dev.backlot.sdk.ProcessorDescriptor.Evolution;
import dev.backlot.sdk.ProcessorPlan;
import dev.backlot.sdk.Resolution;
import dev.backlot.sdk.Shape;
import dev.backlot.sdk.StepInput;
import dev.backlot.sdk.Suggestions;
import dev.backlot.warehouse.TableName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Computes a pipeline's plan: a pure function of the spec, the registered processors and {@link
 * PlanInputs}. One instance plans any number of pipelines, on any thread.
 *
 * <p>The document's own shape (steps that exist, no cycles, known words) has been checked where it
 * was read; here it meets schemas and tables. A step whose input could not be planned is passed
 * over: its faults show once its input is mended.
 */
public final class Planner {
  private final Processors processors;

  /** Plans with these processors. */
  public Planner(Processors processors) {
    this.processors = processors;
  }

  /** Returns the plan, or everything that is wrong with the pipeline. */
  public Planned plan(PipelineSpec spec, PlanInputs inputs) {
    Run whole = new Run(spec, inputs, Map.of());
    Planned planned = whole.plan();
    // Only now it is known what of its Sources the pipeline has a use for: the rest is not read.
    return planned.plan().isEmpty() ? planned : new Run(spec, inputs, whole.uses()).plan();
  }

  /** Returns what can be planned of a pipeline that is still being written. */
  Sketched sketch(PipelineSpec spec, PlanInputs inputs) {
    Run run = new Run(spec, inputs, Map.of());
    run.steps();
    return new Sketched(
        spec,
        run.sketch(),
        Map.copyOf(run.outputs),
        run.findings.problems(),
        List.copyOf(run.waitingFor));
  }

  /** Planning of one pipeline. */
  private final class Run {
    private final PipelineSpec spec;
    private final PlanInputs inputs;
    private final Map<String, SourceUses> known;
    private final Findings findings;
    private final BeforeImages before;
    private final FieldUses uses = new FieldUses();
    private final List<PlanSource> sources = new ArrayList<>();
    private final List<PlanStep> steps = new ArrayList<>();
    private final List<PlanSink> sinks = new ArrayList<>();
    private final List<PlanPublication> publications = new ArrayList<>();
    private final Set<String> waitingFor = new TreeSet<>();

    /** The planned outputs, by step; two steps on one Source have the same. */
    private final Map<String, StepInput> outputs = new HashMap<>();

    /** Begins, with what is known already of how Sources are used, by their ids. */
    Run(PipelineSpec spec, PlanInputs inputs, Map<String, SourceUses> known) {
      this.known = known;
      this.spec = spec;
      this.inputs = inputs;
      this.findings = new Findings(spec);
      this.before = new BeforeImages(spec, processors);
    }

    Planned plan() {
      steps();
      if (!findings.problems().isEmpty()) {
        return new Planned(Optional.empty(), findings.problems(), List.copyOf(waitingFor));
      }
      return new Planned(
          Optional.of(PlanJson.sealed(sketch())), List.of(), List.copyOf(waitingFor));
    }

    void steps() {
      for (StepSpec step : inOrder(spec.steps())) {
        switch (step.role()) {
          case SOURCE -> source(step);
          case PROCESSOR -> processor(step);
          case SINK -> sink(step);
        }
        publish(step);
      }
    }

    PipelinePlan sketch() {
      return new PipelinePlan(
          PipelinePlan.FORMAT,
          spec.name(),
          spec.adopt(),
          parallelism(),
          spec.onError().name().toLowerCase(Locale.ROOT),
          sources,
          steps,
          sinks,
          publications,
          "");
    }

    Map<String, SourceUses> uses() {
      return uses.bySource();
    }

    private int parallelism() {
      int wanted =
          spec.steps().stream().mapToInt(step -> step.parallelism().orElse(1)).max().orElse(1);
      int partitions = sources.stream().mapToInt(PlanSource::partitions).max().orElse(1);
      return Math.max(1, Math.min(wanted, partitions));
    }

    private void source(StepSpec step) {
      SourceInput input = inputs.sources().get(step.type());
      if (input == null) {
        findings.add(
            step,
            ProblemCode.PIPELINE_UNKNOWN_SOURCE,
            "source",
            "there is no Source '" + step.type() + "'",
            sourceFix(step.type()));
        return;
      }
      if (!input.captured()) {
        waitingFor.add(step.type());
      }
      Optional<PlanSource> same =
          sources.stream().filter(known -> known.name().equals(step.type())).findFirst();
      if (same.isPresent()) {
        outputs.put(step.id(), outputs.get(same.get().id()));
        return;
      }
      SourcePlanner.plan(
              step,
              input,
              spec.startFrom(),
              before.fields(step.type()),
              Optional.ofNullable(known.get(step.id())),
              findings)
          .ifPresent(
              planned -> {
                sources.add(planned.source());
                outputs.put(step.id(), new StepInput(step.id(), planned.shape()));
              });
    }

    private String sourceFix(String name) {
      return Suggestions.nearest(name, inputs.knownSources())
          .map(near -> "Did you mean '" + near + "'?")
          .orElse(
              "Include its table in a Connection, or see `backlot get sources` for what there is.");
    }

    private void processor(StepSpec step) {
      Optional<Processor> found = processors.find(step.type());
      if (found.isEmpty()) {
        findings.add(
            step,
            ProblemCode.PIPELINE_UNKNOWN_PROCESSOR,
            "processor",
            "there is no processor '" + step.type() + "'",
            Suggestions.fix(
                step.type(), processors.all().stream().map(p -> p.descriptor().type()).toList()));
        return;
      }
      Optional<List<StepInput>> given = given(step);
      if (given.isEmpty() || !consumesKnownFields(step, given.get())) {
        return;
      }
      if (!KeylessInputs.check(step, given.get(), sources, inputs.sources(), findings)) {
        return;
      }
      List<String> earlier = found.get().needsBefore(step.config());
      if (!BeforeImages.check(step, earlier, given.get(), sources, findings)) {
        return;
      }
      Resolution resolution = found.get().resolve(step.config(), given.get(), inputs.endpoints());
      if (resolution instanceof Resolution.Refused refused) {
        refused.findings().forEach(finding -> findings.add(step, finding));
        return;
      }
      Map<String, Object> config = ((Resolution.Resolved) resolution).config();
      ProcessorPlan whole = found.get().plan(config, given.get());
      if (whole instanceof ProcessorPlan.Refused refused) {
        refused.findings().forEach(finding -> findings.add(step, finding));
        return;
      }
      List<StepInput> narrowed =
          narrowed(step, given.get(), ((ProcessorPlan.Runnable) whole).consumed());
      ProcessorPlan.Runnable plan = (ProcessorPlan.Runnable) found.get().plan(config, narrowed);
      add(step.id(), step.type(), narrowed, plan);
      outputs.put(step.id(), new StepInput(step.id(), plan.output()));
    }

    private void sink(StepSpec step) {
      Optional<TableName> table = SinkPlanner.table(step, findings);
      Optional<List<StepInput>> given = given(step);
      if (given.isEmpty() || !consumesKnownFields(step, given.get()) || table.isEmpty()) {
        return;
      }
      List<String> listed = listed(step).orElse(List.of());
      StepInput input = narrowed(step, given.get(), listed).get(0);
      SinkPlanner.plan(
              spec,
              step,
              table.get(),
              Optional.ofNullable(inputs.tables().get(table.get())),
              input,
              listed,
              formerNames(input.shape()),
              findings)
          .ifPresent(
              sink -> {
                sinks.add(sink);
                uses.sink(sink, SinkPlanner.says(step, "on_drop", "drop"));
              });
    }

    private void publish(StepSpec step) {
      StepInput output = outputs.get(step.id());
      if (output == null || step.publish().isEmpty()) {
        return;
      }
      Optional<PublishedInput> known =
          Optional.ofNullable(inputs.published().get(step.publish().get()));
      PublicationPlanner.plan(spec, step, output, sources, known, findings)
          .ifPresent(
              publication -> {
                publications.add(publication);
                uses.publication(publication);
              });
    }

    /** Returns the names that fields had in their Source before, where there is one Source. */
    private Map<String, List<String>> formerNames(Shape shape) {
      return shape.sources().size() == 1
          ? sources.stream()
              .filter(source -> shape.sources().contains(source.id()))
              .findFirst()
              .map(source -> inputs.sources().get(source.name()))
              .map(SourcePlanner::formerNames)
              .orElse(Map.of())
          : Map.of();
    }

    private void add(
        String id, String processor, List<StepInput> from, ProcessorPlan.Runnable plan) {
      boolean passesNew =
          processors.find(processor).orElseThrow().descriptor().evolution() == Evolution.ALL;
      uses.step(id, from, plan.output(), plan.consumed(), plan.renamed(), passesNew);
      steps.add(
          new PlanStep(
              id,
              processor,
              from.stream().map(StepInput::step).toList(),
              plan.config(),
              Shapes.columns(plan.output().fields()),
              plan.output().key(),
              plan.consumed(),
              plan.notes()));
    }

    /** Returns the inputs, unless one of them could not be planned. */
    private Optional<List<StepInput>> given(StepSpec step) {
      List<StepInput> given = new ArrayList<>();
      for (StepSpec.Input input : step.inputs()) {
        StepInput output = outputs.get(input.step());
        if (output == null) {
          return Optional.empty();
        }
        given.add(output);
      }
      return given.isEmpty() ? Optional.empty() : Optional.of(given);
    }

    private Optional<List<String>> listed(StepSpec step) {
      return step.consumes()
          .filter(Consumes.Fields.class::isInstance)
          .map(consumes -> ((Consumes.Fields) consumes).names());
    }

    private boolean consumesKnownFields(StepSpec step, List<StepInput> given) {
      boolean known = true;
      for (String name : listed(step).orElse(List.of())) {
        if (given.stream().allMatch(input -> input.shape().index(name) < 0)) {
          known = false;
          Set<String> names = new LinkedHashSet<>();
          given.forEach(input -> names.addAll(input.shape().names()));
          findings.add(
              step,
              ProblemCode.PIPELINE_UNKNOWN_FIELD,
              "consumes",
              "it consumes '" + name + "', which its input does not have",
              Suggestions.fix(name, List.copyOf(names)));
        }
      }
      return known;
    }

    /** Cuts the inputs down to what a step says it consumes, its key and what its config names. */
    private List<StepInput> narrowed(StepSpec step, List<StepInput> given, List<String> needed) {
      Optional<List<String>> listed = listed(step);
      if (listed.isEmpty()) {
        return given;
      }
      Processor projection = processors.find("projection").orElseThrow();
      List<StepInput> narrowed = new ArrayList<>();
      for (int i = 0; i < given.size(); i++) {
        StepInput input = given.get(i);
        Set<String> fields = new LinkedHashSet<>(listed.get());
        fields.addAll(needed);
        fields.removeIf(name -> input.shape().index(name) < 0);
        String id = step.id() + ".consumes" + (given.size() > 1 ? "." + (i + 1) : "");
        ProcessorPlan.Runnable plan =
            (ProcessorPlan.Runnable)
                projection.plan(Map.of("fields", List.copyOf(fields)), List.of(input));
        add(id, "projection", List.of(input), plan);
        narrowed.add(new StepInput(id, plan.output()));
      }
      return narrowed;
    }
  }

  /** Returns steps after their inputs, otherwise in the document's order. */
  private static List<StepSpec> inOrder(List<StepSpec> steps) {
    Map<String, StepSpec> waiting = new LinkedHashMap<>();
    steps.forEach(step -> waiting.put(step.id(), step));
    List<StepSpec> ordered = new ArrayList<>();
    Set<String> done = new HashSet<>();
    while (!waiting.isEmpty()) {
      Optional<StepSpec> next =
          waiting.values().stream()
              .filter(
                  step ->
                      step.inputs().stream()
                          .allMatch(i -> done.contains(i.step()) || !waiting.containsKey(i.step())))
              .findFirst();
      StepSpec step =
          next.orElseThrow(
              () -> new IllegalArgumentException("The steps form a cycle: " + waiting.keySet()));
      waiting.remove(step.id());
      done.add(step.id());
      ordered.add(step);
    }
    return ordered;
  }
}
