package dev.backlot.engine.preview;

import dev.backlot.engine.plan.PlanService;
import dev.backlot.engine.plan.Sketched;
import dev.backlot.engine.preview.Preview.Sample;
import dev.backlot.engine.source.SourceSamples;
import dev.backlot.engine.source.Topic;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.processors.Processors;
import dev.backlot.schema.SystemColumn;
import dev.backlot.sdk.BatchFunction;
import dev.backlot.spec.Sketch;
import dev.backlot.spec.SpecReader;
import dev.backlot.transport.SampleDecoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.apache.flink.table.data.RowData;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Runs the steps of a pipeline that is still being written on the newest events of its Sources, by
 * the code that jobs run. Writes nothing anywhere. Thread-safe.
 */
public final class PreviewService {
  /** The most rows of a Source. */
  public static final int CAP = 100;

  private static final int MOST_AT_A_TIME = 4;
  private static final int MOST_LOOKED_THROUGH = 20_000;
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration FRESH = Duration.ofSeconds(2);

  private final PlanService plans;
  private final SourceSamples samples;
  private final Map<String, String> kafka;
  private final Processors processors;
  private final BatchFunction.SecretSource secrets;
  private final Semaphore turns = new Semaphore(MOST_AT_A_TIME);
  private final Map<Place, Records> known = new ConcurrentHashMap<>();

  private record Place(Topic topic, int most) {}

  private record Records(List<ConsumerRecord<byte[], byte[]>> records, long nanos) {}

  /** Previews with these; everything stays the caller's to close. */
  public PreviewService(
      PlanService plans,
      SourceSamples samples,
      Map<String, String> kafka,
      Processors processors,
      BatchFunction.SecretSource secrets) {
    this.plans = plans;
    this.samples = samples;
    this.kafka = Map.copyOf(kafka);
    this.processors = processors;
    this.secrets = secrets;
  }

  /**
   * Previews a pipeline.
   *
   * @param document its YAML or JSON; steps with problems, and those behind them, are left out
   * @param step the only step that matters, with those before it; every step when empty
   * @param limit how many rows of each Source, up to {@link #CAP}
   * @param keys only rows with these keys, each the texts of its fields joined by commas; any rows
   *     when empty
   * @param hidden by Source, the fields that the asker may not see: they are null before any step
   *     runs, so that no step tells of them
   * @throws ProblemException when too many are previewing, or Kafka does not answer
   */
  public Preview preview(
      String document, String step, int limit, List<String> keys, Map<String, Set<String>> hidden) {
    long begin = System.nanoTime();
    Sketch sketch = SpecReader.sketch(document);
    if (sketch.pipeline().isEmpty()) {
      return new Preview(List.of(), sketch.problems(), millis(begin));
    }
    takeTurn();
    try {
      Sketched sketched = plans.sketch(sketch.pipeline().get());
      Set<Problem> problems = new LinkedHashSet<>(sketch.problems());
      problems.addAll(sketched.problems());
      SketchRun run =
          new SketchRun(sketched, processors, secrets, step, begin + PATIENCE.toNanos());
      int most = Math.max(1, Math.min(limit, CAP));
      for (PlanSource source : run.sources()) {
        HiddenFields hiding =
            new HiddenFields(source, hidden.getOrDefault(source.name(), Set.of()));
        sample(run, source, most, new LinkedHashSet<>(keys), hiding);
      }
      return new Preview(run.steps(), List.copyOf(problems), millis(begin));
    } finally {
      turns.release();
    }
  }

  private void takeTurn() {
    try {
      if (turns.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new ProblemException(
        ProblemCode.DATA_PLANE_UNREACHABLE,
        "Cannot preview the pipeline: others preview at the moment. Try again.");
  }

  private void sample(
      SketchRun run, PlanSource source, int most, Set<String> keys, HiddenFields hiding) {
    List<RowData> rows = new ArrayList<>();
    List<ConsumerRecord<byte[], byte[]>> records = List.of();
    if (!source.topic().isEmpty()) {
      records = records(new Topic(source.topic(), source.partitions()), most, keys);
    }
    SampleDecoder decoder = new SampleDecoder(kafka, source);
    int op = source.columns().size() + SystemColumn.OP.ordinal();
    boolean skipsDumped = source.startFrom().equals("latest");
    for (ConsumerRecord<byte[], byte[]> record : records) {
      decoder
          .row(record)
          .map(hiding::hide)
          .filter(row -> keys.isEmpty() || keys.contains(SourceKey.of(source, row)))
          .filter(row -> !skipsDumped || row.getString(op).toBytes()[0] != 'r')
          .filter(row -> rows.size() < most)
          .ifPresent(rows::add);
    }
    Sample sample = new Sample(source.name(), most, SourceSamples.age(records));
    run.source(source, rows, sample, hiding.names());
  }

  /** Those who type ask again and again: what was read a moment ago serves again. */
  private List<ConsumerRecord<byte[], byte[]>> records(Topic topic, int most, Set<String> keys) {
    long now = System.nanoTime();
    known.values().removeIf(records -> now - records.nanos() > FRESH.toNanos());
    Place place = new Place(topic, keys.isEmpty() ? most : MOST_LOOKED_THROUGH);
    Records before = known.get(place);
    if (before != null) {
      return before.records();
    }
    List<ConsumerRecord<byte[], byte[]>> records = samples.newest(topic, place.most());
    known.put(place, new Records(records, System.nanoTime()));
    return records;
  }

  private static long millis(long begin) {
    return (System.nanoTime() - begin) / 1_000_000;
  }
}
