package dev.backlot.engine.job;

import dev.backlot.engine.plan.Shapes;
import dev.backlot.event.flink.FlinkTypes;
import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.model.plan.PlanSink;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.model.plan.PlanStep;
import dev.backlot.processors.Processors;
import dev.backlot.sdk.Shape;
import dev.backlot.sdk.StepInput;
import dev.backlot.sink.iceberg.IcebergTableSink;
import dev.backlot.transport.MarkReader;
import dev.backlot.transport.Progress;
import dev.backlot.transport.SourceStream;
import dev.backlot.transport.SourceTransport;
import dev.backlot.warehouse.LakeSettings;
import dev.backlot.warehouse.TableName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.RowType;

/** Turns a plan into one fused Flink job: transport, then processors, then sinks. */
public final class JobComposer {
  private final Map<String, String> kafka;
  private final LakeSettings lake;
  private final Processors processors;

  /** Composes jobs that read this Kafka and write this lake. */
  public JobComposer(Map<String, String> kafka, LakeSettings lake, Processors processors) {
    this.kafka = Map.copyOf(kafka);
    this.lake = lake;
    this.processors = processors;
  }

  /**
   * Returns the job, ready to be submitted.
   *
   * @throws dev.backlot.model.ProblemException when a table no longer has the planned shape
   */
  public StreamExecutionEnvironment compose(PipelinePlan plan) {
    StreamExecutionEnvironment job = environment(plan);
    int parallelism = plan.parallelism();
    Map<String, Shape> shapes = Shapes.of(plan, type -> processors.find(type).orElseThrow());
    Map<String, IcebergTableSink> tables = new LinkedHashMap<>();
    plan.sinks().forEach(sink -> tables.put(sink.id(), table(plan, sink)));

    Map<String, DataStream<RowData>> rows = new HashMap<>();
    Map<String, DataStream<Progress>> progress = new HashMap<>();
    SourceTransport transport = new SourceTransport(kafka);
    for (PlanSource source : plan.sources()) {
      List<MarkReader> marks =
          plan.sinks().stream()
              .filter(sink -> sink.sources().contains(source.id()))
              .map(sink -> Objects.requireNonNull(tables.get(sink.id())).marks())
              .toList();
      SourceStream stream = transport.read(job, source, marks, parallelism);
      rows.put(source.id(), NoDumpedRows.of(source, stream.rows(), parallelism));
      progress.put(source.id(), stream.progress());
    }
    for (PlanStep step : plan.steps()) {
      rows.put(step.id(), process(step, shapes, rows, parallelism));
    }
    for (PlanSink sink : plan.sinks()) {
      Objects.requireNonNull(tables.get(sink.id()))
          .attach(
              project(sink, shapes, rows, parallelism),
              TableProjection.rowType(sink),
              sink.sources().stream().map(id -> Objects.requireNonNull(progress.get(id))).toList(),
              parallelism);
    }
    return job;
  }

  private IcebergTableSink table(PipelinePlan plan, PlanSink sink) {
    List<PlanSource> sources =
        plan.sources().stream().filter(source -> sink.sources().contains(source.id())).toList();
    return new IcebergTableSink(sink.id(), lake, TableName.parse(sink.table()), sources);
  }

  /** The same parallelism everywhere keeps the rows of a partition in order. */
  private static DataStream<RowData> process(
      PlanStep step,
      Map<String, Shape> shapes,
      Map<String, DataStream<RowData>> rows,
      int parallelism) {
    List<StepInput> inputs = Shapes.inputs(step, shapes);
    Shape output = Objects.requireNonNull(shapes.get(step.id()));
    List<DataStream<RowData>> branches = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      String suffix = inputs.size() > 1 ? ":" + i : "";
      branches.add(
          Objects.requireNonNull(rows.get(inputs.get(i).step()))
              .flatMap(new StepFunction(step, inputs, i))
              .returns(InternalTypeInfo.of(FlinkTypes.rowType(output.names(), output.types())))
              .name(step.processor() + " " + step.id())
              .uid(step.id() + suffix)
              .setParallelism(parallelism));
    }
    DataStream<RowData> united = branches.get(0);
    for (DataStream<RowData> other : branches.subList(1, branches.size())) {
      united = united.union(other);
    }
    return united;
  }

  private static DataStream<RowData> project(
      PlanSink sink,
      Map<String, Shape> shapes,
      Map<String, DataStream<RowData>> rows,
      int parallelism) {
    RowType rowType = TableProjection.rowType(sink);
    Shape input = Objects.requireNonNull(shapes.get(sink.input()));
    return Objects.requireNonNull(rows.get(sink.input()))
        .map(new TableProjection(input, sink))
        .returns(InternalTypeInfo.of(rowType))
        .name("shape " + sink.table())
        .uid(sink.id() + ":shape")
        .setParallelism(parallelism);
  }

  private static StreamExecutionEnvironment environment(PipelinePlan plan) {
    Configuration settings = new Configuration();
    long interval =
        plan.sinks().stream().mapToLong(PlanSink::commitIntervalMillis).min().orElse(1000);
    settings.set(PipelineOptions.NAME, JobName.of(plan).text());
    settings.set(PipelineOptions.OBJECT_REUSE, true);
    settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(interval));
    settings.set(
        CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.EXACTLY_ONCE);
    settings.set(CheckpointingOptions.ENABLE_UNALIGNED, false);
    settings.set(CheckpointingOptions.MAX_CONCURRENT_CHECKPOINTS, 1);
    settings.set(CheckpointingOptions.CHECKPOINTING_TIMEOUT, Duration.ofMinutes(5));
    settings.set(CheckpointingOptions.TOLERABLE_FAILURE_NUMBER, 20);
    settings.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
    settings.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF,
        Duration.ofMillis(200));
    settings.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF,
        Duration.ofSeconds(5));
    settings.set(RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_BACKOFF_MULTIPLIER, 2.0);
    settings.set(
        RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_RESET_BACKOFF_THRESHOLD,
        Duration.ofSeconds(60));
    StreamExecutionEnvironment job = StreamExecutionEnvironment.getExecutionEnvironment(settings);
    job.setParallelism(plan.parallelism());
    return job;
  }
}
