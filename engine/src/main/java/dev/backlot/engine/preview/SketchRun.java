package dev.backlot.engine.preview;

import dev.backlot.engine.batch.AnsweredSample;
import dev.backlot.engine.job.StepRows;
import dev.backlot.engine.plan.Shapes;
import dev.backlot.engine.plan.Sketched;
import dev.backlot.engine.preview.Preview.Calls;
import dev.backlot.engine.preview.Preview.Column;
import dev.backlot.engine.preview.Preview.Result;
import dev.backlot.engine.preview.Preview.Sample;
import dev.backlot.engine.preview.Preview.Step;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.model.plan.PlanSink;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.model.plan.PlanStep;
import dev.backlot.model.spec.StepSpec;
import dev.backlot.processors.Processors;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.SystemColumn;
import dev.backlot.sdk.BatchFunction;
import dev.backlot.sdk.RowFailedException;
import dev.backlot.sdk.RowFunction;
import dev.backlot.sdk.RowsFunction;
import dev.backlot.sdk.Shape;
import dev.backlot.sdk.StepInput;
import dev.backlot.sdk.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.flink.table.data.RowData;

/** One run of a sketched pipeline's steps over rows of its Sources. For one thread. */
final class SketchRun {
  private static final int MOST_ROWS = 500;

  private final Sketched sketched;
  private final PipelinePlan plan;
  private final BatchFunction.SecretSource secrets;
  private final long deadline;
  private final Map<String, Shape> shapes;
  private final Set<String> wanted;

  /** By the plan's step. */
  private final Map<String, List<RowData>> rows = new HashMap<>();

  private final Map<String, Sample> samples = new HashMap<>();

  /** By the document's step, the columns whose values are hidden. */
  private final Map<String, List<String>> masked = new HashMap<>();

  private final Map<String, List<String>> hidden = new HashMap<>();

  /**
   * Prepares.
   *
   * @param step the only step that matters, or empty
   * @param deadline until when, in nanoseconds of the clock
   */
  SketchRun(
      Sketched sketched,
      Processors processors,
      BatchFunction.SecretSource secrets,
      String step,
      long deadline) {
    this.sketched = sketched;
    this.plan = sketched.plan();
    this.secrets = secrets;
    this.deadline = deadline;
    this.shapes = Shapes.of(plan, type -> processors.find(type).orElseThrow());
    this.wanted = wanted(sketched.spec().steps(), step);
  }

  private static Set<String> wanted(List<StepSpec> steps, String step) {
    Set<String> wanted = new HashSet<>();
    if (step.isEmpty()) {
      steps.forEach(s -> wanted.add(s.id()));
      return wanted;
    }
    wanted.add(step);
    for (int i = 0; i < steps.size(); i++) {
      for (StepSpec other : steps) {
        if (wanted.contains(other.id())) {
          other.inputs().forEach(input -> wanted.add(input.step()));
        }
      }
    }
    return wanted;
  }

  /** Returns the Sources whose rows are needed. */
  List<PlanSource> sources() {
    Set<String> needed = new HashSet<>();
    for (StepSpec step : sketched.spec().steps()) {
      StepInput output = sketched.outputs().get(step.id());
      if (step.role() == StepSpec.Role.SOURCE && wanted.contains(step.id()) && output != null) {
        needed.add(output.step());
      }
    }
    return plan.sources().stream().filter(source -> needed.contains(source.id())).toList();
  }

  void source(PlanSource source, List<RowData> sampled, Sample sample, List<String> hiddenFields) {
    hidden.put(source.id(), List.copyOf(hiddenFields));
    rows.put(source.id(), List.copyOf(sampled));
    samples.put(source.id(), sample);
  }

  /** Runs the steps, once the rows of the Sources are there. */
  List<Step> steps() {
    List<Step> made = new ArrayList<>();
    for (StepSpec step : sketched.spec().steps()) {
      if (!wanted.contains(step.id())) {
        continue;
      }
      switch (step.role()) {
        case SOURCE -> source(step).ifPresent(made::add);
        case PROCESSOR -> processor(step).ifPresent(made::add);
        case SINK -> sink(step).ifPresent(made::add);
      }
    }
    return made;
  }

