package dev.backlot.engine.letter;

import dev.backlot.engine.job.PlanPaths;
import dev.backlot.engine.plan.Shapes;
import dev.backlot.engine.progress.ProgressService;
import dev.backlot.engine.source.RecordTexts;
import dev.backlot.engine.source.TopicReader;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.model.plan.PlanPublication;
import dev.backlot.model.plan.PlanSink;
import dev.backlot.processors.Processors;
import dev.backlot.sdk.Shape;
import dev.backlot.transport.Letter;
import dev.backlot.transport.LetterFormat;
import dev.backlot.transport.LetterTopics;
import dev.backlot.transport.Mark;
import dev.backlot.transport.Marks;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** The dead letters of all pipelines. Thread-safe; calls for one pipeline wait for one another. */
public final class DeadLetters {
  private final Map<String, String> kafka;
  private final TopicReader topics;
  private final RecordTexts texts;
  private final ProgressService progress;
  private final Processors processors;
  private final Map<String, LetterBox> boxes = new ConcurrentHashMap<>();
  private final Set<String> known = ConcurrentHashMap.newKeySet();

  /** Reads and replays with these; everything stays the caller's to close. */
  public DeadLetters(
      Map<String, String> kafka,
      TopicReader topics,
      RecordTexts texts,
      ProgressService progress,
      Processors processors) {
    this.kafka = Map.copyOf(kafka);
    this.topics = topics;
    this.texts = texts;
    this.progress = progress;
    this.processors = processors;
  }

  /**
   * Returns a pipeline's letters, newest first, without their records.
   *
   * @param most how many are returned at most
   */
  public List<LetterView> list(String pipeline, int most) {
    if (!exists(pipeline)) {
      return List.of();
    }
    LetterBox box = box(pipeline);
    synchronized (box) {
      States states = states(pipeline, box);
      List<StoredLetter> all = box.all();
      Collections.reverse(all);
      return all.stream()
          .limit(most)
          .map(letter -> LetterView.of(pipeline, letter, states.of(letter), Map.of()))
          .toList();
    }
  }

  /**
   * Returns a letter with its record.
   *
   * @throws ProblemException {@code NOT_FOUND}
   */
  public LetterView find(String pipeline, String id) {
    if (!exists(pipeline)) {
      throw notFound(pipeline, id);
    }
    LetterBox box = box(pipeline);
    synchronized (box) {
      States states = states(pipeline, box);
      StoredLetter letter = box.find(id).orElseThrow(() -> notFound(pipeline, id));
      return LetterView.of(pipeline, letter, states.of(letter), record(box, letter));
    }
  }

  /** Returns how many of the letters of a pipeline that keeps any wait to be replayed. Cheap. */
  public long waiting(String pipeline) {
    if (!progress.plan(pipeline).keepsLetters() || !exists(pipeline)) {
      return 0;
    }
    LetterBox box = box(pipeline);
    synchronized (box) {
      box.refresh();
      // How far the tables are tells only the replayed letters apart.
      States states = new States(pipeline, box, Optional.empty(), Map.of());
      return box.all().stream().filter(letter -> states.of(letter) == LetterState.WAITING).count();
    }
  }

