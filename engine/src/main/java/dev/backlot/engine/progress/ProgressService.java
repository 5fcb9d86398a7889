package dev.backlot.engine.progress;

import dev.backlot.engine.job.Publications;
import dev.backlot.engine.plan.PlanJson;
import dev.backlot.engine.progress.PipelineProgress.PublicationProgress;
import dev.backlot.engine.progress.PipelineProgress.SourceProgress;
import dev.backlot.engine.progress.PipelineProgress.TableProgress;
import dev.backlot.engine.source.Topic;
import dev.backlot.engine.source.TopicReader;
import dev.backlot.engine.source.TopicTails;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.SourceStore;
import dev.backlot.metadata.SourceStore.StoredSource;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.model.plan.PlanPublication;
import dev.backlot.model.plan.PlanSink;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.model.source.SourcePublisher;
import dev.backlot.sink.iceberg.TableMarks;
import dev.backlot.transport.LetterTopics;
import dev.backlot.transport.Mark;
import dev.backlot.transport.Marks;
import dev.backlot.warehouse.LakeCatalog;
import dev.backlot.warehouse.TableName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Says how far pipelines are, by what their tables hold and not by what their jobs say.
 * Thread-safe.
 */
public final class ProgressService {
  /** A pipeline that lacks more than this is not waited for. */
  private static final long FAR_BEHIND = 1_000_000;

  private static final Duration PAUSE = Duration.ofMillis(50);

  private final MetadataDatabase metadata;
  private final LakeCatalog lake;
  private final Publications publications;
  private final TopicReader topics;
  private final TopicTails tails;
  private final Map<String, PipelinePlan> deployed = new ConcurrentHashMap<>();
  private final Map<String, Reached> reached = new ConcurrentHashMap<>();
  private final Map<TopicPartition, Waiting> waiting = new ConcurrentHashMap<>();

  /** Looks things up here; everything stays the caller's to close. */
  public ProgressService(
      MetadataDatabase metadata,
      LakeCatalog lake,
      Publications publications,
      TopicReader topics,
      TopicTails tails) {
    this.metadata = metadata;
    this.lake = lake;
    this.publications = publications;
    this.topics = topics;
    this.tails = tails;
  }

  private record Reached(Instant at, String planHash, long offsets, Optional<Double> rate) {}

  /** The record at an offset was written at a time. */
  private record Waiting(long offset, long timestampMillis) {}

  /** Remembers which plan a pipeline runs. */
  public void deployed(PipelinePlan plan) {
    deployed.put(plan.pipeline(), plan);
  }

  /**
   * Returns a pipeline's progress.
   *
   * @throws ProblemException {@code NOT_FOUND} when the pipeline was never deployed
   */
  public PipelineProgress progress(String pipeline) {
    PipelinePlan plan = plan(pipeline);
    List<Written> all = written(plan);
    Map<TopicPartition, Long> ends = changesEnds(topics.ends(partitions(plan)));
    Map<String, Map<TopicPartition, Long>> behind = behind(plan, all, ends);
    Map<TopicPartition, Long> lowest = lowest(behind);
    Map<TopicPartition, Long> times = waiting(lowest, ends);
    List<TableProgress> tables = new ArrayList<>();
    for (PlanSink sink : plan.sinks()) {
      Map<TopicPartition, Long> ofSink = Objects.requireNonNull(behind.get(sink.id()));
      tables.add(
          new TableProgress(sink.id(), sink.table(), lag(ofSink, ends), waited(ofSink, times)));
    }
    List<PublicationProgress> published = new ArrayList<>();
    for (PlanPublication publication : plan.publications()) {
      Map<TopicPartition, Long> lacked = Objects.requireNonNull(behind.get(id(publication)));
      published.add(
          new PublicationProgress(publication.source(), lag(lacked, ends), waited(lacked, times)));
    }
    Map<String, Marks> marks = new TreeMap<>();
    all.forEach(one -> marks.put(one.id(), one.marks()));
    return new PipelineProgress(
        lag(lowest, ends),
        waited(lowest, times),
        rate(plan, marks, ends),
        0,
        0,
        plain(marks),
        tables,
        published,
        sources(plan, all, lowest, ends, times));
  }

