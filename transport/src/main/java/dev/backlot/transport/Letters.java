package dev.backlot.transport;

import dev.backlot.model.plan.PlanSource;
import dev.backlot.model.spec.PipelineSpec.OnError;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.data.RowData;

/**
 * What a job does with records that its steps could not process, and how it takes in those that are
 * replayed.
 */
public final class Letters {
  /** The job's accumulator that counts skipped records. */
  public static final String SKIPPED = "skippedRecords";

  private static final SerializedType<Progress> PROGRESS = new SerializedType<>(Progress.class);

  private final Map<String, String> kafka;
  private final String pipeline;
  private final OnError onError;

  /**
   * Describes them.
   *
   * @param kafka client properties, {@code bootstrap.servers} among them
   * @param pipeline whose topics of letters and replays exist if {@code onError} needs them
   */
  public Letters(Map<String, String> kafka, String pipeline, OnError onError) {
    this.kafka = Map.copyOf(kafka);
    this.pipeline = pipeline;
    this.onError = onError;
  }

  /** Returns whether failed records are kept, so that they can be replayed. */
  public boolean areKept() {
    return onError == OnError.DEAD_LETTER;
  }

  /**
   * Adds the end of all failed records to a job.
   *
   * @param failures from every step that can fail a row, at least one
   * @return a stream without elements, which goes to every sink's committer: no mark passes a
   *     record before its letter is safe
   */
  public DataStream<Progress> keep(
      List<DataStream<DeadLetter>> failures, List<PlanSource> sources) {
    Map<String, String> topics =
        sources.stream().collect(Collectors.toMap(PlanSource::name, PlanSource::topic));
    return united(failures)
        .transform(
            "keep dead letters", PROGRESS, new LetterOperator(pipeline, onError, kafka, topics))
        .uid("letters")
        .setParallelism(1)
        .setMaxParallelism(1);
  }

  /**
   * Adds the replays of a sink to a job. The reader starts at the sink's own mark of the topic of
   * replays, so that each is taken in once.
   *
   * @param sources whose rows reach the sink
   * @param paths by Source id, the steps from it to the sink, itself included
   */
  public ReplayStream replay(
      StreamExecutionEnvironment env,
      String sink,
      List<PlanSource> sources,
      Map<String, List<String>> paths,
      MarkReader marks) {
    String topic = LetterTopics.replays(pipeline);
    var properties = new SourceTransport(kafka).properties();
    Starts starts = new Starts(properties, topic, 1, false, List.of(marks));
    MarkedSource marked = new MarkedSource(properties, topic, 1, new ReplayReader(), starts);
    SingleOutputStreamOperator<Letter> letters =
        env.fromSource(marked, WatermarkStrategy.noWatermarks(), "read replays")
            .uid(sink + ":replays")
            .setParallelism(1)
            .transform(
                "replay into " + sink,
                new SerializedType<>(Letter.class),
                new ReplayOperator(topic, sink, sources, paths, new SchemaLookup(kafka)))
            .uid(sink + ":replay")
            .setParallelism(1);
    Map<String, DataStream<RowData>> rows = new HashMap<>();
    sources.forEach(
        source -> rows.put(source.id(), letters.getSideOutput(ReplayOperator.rows(source))));
    return new ReplayStream(
        letters,
        rows,
        letters.getSideOutput(DeadLetter.TAG),
        letters.getSideOutput(ProgressOperator.PROGRESS));
  }

  /**
   * Adds the end of replays that failed again to a job.
   *
   * @param failures of every step between the replays and the sink
   * @return as {@link #keep} returns, for the sink's committer
   */
  public DataStream<Progress> keepAgain(
      String sink, DataStream<Letter> letters, List<DataStream<DeadLetter>> failures) {
    return letters
        .connect(united(failures))
        .transform(
            "keep letters of " + sink, PROGRESS, new RepeatedLetterOperator(pipeline, sink, kafka))
        .uid(sink + ":letters")
        .setParallelism(1)
        .setMaxParallelism(1);
  }

  private static DataStream<DeadLetter> united(List<DataStream<DeadLetter>> failures) {
    DataStream<DeadLetter> all = failures.get(0);
    for (DataStream<DeadLetter> other : failures.subList(1, failures.size())) {
      all = all.union(other);
    }
    return all;
  }
}