  private Optional<Step> source(StepSpec step) {
    StepInput output = sketched.outputs().get(step.id());
    if (output == null || !rows.containsKey(output.step())) {
      return Optional.empty();
    }
    masked.put(step.id(), hidden.getOrDefault(output.step(), List.of()));
    RowTexts texts = new RowTexts(output.shape());
    List<Preview.Row> shown = rows(output.step()).stream().map(texts::row).toList();
    return Optional.of(
        new Step(
            step.id(),
            columns(output.shape().fields(), output.shape().keyFields()),
            shown,
            masked(step.id()),
            List.of(),
            Optional.ofNullable(samples.get(output.step())),
            Optional.empty(),
            note(texts, "")));
  }

  private Optional<Step> processor(StepSpec step) {
    Optional<PlanStep> planned =
        plan.steps().stream().filter(p -> p.id().equals(step.id())).findFirst();
    if (planned.isEmpty() || !narrow(step)) {
      return Optional.empty();
    }
    List<StepInput> inputs = Shapes.inputs(planned.get(), shapes);
    if (inputs.stream().anyMatch(input -> !rows.containsKey(input.step()))) {
      return Optional.empty();
    }
    Shape output = Objects.requireNonNull(shapes.get(step.id()));
    Work work = StepRows.work(planned.get(), inputs);
    Outputs outputs = new Outputs(output);
    Optional<Calls> calls = Optional.empty();
    for (int i = 0; i < inputs.size(); i++) {
      String from = step.inputs().get(i).step();
      if (work instanceof Work.Batched batched) {
        calls = Optional.of(ask(batched, from, inputs.get(i), outputs));
      } else {
        apply(StepRows.function(planned.get(), inputs, i), from, inputs.get(i), outputs);
      }
    }
    rows.put(step.id(), outputs.made);
    return Optional.of(
        new Step(
            step.id(),
            columns(output.fields(), output.keyFields()),
            outputs.shown,
            masked(step, outputs.shape),
            outputs.results,
            Optional.empty(),
            calls,
            note(outputs.texts, outputs.full ? "Further rows are left out. " : "")));
  }

  /** Runs what cuts a step's inputs down to what it consumes. */
  private boolean narrow(StepSpec step) {
    for (PlanStep cut : plan.steps()) {
      if (cut.id().startsWith(step.id() + ".consumes")) {
        List<StepInput> inputs = Shapes.inputs(cut, shapes);
        if (!rows.containsKey(inputs.get(0).step())) {
          return false;
        }
        List<RowData> narrowed = new ArrayList<>();
        RowsFunction function = StepRows.function(cut, inputs, 0);
        rows(inputs.get(0).step()).forEach(row -> function.apply(row, narrowed::add));
        rows.put(cut.id(), narrowed);
      }
    }
    return true;
  }

  private void apply(RowsFunction function, String from, StepInput input, Outputs outputs) {
    List<RowData> given = rows(input.step());
    RowTexts before = new RowTexts(input.shape());
    for (int i = 0; i < given.size(); i++) {
      RowData row = given.get(i);
      List<RowData> made = new ArrayList<>();
      try {
        function.apply(row, made::add);
        outputs.made(from, i, before.op(row), made, true);
      } catch (RowFailedException e) {
        outputs.failed(from, i, e.code(), String.valueOf(e.getMessage()));
      }
    }
  }

  private Calls ask(Work.Batched work, String from, StepInput input, Outputs outputs) {
    List<RowData> given = rows(input.step());
    RowTexts before = new RowTexts(input.shape());
    Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
    AnsweredSample.Asked asked =
        AnsweredSample.ask(input.shape(), outputs.shape, work, given, secrets, left);
    for (int i = 0; i < given.size(); i++) {
      if (asked.results().get(i) instanceof AnsweredSample.Result.Made made) {
        outputs.made(from, i, before.op(given.get(i)), List.of(made.row()), made.answered());
      } else if (asked.results().get(i) instanceof AnsweredSample.Result.Failed failed) {
        outputs.failed(from, i, ProblemCode.ENRICHMENT_FAILED, failed.reason());
      }
    }
    return new Calls(asked.requests(), asked.questions(), asked.millis());
  }