  private static List<SourceProgress> sources(
      PipelinePlan plan,
      List<Written> all,
      Map<TopicPartition, Long> lowest,
      Map<TopicPartition, Long> ends,
      Map<TopicPartition, Long> times) {
    List<SourceProgress> sources = new ArrayList<>();
    for (PlanSource source : plan.sources()) {
      List<TopicPartition> partitions = new Topic(source.topic(), source.partitions()).all();
      Map<TopicPartition, Long> lacked = new HashMap<>(lowest);
      lacked.keySet().retainAll(partitions);
      long unmarked =
          partitions.stream()
              .filter(
                  partition ->
                      all.stream()
                          .filter(written -> written.sources().contains(source.id()))
                          .anyMatch(
                              written ->
                                  written
                                      .marks()
                                      .mark(partition.topic(), partition.partition())
                                      .isEmpty()))
              .count();
      sources.add(
          new SourceProgress(
              source.id(),
              source.name(),
              source.partitions(),
              (int) unmarked,
              lag(lacked, ends),
              waited(lacked, times)));
    }
    return sources;
  }

  /**
   * A table or a published Source.
   *
   * @param sources ids of the plan's sources that reach it
   * @param marks up to where it has them
   * @param takesReplays whether replayed letters come to it as well
   */
  private record Written(String id, List<String> sources, Marks marks, boolean takesReplays) {}

  private List<Written> written(PipelinePlan plan) {
    List<Written> all = new ArrayList<>();
    Map<String, Marks> marks = marks(plan);
    for (PlanSink sink : plan.sinks()) {
      all.add(
          new Written(
              sink.id(), sink.sources(), Objects.requireNonNull(marks.get(sink.id())), true));
    }
    for (PlanPublication publication : plan.publications()) {
      all.add(
          new Written(
              id(publication),
              publication.lanes().stream().map(PlanPublication.Lane::id).toList(),
              publications.reached(plan, publication),
              false));
    }
    return all;
  }

  /** No step's id has a colon. */
  private static String id(PlanPublication publication) {
    return "publish:" + publication.source();
  }

  /** Returns where the changes end: marks and fences behind them are nothing that is lacked. */
  private Map<TopicPartition, Long> changesEnds(Map<TopicPartition, Long> ends) {
    Map<TopicPartition, Long> changes = new HashMap<>(ends);
    tails
        .of(ends)
        .forEach(
            (partition, tail) -> {
              if (tail.end() >= TopicReader.offset(ends, partition)) {
                changes.put(partition, tail.changesEnd());
              }
            });
    return changes;
  }

  private static long lag(Map<TopicPartition, Long> behind, Map<TopicPartition, Long> ends) {
    return behind.entrySet().stream()
        .mapToLong(entry -> TopicReader.offset(ends, entry.getKey()) - entry.getValue())
        .sum();
  }

  /**
   * Proves that everything committed in the pipeline's sources before this call is in its tables,
   * waiting up to a time for it to become so.
   *
   * @throws ProblemException {@code NOT_FOUND} when the pipeline was never deployed
   */
  public CaughtUp caughtUp(String pipeline, Duration time) {
    return caughtUp(pipeline, System.nanoTime() + time.toNanos(), Set.of());
  }

  private CaughtUp caughtUp(String pipeline, long deadline, Set<String> readers) {
    PipelinePlan plan = plan(pipeline);
    PipelineProgress before = progress(pipeline);
    Optional<String> hindrance = hindrance(plan);
    if (hindrance.isEmpty() && before.lagRecords() > FAR_BEHIND) {
      hindrance = Optional.of("it is far behind");
    }
    if (hindrance.isPresent()) {
      return answer(before, hindrance.get());
    }
    if (!drained(plan, deadline)) {
      return answer(
          progress(pipeline), "capture has not confirmed in time that it passed on every change");
    }
    Optional<String> upstream = upstreamHindrance(plan, deadline, readers);
    if (upstream.isPresent()) {
      return answer(progress(pipeline), upstream.get());
    }
    // Only now: a Source whose dump or epoch began meanwhile counts as well.
    hindrance = hindrance(plan);
    if (hindrance.isPresent()) {
      return answer(progress(pipeline), hindrance.get());
    }
    Map<TopicPartition, Long> ends = topics.ends(partitions(plan));
    while (!lowest(behind(plan, written(plan), ends)).isEmpty()) {
      if (System.nanoTime() > deadline) {
        return answer(
            progress(pipeline),
            plan.publications().isEmpty()
                ? "its tables still lack records"
                : "its tables or published Sources still lack records");
      }
      pause();
    }
    return new CaughtUp(true, 0, Optional.of(0.0), "");
  }

