package dev.backlot.transport;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedMultiInput;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Keeps the letters of records whose replay failed as well. Both inputs wait for the barrier: by
 * then each failure's letter is here, whichever came first. As {@link LetterOperator}, it holds the
 * barrier back until its letters are safe.
 */
final class RepeatedLetterOperator extends AbstractStreamOperator<Progress>
    implements TwoInputStreamOperator<Letter, DeadLetter, Progress>, BoundedMultiInput {
  private static final long serialVersionUID = 1L;

  private final String pipeline;
  private final String sink;
  private final HashMap<String, String> kafka;
  private transient Map<Place, Letter> replayed;
  private transient List<DeadLetter> failures;
  private transient LetterSender sender;
  private transient int openInputs;

  @SuppressWarnings("NullAway.Init")
  RepeatedLetterOperator(String pipeline, String sink, Map<String, String> kafka) {
    this.pipeline = pipeline;
    this.sink = sink;
    this.kafka = new HashMap<>(kafka);
  }

  private record Place(String source, int epoch, int partition, long offset) {
    static Place of(DeadLetter failure) {
      return new Place(failure.source(), failure.epoch(), failure.partition(), failure.offset());
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    replayed = new HashMap<>();
    failures = new ArrayList<>();
    openInputs = 2;
  }

  @Override
  public void processElement1(StreamRecord<Letter> element) {
    Letter letter = element.getValue();
    replayed.put(Place.of(letter.failure()), letter);
  }

  @Override
  public void processElement2(StreamRecord<DeadLetter> element) {
    failures.add(element.getValue());
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) {
    keep();
  }

  @Override
  public void endInput(int input) {
    if (--openInputs == 0) {
      keep();
    }
  }

  private void keep() {
    for (DeadLetter failure : failures) {
      Letter letter = replayed.get(Place.of(failure));
      if (letter == null) {
        throw new IllegalStateException("No replay belongs to " + failure);
      }
      if (Objects.isNull(sender)) {
        sender = new LetterSender(kafka, LetterTopics.letters(pipeline));
      }
      sender.send(letter.again(failure, sink));
    }
    failures.clear();
    replayed.clear();
    if (Objects.nonNull(sender)) {
      sender.flush();
    }
  }

  @Override
  public void close() throws Exception {
    if (Objects.nonNull(sender)) {
      sender.close();
    }
    super.close();
  }
}