  /**
   * Gives the pipeline's job the records of waiting letters once more. Asking twice replays once.
   *
   * @throws ProblemException {@code NOT_FOUND} for an unknown letter, {@code NOT_ALLOWED_NOW} when
   *     the pipeline's job takes no replays
   */
  public Replayed replay(String pipeline, ReplayRequest request) {
    PipelinePlan plan = progress.plan(pipeline);
    if (!plan.keepsLetters()) {
      throw new ProblemException(
          ProblemCode.NOT_ALLOWED_NOW,
          ("Cannot replay dead letters of pipeline '%s': its 'on_error' is '%s', so its job takes no"
                  + " replays. Say 'on_error: dead_letter' in it.")
              .formatted(pipeline, plan.onError()));
    }
    LetterBox box = box(pipeline);
    synchronized (box) {
      States states = states(pipeline, box);
      for (String id : request.ids()) {
        if (box.find(id).isEmpty()) {
          throw notFound(pipeline, id);
        }
      }
      Map<StoredLetter, Letter> wanted = new LinkedHashMap<>();
      List<Replayed.Refusal> refused = new ArrayList<>();
      for (StoredLetter letter : box.all()) {
        if (!request.wants(letter)) {
          continue;
        }
        Optional<String> hindrance = hindrance(plan, letter, states);
        Optional<Letter> whole = hindrance.isPresent() ? Optional.empty() : box.whole(letter);
        if (whole.isPresent()) {
          wanted.put(letter, whole.get());
        } else if (!request.ids().isEmpty() || states.of(letter) == LetterState.WAITING) {
          refused.add(
              new Replayed.Refusal(
                  letter.id(), hindrance.orElse("its topic does not have it any more")));
        }
      }
      send(pipeline, wanted);
      return new Replayed(wanted.keySet().stream().map(StoredLetter::id).toList(), refused);
    }
  }

  /** Returns why a letter can't be replayed, if so. */
  private Optional<String> hindrance(PipelinePlan plan, StoredLetter letter, States states) {
    LetterState state = states.of(letter);
    if (state != LetterState.WAITING) {
      return Optional.of(
          state == LetterState.FAILED_AGAIN
              ? "it was replayed and failed again; replay the letter of the next attempt"
              : "it was replayed already");
    }
    if (!letter.original()) {
      return Optional.of("its record was gone from the topic when it failed");
    }
    boolean read =
        plan.sources().stream()
            .anyMatch(
                source ->
                    source.name().equals(letter.failure().source())
                        && source.epoch() == letter.failure().epoch());
    if (!read) {
      return Optional.of(
          "the pipeline does not read epoch %d of '%s' any more"
              .formatted(letter.failure().epoch(), letter.failure().source()));
    }
    Optional<String> published =
        plan.publications().stream()
            .filter(publication -> letter.sink().isEmpty())
            .filter(
                publication -> PlanPaths.ids(plan, publication).contains(letter.failure().step()))
            .map(PlanPublication::source)
            .findFirst();
    if (published.isPresent()) {
      return Optional.of(
          ("step '%s' feeds the published Source '%s', which can't take an older change any more:"
                  + " dump the row by its key instead")
              .formatted(letter.failure().step(), published.get()));
    }
    if (states.sinks(letter).isEmpty()) {
      return Optional.of(
          "no sink of the pipeline stands behind a step '%s' any more"
              .formatted(letter.failure().step()));
    }
    return Optional.empty();
  }