  /**
   * Proves the pipelines that publish the plan's Sources first: their topics then hold everything,
   * since published rows are there before it is said that they are. Returns why not, if so.
   */
  private Optional<String> upstreamHindrance(
      PipelinePlan plan, long deadline, Set<String> readers) {
    Set<String> all = new LinkedHashSet<>(readers);
    all.add(plan.pipeline());
    Set<String> publishers = new LinkedHashSet<>();
    for (PlanSource source : plan.sources()) {
      metadata
          .sources()
          .find(source.name())
          .map(stored -> stored.descriptor().publisher())
          .filter(SourcePublisher::exists)
          .ifPresent(publisher -> publishers.add(publisher.pipeline()));
    }
    for (String publisher : publishers) {
      if (all.contains(publisher)) {
        return Optional.of("pipeline '" + publisher + "' reads, by way of others, from itself");
      }
      CaughtUp upstream = caughtUp(publisher, deadline, all);
      if (!upstream.caughtUp()) {
        return Optional.of("pipeline '%s': %s".formatted(publisher, upstream.reason()));
      }
    }
    return Optional.empty();
  }

  private static CaughtUp answer(PipelineProgress progress, String reason) {
    return new CaughtUp(false, progress.lagRecords(), progress.lagSeconds(), reason);
  }

  /** Returns why the plan's topics do not hold all of its Sources, if so. */
  private Optional<String> hindrance(PipelinePlan plan) {
    for (PlanSource source : plan.sources()) {
      Optional<StoredSource> stored = metadata.sources().find(source.name());
      if (stored.isEmpty()) {
        return Optional.of("Source '" + source.name() + "' is not captured any more");
      }
      SourceStore.State state = stored.get().state();
      if (state == SourceStore.State.DUMPING) {
        return Optional.of("the first dump of Source '" + source.name() + "' is not finished");
      }
      if (state != SourceStore.State.STREAMING) {
        return Optional.of("Source '" + source.name() + "' is " + state.label());
      }
      if (!stored.get().descriptor().topic().equals(source.topic())) {
        return Optional.of("Source '" + source.name() + "' has a new epoch");
      }
    }
    return Optional.empty();
  }

  private boolean drained(PipelinePlan plan, long deadline) {
    Set<String> connections = new LinkedHashSet<>();
    for (PlanSource source : plan.sources()) {
      metadata
          .sources()
          .find(source.name())
          .filter(stored -> !stored.descriptor().publisher().exists())
          .ifPresent(stored -> connections.add(stored.descriptor().connection()));
    }
    Map<String, Instant> requests = new HashMap<>();
    connections.forEach(
        connection -> requests.put(connection, metadata.captures().requestDrain(connection)));
    while (!requests.isEmpty()) {
      requests
          .entrySet()
          .removeIf(request -> metadata.captures().drained(request.getKey(), request.getValue()));
      if (!requests.isEmpty() && System.nanoTime() > deadline) {
        return false;
      }
      if (!requests.isEmpty()) {
        pause();
      }
    }
    return true;
  }

  /**
   * Returns the plan that a pipeline runs.
   *
   * @throws ProblemException {@code NOT_FOUND} when the pipeline was never deployed
   */
  public PipelinePlan plan(String pipeline) {
    PipelinePlan known = deployed.get(pipeline);
    if (known != null) {
      return known;
    }
    return metadata
        .pipelines()
        .deployedPlan(pipeline)
        .map(PlanJson::read)
        .orElseThrow(
            () ->
                new ProblemException(
                    ProblemCode.NOT_FOUND,
                    "Cannot tell the progress of pipeline '"
                        + pipeline
                        + "': it was never deployed. See `backlot describe pipeline "
                        + pipeline
                        + "`."));
  }

  /** Returns the marks of every table that a plan writes, by sink. */
  public Map<String, Marks> marks(PipelinePlan plan) {
    Map<String, Marks> marks = new TreeMap<>();
    for (PlanSink sink : plan.sinks()) {
      marks.put(
          sink.id(),
          lake.find(TableName.parse(sink.table())).flatMap(TableMarks::read).orElse(Marks.NONE));
    }
    return marks;
  }

  private static List<TopicPartition> partitions(PipelinePlan plan) {
    List<TopicPartition> all = new ArrayList<>();
    plan.sources()
        .forEach(source -> all.addAll(new Topic(source.topic(), source.partitions()).all()));
    all.addAll(replays(plan));
    return all;
  }

  /** Returns the topic from which letters are replayed: a table lacks what it has not read. */
  private static List<TopicPartition> replays(PipelinePlan plan) {
    return plan.keepsLetters()
        ? new Topic(LetterTopics.replays(plan.pipeline()), 1).all()
        : List.of();
  }

