package dev.backlot.transport;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.plan.PlanSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedOneInput;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.util.OutputTag;

/**
 * Turns replayed letters into the rows of their records, for one sink: rows of each Source at a
 * side output, the letters themselves as main output, progress as everywhere. Chained to its
 * reader.
 */
final class ReplayOperator extends AbstractStreamOperator<Letter>
    implements OneInputStreamOperator<ReadEvent, Letter>, BoundedOneInput {
  private static final long serialVersionUID = 1L;

  private final String topic;
  private final String sink;
  private final ArrayList<PlanSource> sources;
  private final HashMap<String, ArrayList<String>> paths;
  private final SchemaLookup schemas;
  private transient PassedOffsets passed;
  private transient Map<String, RecordDecoder> decoders;
  private transient Map<String, OutputTag<RowData>> tags;

  /**
   * Replays into one sink.
   *
   * @param paths by Source id, the steps from it to the sink, itself included
   */
  @SuppressWarnings("NullAway.Init")
  ReplayOperator(
      String topic,
      String sink,
      List<PlanSource> sources,
      Map<String, List<String>> paths,
      SchemaLookup schemas) {
    this.schemas = schemas;
    this.topic = topic;
    this.sink = sink;
    this.sources = new ArrayList<>(sources);
    this.paths = new HashMap<>();
    paths.forEach((source, steps) -> this.paths.put(source, new ArrayList<>(steps)));
  }

  /** Returns where the rows of a Source are sent. */
  static OutputTag<RowData> rows(PlanSource source) {
    return new OutputTag<>(
        "rows-" + source.id(), InternalTypeInfo.of(SourceTransport.rowType(source)));
  }

  @Override
  public void open() throws Exception {
    super.open();
    passed = new PassedOffsets(topic);
    decoders = new HashMap<>();
    tags = new HashMap<>();
    for (PlanSource source : sources) {
      decoders.put(source.id(), new RecordDecoder(source, schemas));
      tags.put(source.id(), rows(source));
    }
  }

  @Override
  public void processElement(StreamRecord<ReadEvent> element) {
    ReadEvent event = element.getValue();
    passed.pass(event);
    Letter letter = event.replay();
    if (letter != null) {
      source(letter).ifPresent(source -> replay(letter, source));
    }
  }

  /** Returns the Source of a letter that this sink waits for. */
  private Optional<PlanSource> source(Letter letter) {
    DeadLetter failure = letter.failure();
    if (!letter.sink().isEmpty() && !letter.sink().equals(sink)) {
      return Optional.empty();
    }
    return sources.stream()
        .filter(source -> source.name().equals(failure.source()))
        .filter(source -> source.epoch() == failure.epoch())
        .filter(
            source -> paths.getOrDefault(source.id(), new ArrayList<>()).contains(failure.step()))
        .findFirst();
  }

  private void replay(Letter letter, PlanSource source) {
    output.collect(new StreamRecord<>(letter));
    DeadLetter failure = letter.failure();
    var record = letter.original().at(source.topic(), failure.partition(), failure.offset());
    RowData row;
    try {
      row =
          Objects.requireNonNull(decoders.get(source.id()))
              .decode(record, RecordDecoder.header(record));
    } catch (UncoveredSchemaException | IllegalArgumentException | IndexOutOfBoundsException e) {
      DeadLetter again =
          new DeadLetter(
              source.id(),
              source.name(),
              source.epoch(),
              failure.partition(),
              failure.offset(),
              ProblemCode.RECORD_UNDECODABLE,
              "it can't be decoded: " + e.getMessage(),
              Instant.now());
      output.collect(DeadLetter.TAG, new StreamRecord<>(again));
      return;
    }
    output.collect(Objects.requireNonNull(tags.get(source.id())), new StreamRecord<>(row));
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) {
    report();
  }

  @Override
  public void endInput() {
    report();
  }

  private void report() {
    passed.report(
        progress -> output.collect(ProgressOperator.PROGRESS, new StreamRecord<>(progress)));
  }
}
