package dev.backlot.engine.job;

import dev.backlot.engine.plan.Shapes;
import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.model.plan.PlanPublication;
import dev.backlot.model.plan.PlanSink;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.model.spec.PipelineSpec.OnError;
import dev.backlot.processors.Processors;
import dev.backlot.sdk.Shape;
import dev.backlot.sink.iceberg.IcebergTableSink;
import dev.backlot.sink.iceberg.IcebergTableSink.Replays;
import dev.backlot.sink.iceberg.RowIdentity;
import dev.backlot.transport.DeadLetter;
import dev.backlot.transport.Letters;
import dev.backlot.transport.MarkReader;
import dev.backlot.transport.Progress;
import dev.backlot.transport.ReplayStream;
import dev.backlot.transport.SourceStream;
import dev.backlot.transport.SourceTransport;
import dev.backlot.transport.publish.PublishedTopic;
import dev.backlot.transport.publish.PublishedTopics;
import dev.backlot.warehouse.LakeSettings;
import dev.backlot.warehouse.TableName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Turns a plan into one fused Flink job: transport, then processors, then sinks. */
public final class JobComposer {
  private final Map<String, String> kafka;
  private final LakeSettings lake;
  private final Path secretsDirectory;
  private final Processors processors;
  private final PublishedTopics published;

  /**
   * Composes jobs that read this Kafka and write this lake.
   *
   * @param secretsDirectory where secrets in files are, on every machine that runs a job
   */
  public JobComposer(
      Map<String, String> kafka, LakeSettings lake, Path secretsDirectory, Processors processors) {
    this.kafka = Map.copyOf(kafka);
    this.lake = lake;
    this.secretsDirectory = secretsDirectory;
    this.processors = processors;
    this.published = new PublishedTopics(kafka);
  }

  /**
   * Returns the job, ready to be submitted.
   *
   * @param topics what it publishes, by the Source's name, prepared for this job
   * @throws dev.backlot.model.ProblemException when a table no longer has the planned shape
   */
  public StreamExecutionEnvironment compose(PipelinePlan plan, Map<String, PublishedTopic> topics) {
    StreamExecutionEnvironment job = environment(plan);
    Map<String, Shape> shapes = Shapes.of(plan, type -> processors.find(type).orElseThrow());
    Map<String, IcebergTableSink> tables = new LinkedHashMap<>();
    plan.sinks().forEach(sink -> tables.put(sink.id(), table(plan, sink, shapes)));

    OnError onError = OnError.valueOf(plan.onError().toUpperCase(Locale.ROOT));
    Map<String, DataStream<Progress>> progress = new HashMap<>();
    List<DataStream<DeadLetter>> failures = new ArrayList<>();
    StepStreams steps =
        new StepStreams(processors, secretsDirectory, shapes, "", plan.parallelism());
    SourceTransport transport = new SourceTransport(kafka);
    for (PlanSource source : plan.sources()) {
      List<MarkReader> marks = new ArrayList<>();
      plan.sinks().stream()
          .filter(sink -> sink.sources().contains(source.id()))
          .map(sink -> Objects.requireNonNull(tables.get(sink.id())).marks())
          .forEach(marks::add);
      plan.publications().stream()
          .filter(publication -> publication.lane(source.id()).isPresent())
          .map(publication -> published.marks(topic(topics, publication)))
          .forEach(marks::add);
      SourceStream stream = transport.read(job, source, onError, marks, plan.parallelism());
      steps.source(source, stream.rows());
      progress.put(source.id(), stream.progress());
      if (onError != OnError.STOP) {
        failures.add(stream.failures());
      }
    }
    plan.steps().forEach(steps::step);
    failures.addAll(steps.failures());
    Letters letters = new Letters(kafka, plan.pipeline(), onError);
    List<DataStream<Progress>> kept =
        failures.isEmpty() ? List.of() : List.of(letters.keep(failures, plan.sources()));
    for (PlanPublication publication : plan.publications()) {
      List<DataStream<Progress>> before = new ArrayList<>();
      publication
          .lanes()
          .forEach(lane -> before.add(Objects.requireNonNull(progress.get(lane.id()))));
      before.addAll(kept);
      published.attach(
          topic(topics, publication), steps.published(publication), before, plan.parallelism());
    }
    for (PlanSink sink : plan.sinks()) {
      List<DataStream<Progress>> before = new ArrayList<>(kept);
      sink.sources().forEach(id -> before.add(Objects.requireNonNull(progress.get(id))));
      IcebergTableSink table = Objects.requireNonNull(tables.get(sink.id()));
      Optional<Replays> replays =
          letters.areKept()
              ? Optional.of(replays(job, plan, sink, shapes, letters, table, before))
              : Optional.empty();
      table.attach(
          steps.table(sink),
          TableProjection.rowType(sink.shape()),
          replays,
          before,
          plan.parallelism());
    }
    return job;
  }

  private static PublishedTopic topic(
      Map<String, PublishedTopic> topics, PlanPublication publication) {
    return Objects.requireNonNull(topics.get(publication.source()), publication.source());
  }

  /** Adds the same steps once more, for what is replayed into one sink. */
  private Replays replays(
      StreamExecutionEnvironment job,
      PipelinePlan plan,
      PlanSink sink,
      Map<String, Shape> shapes,
      Letters letters,
      IcebergTableSink table,
      List<DataStream<Progress>> before) {
    List<PlanSource> sources = PlanPaths.sources(plan, sink);
    ReplayStream replay =
        letters.replay(job, sink.id(), sources, PlanPaths.paths(plan, sink, shapes), table.marks());
    StepStreams steps =
        new StepStreams(processors, secretsDirectory, shapes, ":replay:" + sink.id(), 1);
    sources.forEach(
        source -> steps.source(source, Objects.requireNonNull(replay.rows().get(source.id()))));
    PlanPaths.steps(plan, sink).forEach(steps::step);
    List<DataStream<DeadLetter>> failures = new ArrayList<>(steps.failures());
    failures.add(replay.failures());
    before.add(replay.progress());
    before.add(letters.keepAgain(sink.id(), replay.letters(), failures));
    boolean orderedByTime =
        Objects.requireNonNull(shapes.get(sink.input())).order() == Shape.Order.TIME;
    return new Replays(steps.table(sink), replay.letters(), orderedByTime);
  }

  private IcebergTableSink table(PipelinePlan plan, PlanSink sink, Map<String, Shape> shapes) {
    boolean keysPerRecord =
        PlanPaths.steps(plan, sink).stream()
            .anyMatch(step -> StepStreams.expands(processors, step, Shapes.inputs(step, shapes)));
    return new IcebergTableSink(
        sink.id(),
        lake,
        TableName.parse(sink.table()),
        PlanPaths.sources(plan, sink),
        new RowIdentity(sink.key(), keysPerRecord));
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
