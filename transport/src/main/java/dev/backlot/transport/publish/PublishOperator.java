package dev.backlot.transport.publish;

import dev.backlot.event.ControlRecord;
import dev.backlot.event.EventHeader;
import dev.backlot.event.InputHeader;
import dev.backlot.event.Op;
import dev.backlot.event.Position;
import dev.backlot.event.flink.EnvelopeEncoder;
import dev.backlot.schema.SystemColumn;
import dev.backlot.transport.JobStoppedException;
import dev.backlot.transport.Progress;
import dev.backlot.transport.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedMultiInput;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.table.data.RowData;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows at once to the partition that follows the one they were read from, leaving out what
 * it has already, and at barriers how far that was read. A partition is taken over with the first
 * that comes for it. Rows and progress of one partition come from one reader, in order.
 */
final class PublishOperator extends AbstractStreamOperator<Progress>
    implements TwoInputStreamOperator<RowData, Progress, Progress>, BoundedMultiInput {
  private static final long serialVersionUID = 1L;

  /** Least time between marks of a partition whose reader goes on without giving any row. */
  private static final Duration MARK_INTERVAL = Duration.ofSeconds(3);

  private final PublishedTopic topic;
  private final Properties kafka;
  private transient KafkaProducer<byte[], byte[]> producer;
  private transient EnvelopeEncoder encoder;
  private transient Map<Integer, Lane> lanes;
  private transient Map<String, PublishedTopic.Lane> lanesOfSources;
  private transient volatile Exception failure;
  private transient Counter known;
  private transient long generation;

  @SuppressWarnings("NullAway.Init")
  PublishOperator(PublishedTopic topic, Properties kafka) {
    this.topic = topic;
    this.kafka = kafka;
  }

  /** One published partition. */
  private static final class Lane {
    final TopicPartition partition;
    final int inputEpoch;
    final Tail tail;
    final long start;
    long lastOffset = -1;
    long told;
    long reached;
    long reachedBefore;
    long inputGeneration;
    boolean rows;
    boolean marked;
    long markedAt = System.nanoTime();
    volatile long acknowledged;

    Lane(TopicPartition partition, int inputEpoch, Takeover.Taken taken) {
      this.partition = partition;
      this.inputEpoch = inputEpoch;
      this.tail = taken.tail();
      this.acknowledged = taken.offset();
      Optional<InputHeader> mark = tail.mark().filter(header -> header.epoch() == inputEpoch);
      this.told = mark.map(InputHeader::offset).orElseThrow(() -> Takeover.lost(partition));
      this.start = told;
      this.reached = told;
      this.reachedBefore = told;
      this.inputGeneration = mark.map(InputHeader::generation).orElse(0L);
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    producer = PublishedTopics.producer(kafka);
    encoder = new EnvelopeEncoder(topic.schema(), topic.ids().key(), topic.ids().value());
    lanes = new HashMap<>();
    lanesOfSources = new HashMap<>();
    topic.lanes().forEach(lane -> lanesOfSources.put(lane.source(), lane));
    generation = topic.generation(getRuntimeContext().getTaskInfo().getAttemptNumber());
    known = getMetricGroup().counter("recordsKnown");
  }

  @Override
  public void processElement1(StreamRecord<RowData> element) {
    RowData row = element.getValue();
    String source = row.getString(encoder.column(SystemColumn.SOURCE)).toString();
    PublishedTopic.Lane read = Objects.requireNonNull(lanesOfSources.get(source), source);
    Lane lane = lane(read.first() + row.getInt(encoder.column(SystemColumn.PARTITION)));
    long offset = row.getLong(encoder.column(SystemColumn.OFFSET));
    if (offset < lane.start) {
      // Another sink of the job is further behind.
      known.inc();
      return;
    }
    if (offset < lane.lastOffset) {
      throw new IllegalStateException(
          "%s went back from offset %d to %d of its input; a row would be written twice"
              .formatted(lane.partition, lane.lastOffset, offset));
    }
    lane.lastOffset = offset;
    write(lane, row, offset);
  }

  private void write(Lane lane, RowData row, long offset) {
    Op op = encoder.op(row);
    Position position = encoder.position(row);
    byte[] key =
        op == Op.TRUNCATE
            ? new ControlRecord(ControlRecord.Kind.TRUNCATE, generation, position)
                .encode(topic.ids().control())
            : encoder.key(row);
    int flags = op == Op.TRUNCATE ? EventHeader.CONTROL : op == Op.READ ? EventHeader.DUMP : 0;
    byte[] header =
        new EventHeader(flags, generation, position, encoder.sourceMicros(row)).encode();
    byte[] input = InputHeader.row(lane.inputEpoch, offset, encoder.stampMicros(row)).encode();
    byte[] value = encoder.envelope(row, System.currentTimeMillis() * 1000);
    byte[] identity = op == Op.TRUNCATE ? Tail.NO_KEY : key;
    if (!lane.tail.has(lane.inputEpoch, offset, identity, false)) {
      send(lane, key, value, header, input);
    } else {
      known.inc();
    }
    if (op == Op.DELETE && !lane.tail.has(lane.inputEpoch, offset, key, true)) {
      send(lane, key, null, header, input);
    }
  }

  private void send(Lane lane, byte[] key, byte @Nullable [] value, byte[] header, byte[] input) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(topic.topic(), lane.partition.partition(), key, value);
    record.headers().add(EventHeader.NAME, header).add(InputHeader.NAME, input);
    lane.rows = true;
    send(lane, record);
  }

  private void send(Lane lane, ProducerRecord<byte[], byte[]> record) {
    check();
    producer.send(record, (metadata, exception) -> written(lane, metadata, exception));
  }

  private void written(
      Lane lane, @Nullable RecordMetadata metadata, @Nullable Exception exception) {
    if (exception != null || metadata == null) {
      fail(exception == null ? new IllegalStateException("No metadata") : exception);
    } else if (metadata.offset() <= lane.acknowledged) {
      fail(Takeover.lost(lane.partition));
    } else {
      lane.acknowledged = metadata.offset();
    }
  }

  /** What waits behind a record that could not be written must not be written either. */
  private void fail(Exception exception) {
    if (failure == null) {
      failure = exception;
      producer.close(Duration.ZERO);
    }
  }

  private void check() {
    Exception cause = failure;
    if (cause instanceof JobStoppedException lost) {
      throw lost;
    }
    if (cause != null) {
      throw new IllegalStateException("Cannot write to topic " + topic.topic(), cause);
    }
  }

  private Lane lane(int partition) {
    Lane lane = lanes.get(partition);
    if (lane == null) {
      lane = takeOver(new TopicPartition(topic.topic(), partition));
      lanes.put(partition, lane);
    }
    return lane;
  }

  private Lane takeOver(TopicPartition partition) {
    try (KafkaConsumer<byte[], byte[]> consumer = Topics.consumer(kafka)) {
      Map<TopicPartition, Takeover.Taken> taken =
          new Takeover(topic, generation, false, producer, new Tails(consumer))
              .of(List.of(partition), none -> Optional.empty(), none -> {});
      return new Lane(
          partition,
          topic.laneOf(partition.partition()).epoch(),
          Objects.requireNonNull(taken.get(partition)));
    }
  }

  @Override
  public void processElement2(StreamRecord<Progress> element) {
    Progress progress = element.getValue();
    PublishedTopic.Lane read = topic.laneOfTopic(progress.topic()).orElseThrow();
    Lane lane = lane(read.first() + progress.partition());
    if (progress.from() > lane.reached) {
      throw new IllegalStateException(
          "%s/%d was read from offset %d, but %s has it up to %d only"
              .formatted(
                  progress.topic(),
                  progress.partition(),
                  progress.from(),
                  lane.partition,
                  lane.reached));
    }
    if (progress.nextOffset() > lane.reached) {
      lane.reached = progress.nextOffset();
      lane.inputGeneration = progress.generation();
    }
    lane.marked |= progress.marked();
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) {
    mark(false);
  }

  @Override
  public void endInput(int input) {
    mark(true);
  }

  private void mark(boolean last) {
    producer.flush();
    check();
    for (Lane lane : lanes.values()) {
      boolean still = lane.reached == lane.reachedBefore;
      boolean due = System.nanoTime() - lane.markedAt > MARK_INTERVAL.toNanos();
      lane.reachedBefore = lane.reached;
      if (lane.reached > lane.told && (lane.rows || still || due || lane.marked || last)) {
        send(
            lane,
            Takeover.control(
                lane.partition,
                generation,
                ControlRecord.MARK.encode(topic.ids().control()),
                null,
                Position.START,
                Optional.of(
                    InputHeader.mark(lane.inputEpoch, lane.reached, lane.inputGeneration))));
        lane.told = lane.reached;
        lane.rows = false;
        lane.marked = false;
        lane.markedAt = System.nanoTime();
      }
    }
  }

  @Override
  public void close() throws Exception {
    if (Objects.nonNull(producer)) {
      producer.close(Duration.ZERO);
    }
    super.close();
  }
}
