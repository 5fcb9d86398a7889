package dev.backlot.transport;

import dev.backlot.model.spec.PipelineSpec.OnError;
import dev.backlot.transport.OriginalRecords.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Does with failed records what the pipeline's error policy says: stops the job, keeps them, or
 * counts them.
 *
 * <p>It never sends anything. Its output goes to every sink's committer for the sake of the
 * barriers: a committer has a barrier only once it came through here, behind the letters of all
 * that failed before it, so that no mark passes a record whose letter could still be lost.
 */
final class LetterOperator extends AbstractStreamOperator<Progress>
    implements OneInputStreamOperator<DeadLetter, Progress>, BoundedOneInput {
  private static final long serialVersionUID = 1L;

  /** Letters are written in batches of this many, since their records are read back together. */
  private static final int BATCH = 500;

  private final String pipeline;
  private final OnError onError;
  private final HashMap<String, String> kafka;
  private final HashMap<String, String> topicOfSource;
  private transient List<DeadLetter> waiting;
  private transient LetterSender sender;
  private transient OriginalRecords originals;
  private transient Counter failed;
  private transient LongCounter skipped;

  @SuppressWarnings("NullAway.Init")
  LetterOperator(
      String pipeline,
      OnError onError,
      Map<String, String> kafka,
      Map<String, String> topicOfSource) {
    this.pipeline = pipeline;
    this.onError = onError;
    this.kafka = new HashMap<>(kafka);
    this.topicOfSource = new HashMap<>(topicOfSource);
  }

  @Override
  public void open() throws Exception {
    super.open();
    waiting = new ArrayList<>();
    failed = getMetricGroup().counter("failedRecords");
    if (onError == OnError.SKIP) {
      skipped = new LongCounter();
      getRuntimeContext().addAccumulator(Letters.SKIPPED, skipped);
    }
  }

  @Override
  public void processElement(StreamRecord<DeadLetter> element) {
    DeadLetter letter = element.getValue();
    failed.inc();
    switch (onError) {
      case STOP -> throw stopped(letter);
      case SKIP -> {
        skipped.add(1L);
        LOG.warn(
            "Pipeline {} skips {}/{}/{}, which failed in step {}: {}",
            pipeline,
            topic(letter),
            letter.partition(),
            letter.offset(),
            letter.step(),
            letter.reason());
      }
      case DEAD_LETTER -> {
        waiting.add(letter);
        if (waiting.size() >= BATCH) {
          write();
        }
      }
    }
  }

  private JobStoppedException stopped(DeadLetter letter) {
    return new JobStoppedException(
        letter.code(),
        ("Cannot process record '%s/%d/%d' in step '%s': %s. Mend the cause, or choose another"
                + " 'on_error' for pipeline '%s'.")
            .formatted(
                topic(letter),
                letter.partition(),
                letter.offset(),
                letter.step(),
                letter.reason(),
                pipeline));
  }

  private String topic(DeadLetter letter) {
    return Objects.requireNonNull(topicOfSource.get(letter.source()), letter.source());
  }

  private void write() {
    if (Objects.isNull(sender)) {
      sender = new LetterSender(kafka, LetterTopics.letters(pipeline));
      originals = new OriginalRecords(kafka);
    }
    Map<Place, OriginalRecord> found = originals.read(waiting.stream().map(this::place).toList());
    for (DeadLetter letter : waiting) {
      sender.send(Letter.first(letter, Objects.requireNonNull(found.get(place(letter)))));
    }
    waiting.clear();
  }

  private Place place(DeadLetter letter) {
    return new Place(new TopicPartition(topic(letter), letter.partition()), letter.offset());
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) {
    keep();
  }

  @Override
  public void endInput() {
    keep();
  }

  private void keep() {
    if (!waiting.isEmpty()) {
      write();
    }
    if (Objects.nonNull(sender)) {
      sender.flush();
    }
  }

  @Override
  public void close() throws Exception {
    if (Objects.nonNull(sender)) {
      sender.close();
      originals.close();
    }
    super.close();
  }
}