  private void send(String pipeline, Map<StoredLetter, Letter> letters) {
    if (letters.isEmpty()) {
      return;
    }
    String topic = LetterTopics.replays(pipeline);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            LetterTopics.producer(kafka), new ByteArraySerializer(), new ByteArraySerializer())) {
      List<Future<RecordMetadata>> sent = new ArrayList<>();
      letters.forEach(
          (stored, letter) ->
              sent.add(producer.send(LetterFormat.replay(topic, letter, stored.offset()))));
      producer.flush();
      for (Future<RecordMetadata> one : sent) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw new ProblemException(
          ProblemCode.KAFKA_UNREACHABLE,
          ("Cannot replay dead letters of pipeline '%s': %s. Ask again: what was replayed already is"
                  + " not replayed twice.")
              .formatted(pipeline, String.valueOf(e.getMessage())),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted", e);
    }
  }

  private Map<String, @Nullable Object> record(LetterBox box, StoredLetter letter) {
    Optional<Letter> whole = box.whole(letter).filter(found -> !found.original().isGone());
    if (whole.isEmpty()) {
      return Map.of();
    }
    var failure = letter.failure();
    try {
      return texts.row(
          failure.source(),
          failure.epoch(),
          whole.get().original().at(failure.source(), failure.partition(), failure.offset()));
    } catch (RuntimeException e) {
      return Map.of();
    }
  }

  /** Forgets a pipeline's letters and replays, topics included. */
  public void delete(String pipeline) {
    LetterTopics.delete(kafka, pipeline);
    known.remove(pipeline);
    boxes.remove(pipeline);
  }

  private boolean exists(String pipeline) {
    if (!known.contains(pipeline)) {
      Set<String> names = topics.names();
      if (names.contains(LetterTopics.letters(pipeline))
          && names.contains(LetterTopics.replays(pipeline))) {
        known.add(pipeline);
      }
    }
    return known.contains(pipeline);
  }

  private LetterBox box(String pipeline) {
    return boxes.computeIfAbsent(pipeline, name -> new LetterBox(name, topics, texts));
  }

  private static ProblemException notFound(String pipeline, String id) {
    return new ProblemException(
        ProblemCode.NOT_FOUND,
        ("Cannot find dead letter '%s': pipeline '%s' has none of this id. See `backlot get"
                + " deadletters`.")
            .formatted(id, pipeline));
  }

  /** Marks are read first: whoever has passed a replay has kept its failure before. */
  private States states(String pipeline, LetterBox box) {
    Optional<PipelinePlan> plan = plan(pipeline);
    Map<String, Marks> marks = plan.map(progress::marks).orElse(Map.of());
    box.refresh();
    return new States(pipeline, box, plan, marks);
  }

  private Optional<PipelinePlan> plan(String pipeline) {
    try {
      return Optional.of(progress.plan(pipeline));
    } catch (ProblemException e) {
      return Optional.empty();
    }
  }

  /** What has become of a pipeline's letters as of one moment. */
  private final class States {
    private final String pipeline;
    private final LetterBox box;
    private final Map<String, Marks> marks;
    private final Map<String, Set<String>> stepsOfSink = new HashMap<>();
    private final Set<String> attempts = new HashSet<>();

    States(String pipeline, LetterBox box, Optional<PipelinePlan> plan, Map<String, Marks> marks) {
      this.pipeline = pipeline;
      this.box = box;
      this.marks = marks;
      plan.ifPresent(this::addPaths);
      for (StoredLetter letter : box.all()) {
        attempts.add(attempt(letter, letter.attempt(), letter.sink()));
        attempts.add(attempt(letter, letter.attempt(), ""));
      }
    }

    private void addPaths(PipelinePlan plan) {
      Map<String, Shape> shapes = Shapes.of(plan, type -> processors.find(type).orElseThrow());
      for (PlanSink sink : plan.sinks()) {
        Set<String> steps = new HashSet<>();
        PlanPaths.paths(plan, sink, shapes).values().forEach(steps::addAll);
        stepsOfSink.put(sink.id(), steps);
      }
    }

    private static String attempt(StoredLetter letter, int attempt, String sink) {
      return letter.root() + " " + attempt + " " + sink;
    }

    /** Returns the sinks that lack a letter's record. */
    List<String> sinks(StoredLetter letter) {
      List<String> sinks = new ArrayList<>();
      stepsOfSink.forEach(
          (sink, steps) -> {
            boolean concerned = letter.sink().isEmpty() || letter.sink().equals(sink);
            if (concerned && steps.contains(letter.failure().step())) {
              sinks.add(sink);
            }
          });
      return sinks;
    }

    LetterState of(StoredLetter letter) {
      if (attempts.contains(attempt(letter, letter.attempt() + 1, letter.sink()))) {
        return LetterState.FAILED_AGAIN;
      }
      Optional<LetterBox.Replay> replay = box.replay(letter);
      if (replay.isEmpty()) {
        return LetterState.WAITING;
      }
      String topic = LetterTopics.replays(pipeline);
      boolean done =
          sinks(letter).stream()
              .allMatch(
                  sink ->
                      Objects.requireNonNull(marks.getOrDefault(sink, Marks.NONE))
                          .mark(topic, 0)
                          .map(Mark::nextOffset)
                          .filter(next -> next > replay.get().offset())
                          .isPresent());
      return done ? LetterState.DONE : LetterState.REPLAYED;
    }
  }
}