  private Optional<Step> sink(StepSpec step) {
    Optional<PlanSink> planned =
        plan.sinks().stream().filter(sink -> sink.id().equals(step.id())).findFirst();
    if (planned.isEmpty() || !narrow(step) || !rows.containsKey(planned.get().input())) {
      return Optional.empty();
    }
    PlanSink sink = planned.get();
    List<Field> fields = new ArrayList<>();
    for (PlanSink.Target target : sink.shape()) {
      if (SystemColumn.ofColumn(target.name()).isEmpty()) {
        fields.add(new Field(target.name(), FieldType.parse(target.type()), true, "", Map.of()));
      }
    }
    List<PlanSink.Target> targets = new ArrayList<>();
    sink.shape().stream()
        .filter(target -> SystemColumn.ofColumn(target.name()).isEmpty())
        .forEach(targets::add);
    for (SystemColumn column : SystemColumn.values()) {
      targets.add(new PlanSink.Target(column.column(), column.type().notation(), column.column()));
    }
    Shape input = Objects.requireNonNull(shapes.get(sink.input()));
    Outputs outputs = new Outputs(new Shape(fields, sink.key(), input.sources(), input.order()));
    RowFunction shaped = StepRows.shaped(input, targets);
    apply(
        (row, out) -> out.accept(Objects.requireNonNull(shaped.apply(row))),
        step.inputs().get(0).step(),
        new StepInput(sink.input(), input),
        outputs);
    return Optional.of(
        new Step(
            step.id(),
            columns(fields, sink.key()),
            outputs.shown,
            masked(step, outputs.shape),
            outputs.results,
            Optional.empty(),
            Optional.empty(),
            note(outputs.texts, "")));
  }

  private List<RowData> rows(String id) {
    return Objects.requireNonNull(rows.get(id), id);
  }

  private List<String> masked(String step) {
    return masked.getOrDefault(step, List.of());
  }

  /** Hidden columns keep their names in most steps; under another name their values are null. */
  private List<String> masked(StepSpec step, Shape shape) {
    List<String> names =
        step.inputs().stream()
            .flatMap(input -> masked(input.step()).stream())
            .filter(name -> shape.index(name) >= 0)
            .distinct()
            .toList();
    masked.put(step.id(), names);
    return names;
  }

  private static List<Column> columns(List<Field> fields, List<String> key) {
    return fields.stream()
        .map(f -> new Column(f.name(), f.type().notation(), f.nullable(), key.contains(f.name())))
        .toList();
  }

  private static String note(RowTexts texts, String more) {
    return (more + (texts.trimmed() ? "Long values are cut." : "")).trim();
  }

  /** What a step gives. */
  private static final class Outputs {
    final Shape shape;
    final RowTexts texts;
    final List<RowData> made = new ArrayList<>();
    final List<Preview.Row> shown = new ArrayList<>();
    final List<Result> results = new ArrayList<>();
    boolean full;

    Outputs(Shape shape) {
      this.shape = shape;
      this.texts = new RowTexts(shape);
    }

    void made(String from, int index, char op, List<RowData> rows, boolean answered) {
      List<Integer> indexes = new ArrayList<>();
      boolean deleted = false;
      for (RowData row : rows) {
        if (made.size() >= MOST_ROWS) {
          full = true;
          break;
        }
        deleted |= texts.op(row) == 'd' && op != 'd';
        indexes.add(made.size());
        made.add(row);
        shown.add(texts.row(row));
      }
      String outcome =
          rows.isEmpty() ? "dropped" : deleted ? "deleted" : answered ? "kept" : "unanswered";
      results.add(new Result(from, index, outcome, indexes, "", ""));
    }

    void failed(String from, int index, ProblemCode code, String reason) {
      results.add(new Result(from, index, "failed", List.of(), code.name(), reason));
    }
  }
}
