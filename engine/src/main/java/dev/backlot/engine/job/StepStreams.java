package dev.backlot.engine.job;

import dev.backlot.engine.batch.BatchedSteps;
import dev.backlot.engine.plan.Shapes;
import dev.backlot.event.flink.FlinkTypes;
import dev.backlot.model.plan.PlanPublication;
import dev.backlot.model.plan.PlanSink;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.model.plan.PlanStep;
import dev.backlot.processors.Processors;
import dev.backlot.schema.SystemColumn;
import dev.backlot.sdk.ProcessorPlan;
import dev.backlot.sdk.Shape;
import dev.backlot.sdk.StepInput;
import dev.backlot.sdk.Work;
import dev.backlot.transport.DeadLetter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;

/**
 * The steps of a plan as streams of a job: once for what is read, and once per sink for what is
 * replayed into it.
 *
 * <p>The same parallelism everywhere keeps the rows of a partition in order.
 */
final class StepStreams {
  private static final long PUBLISH_WITHIN_MILLIS = 2;

  private final Processors processors;
  private final Path secretsDirectory;
  private final Map<String, Shape> shapes;
  private final String suffix;
  private final int parallelism;
  private final Map<String, DataStream<RowData>> rows = new HashMap<>();
  private final List<DataStream<DeadLetter>> failures = new ArrayList<>();

  /**
   * Begins without any.
   *
   * @param secretsDirectory where secrets in files are
   * @param suffix what tells the operators from those of the same steps elsewhere in the job
   */
  StepStreams(
      Processors processors,
      Path secretsDirectory,
      Map<String, Shape> shapes,
      String suffix,
      int parallelism) {
    this.processors = processors;
    this.secretsDirectory = secretsDirectory;
    this.shapes = shapes;
    this.suffix = suffix;
    this.parallelism = parallelism;
  }

  /** Adds the rows of a Source, as far as its pipeline wants them. */
  void source(PlanSource source, DataStream<RowData> read) {
    rows.put(source.id(), NoDumpedRows.of(source, read, suffix, parallelism));
  }

  /** Adds a step, whose inputs are there. */
  void step(PlanStep step) {
    List<StepInput> inputs = Shapes.inputs(step, shapes);
    Shape output = Objects.requireNonNull(shapes.get(step.id()));
    if (work(processors, step, inputs) instanceof Work.Batched) {
      SingleOutputStreamOperator<RowData> answered =
          BatchedSteps.of(
                  step,
                  inputs,
                  rows(inputs.get(0).step()),
                  output,
                  secretsDirectory,
                  step.id() + suffix,
                  parallelism)
              .name(name(OperatorName.of(step)));
      failures.add(answered.getSideOutput(DeadLetter.TAG));
      rows.put(step.id(), answered);
      return;
    }
    boolean canFail = expands(processors, step, inputs);
    List<DataStream<RowData>> branches = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      String branch = inputs.size() > 1 ? ":" + i : "";
      SingleOutputStreamOperator<RowData> made =
          rows(inputs.get(i).step())
              .process(new StepFunction(step, inputs, i))
              .returns(
                  InternalTypeInfo.of(
                      FlinkTypes.rowType(output.names(), output.types(), output.before())))
              .name(name(OperatorName.of(step)))
              .uid(step.id() + branch + suffix)
              .setParallelism(parallelism);
      branches.add(made);
      if (canFail) {
        failures.add(made.getSideOutput(DeadLetter.TAG));
      }
    }
    DataStream<RowData> united = branches.get(0);
    for (DataStream<RowData> other : branches.subList(1, branches.size())) {
      united = united.union(other);
    }
    rows.put(step.id(), united);
  }

  /** Returns whether one row can give several, or fail. */
  static boolean expands(Processors processors, PlanStep step, List<StepInput> inputs) {
    return work(processors, step, inputs) instanceof Work.Expanding;
  }

  private static Work work(Processors processors, PlanStep step, List<StepInput> inputs) {
    ProcessorPlan plan =
        processors.find(step.processor()).orElseThrow().plan(step.config(), inputs);
    if (plan instanceof ProcessorPlan.Runnable runnable) {
      return runnable.work();
    }
    throw new IllegalStateException("Step " + step.id() + " no longer plans: " + plan);
  }

  /** Returns the rows for a sink, in the shape of its table. */
  DataStream<RowData> table(PlanSink sink) {
    return shaped(sink.input(), sink.shape())
        .name(name(OperatorName.shaping(sink.table())))
        .uid(sink.id() + ":shape" + suffix);
  }

  /** Returns the rows for a published topic, in its shape, followed by the system columns. */
  DataStream<RowData> published(PlanPublication publication) {
    List<PlanSink.Target> targets = new ArrayList<>(publication.fields());
    for (SystemColumn system : SystemColumn.values()) {
      targets.add(new PlanSink.Target(system.column(), system.type().notation(), system.column()));
    }
    return shaped(publication.input(), targets)
        .setBufferTimeout(PUBLISH_WITHIN_MILLIS)
        .name(OperatorName.shaping(publication.source()))
        .uid("publish:" + publication.source() + ":shape");
  }

  private SingleOutputStreamOperator<RowData> shaped(String id, List<PlanSink.Target> targets) {
    Shape input = Objects.requireNonNull(shapes.get(id));
    return rows(id)
        .map(new TableProjection(input, targets))
        .returns(InternalTypeInfo.of(TableProjection.rowType(targets)))
        .setParallelism(parallelism);
  }

  /** Returns an operator's name in metrics. */
  private String name(String live) {
    return suffix.isEmpty() ? live : OperatorName.replayed(live);
  }

  /** Returns the failed rows of all steps so far. */
  List<DataStream<DeadLetter>> failures() {
    return failures;
  }

  private DataStream<RowData> rows(String id) {
    return Objects.requireNonNull(rows.get(id), id);
  }
}