  /** Returns, by what is written, its mark of every partition whose end it has not reached. */
  private static Map<String, Map<TopicPartition, Long>> behind(
      PipelinePlan plan, List<Written> written, Map<TopicPartition, Long> ends) {
    Map<String, Map<TopicPartition, Long>> all = new HashMap<>();
    for (Written sink : written) {
      Marks ofSink = sink.marks();
      Map<TopicPartition, Long> behind = new HashMap<>();
      List<TopicPartition> read = new ArrayList<>(sink.takesReplays() ? replays(plan) : List.of());
      plan.sources().stream()
          .filter(source -> sink.sources().contains(source.id()))
          .forEach(source -> read.addAll(new Topic(source.topic(), source.partitions()).all()));
      for (TopicPartition partition : read) {
        Optional<Mark> mark = ofSink.mark(partition.topic(), partition.partition());
        long next = mark.map(Mark::nextOffset).orElse(0L);
        if (mark.isEmpty() || next < TopicReader.offset(ends, partition)) {
          behind.put(partition, next);
        }
      }
      all.put(sink.id(), behind);
    }
    return all;
  }

  private static Map<TopicPartition, Long> lowest(
      Map<String, Map<TopicPartition, Long>> behindOfSinks) {
    Map<TopicPartition, Long> lowest = new HashMap<>();
    behindOfSinks
        .values()
        .forEach(
            behind ->
                behind.forEach((partition, next) -> lowest.merge(partition, next, Math::min)));
    return lowest;
  }

  /** Returns when the first record at each place was written, as far as that is known. */
  private Map<TopicPartition, Long> waiting(
      Map<TopicPartition, Long> behind, Map<TopicPartition, Long> ends) {
    Map<TopicPartition, Long> unknown = new HashMap<>(behind);
    unknown
        .entrySet()
        .removeIf(
            entry -> {
              Waiting known = waiting.get(entry.getKey());
              return known != null && known.offset() == entry.getValue();
            });
    if (!unknown.isEmpty()) {
      topics
          .read(unknown, ends, 1, Duration.ofSeconds(2))
          .forEach(
              record -> {
                TopicPartition partition = new TopicPartition(record.topic(), record.partition());
                waiting.put(
                    partition,
                    new Waiting(TopicReader.offset(unknown, partition), record.timestamp()));
              });
    }
    Map<TopicPartition, Long> times = new HashMap<>();
    behind.forEach(
        (partition, offset) -> {
          Waiting known = waiting.get(partition);
          if (known != null && known.offset() == offset) {
            times.put(partition, known.timestampMillis());
          }
        });
    return times;
  }

  /** Returns how long the oldest record that is lacked has been in its topic. */
  private static Optional<Double> waited(
      Map<TopicPartition, Long> behind, Map<TopicPartition, Long> times) {
    return behind.isEmpty()
        ? Optional.of(0.0)
        : behind.keySet().stream()
            .filter(times::containsKey)
            .map(times::get)
            .min(Long::compare)
            .map(oldest -> Math.max(0, System.currentTimeMillis() - oldest) / 1000.0);
  }

  private Optional<Double> rate(
      PipelinePlan plan, Map<String, Marks> marks, Map<TopicPartition, Long> ends) {
    long offsets =
        marks.values().stream()
            .flatMap(ofSink -> ofSink.byPartition().entrySet().stream())
            .mapToLong(
                entry ->
                    Math.min(
                        entry.getValue().nextOffset(),
                        ends.getOrDefault(entry.getKey(), Long.MAX_VALUE)))
            .sum();
    Instant now = Instant.now();
    return reached
        .compute(plan.pipeline(), (key, before) -> next(before, now, plan.hash(), offsets))
        .rate();
  }

  private static Reached next(@Nullable Reached before, Instant now, String hash, long offsets) {
    if (before == null || !before.planHash().equals(hash)) {
      return new Reached(now, hash, offsets, Optional.empty());
    }
    double seconds = Duration.between(before.at(), now).toMillis() / 1000.0;
    return seconds < 1
        ? before
        : new Reached(
            now, hash, offsets, Optional.of(Math.max(0, offsets - before.offsets()) / seconds));
  }

  private static Map<String, Map<String, Long>> plain(Map<String, Marks> marks) {
    Map<String, Map<String, Long>> plain = new TreeMap<>();
    marks.forEach(
        (sink, ofSink) -> {
          Map<String, Long> offsets = new TreeMap<>();
          ofSink
              .byPartition()
              .forEach((partition, mark) -> offsets.put(partition.toString(), mark.nextOffset()));
          plain.put(sink, offsets);
        });
    return plain;
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted", e);
    }
  }
}
