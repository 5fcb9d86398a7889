package dev.backlot.transport;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.KafkaSourceEnumState;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.connector.kafka.source.split.KafkaPartitionSplit;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;

/**
 * A Kafka source that starts at the sinks' marks each time it starts, even when Flink restores the
 * splits of a checkpoint: a table can have been rolled back since, and what it lacks must be read
 * again.
 */
@SuppressWarnings("deprecation")
final class MarkedSource
    implements Source<ReadEvent, KafkaPartitionSplit, KafkaSourceEnumState>,
        ResultTypeQueryable<ReadEvent> {
  private static final long serialVersionUID = 1L;

  private final Properties kafka;
  private final String topic;
  private final int partitions;
  private final EventReader reader;
  private final Starts starts;

  MarkedSource(Properties kafka, String topic, int partitions, EventReader reader, Starts starts) {
    this.kafka = kafka;
    this.topic = topic;
    this.partitions = partitions;
    this.reader = reader;
    this.starts = starts;
  }

  private KafkaSource<ReadEvent> source(EventReader records) {
    List<TopicPartition> all = Topics.partitions(topic, partitions);
    // Only readers know where they start; what the enumerator says is replaced there.
    Map<TopicPartition, Long> nowhere =
        all.stream().collect(Collectors.toMap(partition -> partition, partition -> 0L));
    return KafkaSource.<ReadEvent>builder()
        .setProperties(kafka)
        .setPartitions(Set.copyOf(all))
        .setStartingOffsets(OffsetsInitializer.offsets(nowhere, OffsetResetStrategy.NONE))
        .setDeserializer(records)
        .build();
  }

  @Override
  public Boundedness getBoundedness() {
    return Boundedness.CONTINUOUS_UNBOUNDED;
  }

  @Override
  public SourceReader<ReadEvent, KafkaPartitionSplit> createReader(SourceReaderContext context)
      throws Exception {
    Map<Integer, Starts.Start> now = starts.read();
    Parking parking = new Parking(partitions);
    return new Reader(
        source(reader.startingAt(now, parking)).createReader(context), now, parking, topic);
  }

  @Override
  public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> createEnumerator(
      SplitEnumeratorContext<KafkaPartitionSplit> context) {
    return source(reader).createEnumerator(context);
  }

  @Override
  public SplitEnumerator<KafkaPartitionSplit, KafkaSourceEnumState> restoreEnumerator(
      SplitEnumeratorContext<KafkaPartitionSplit> context, KafkaSourceEnumState checkpoint)
      throws Exception {
    return source(reader).restoreEnumerator(context, checkpoint);
  }

  @Override
  public SimpleVersionedSerializer<KafkaPartitionSplit> getSplitSerializer() {
    return source(reader).getSplitSerializer();
  }

  @Override
  public SimpleVersionedSerializer<KafkaSourceEnumState> getEnumeratorCheckpointSerializer() {
    return source(reader).getEnumeratorCheckpointSerializer();
  }

  @Override
  public TypeInformation<ReadEvent> getProducedType() {
    return new SerializedType<>(ReadEvent.class);
  }

  /** Moves every split, restored or new, to its start, and announces the start. */
  private static final class Reader implements SourceReader<ReadEvent, KafkaPartitionSplit> {
    private final SourceReader<ReadEvent, KafkaPartitionSplit> kafka;
    private final Map<Integer, Starts.Start> starts;
    private final Parking parking;
    private final String topic;
    private final Queue<ReadEvent> announcements = new ArrayDeque<>();

    Reader(
        SourceReader<ReadEvent, KafkaPartitionSplit> kafka,
        Map<Integer, Starts.Start> starts,
        Parking parking,
        String topic) {
      this.topic = topic;
      this.kafka = kafka;
      this.starts = starts;
      this.parking = parking;
    }

    @Override
    public void start() {
      kafka.start();
    }

    @Override
    public void addSplits(List<KafkaPartitionSplit> splits) {
      kafka.addSplits(splits.stream().map(this::placed).toList());
    }

    private KafkaPartitionSplit placed(KafkaPartitionSplit split) {
      Starts.Start start = Objects.requireNonNull(starts.get(split.getPartition()));
      Mark mark = start.mark();
      announcements.add(ReadEvent.start(split.getPartition(), mark));
      return new KafkaPartitionSplit(split.getTopicPartition(), start.offset());
    }

    @Override
    public InputStatus pollNext(ReaderOutput<ReadEvent> output) throws Exception {
      for (ReadEvent start = announcements.poll(); start != null; start = announcements.poll()) {
        output.collect(start);
      }
      InputStatus status = kafka.pollNext(output);
      List<Integer> stopped = parking.takeFresh();
      if (!stopped.isEmpty()) {
        kafka.pauseOrResumeSplits(stopped.stream().map(this::split).toList(), List.of());
      }
      return status;
    }

    /** What was fetched already is passed over by the reader of records. */
    private String split(int partition) {
      return KafkaPartitionSplit.toSplitId(new TopicPartition(topic, partition));
    }

    @Override
    public List<KafkaPartitionSplit> snapshotState(long checkpointId) {
      parking.begin(checkpointId);
      return kafka.snapshotState(checkpointId);
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
      return kafka.isAvailable();
    }

    @Override
    public void notifyNoMoreSplits() {
      kafka.notifyNoMoreSplits();
    }

    @Override
    public void handleSourceEvents(SourceEvent event) {
      kafka.handleSourceEvents(event);
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
      kafka.notifyCheckpointComplete(checkpointId);
      parking.complete(checkpointId);
    }

    @Override
    public void notifyCheckpointAborted(long checkpointId) throws Exception {
      kafka.notifyCheckpointAborted(checkpointId);
    }

    @Override
    public void pauseOrResumeSplits(Collection<String> toPause, Collection<String> toResume) {
      kafka.pauseOrResumeSplits(toPause, toResume);
    }

    @Override
    public void close() throws Exception {
      kafka.close();
    }
  }
}
