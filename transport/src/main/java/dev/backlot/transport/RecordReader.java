package dev.backlot.transport;

import dev.backlot.event.ControlRecord;
import dev.backlot.event.EventHeader;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.model.spec.PipelineSpec.OnError;
import java.time.Instant;
import java.util.Map;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns each record into one event: a row, or only progress for a tombstone, a fence, a mark, or a
 * record of a generation that a fence has ended. A record whose schema the plan does not cover
 * parks its partition; one that can't be decoded ends the job or becomes a dead letter.
 */
final class RecordReader implements EventReader {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(RecordReader.class);

  private final PlanSource source;
  private final OnError onError;
  private final SchemaLookup schemas;
  private final long[] generations;
  private final transient Parking parking;
  private transient RecordDecoder decoder;
  private transient Counter stale;
  private transient Counter skipped;

  @SuppressWarnings("NullAway.Init")
  private RecordReader(
      PlanSource source,
      OnError onError,
      SchemaLookup schemas,
      long[] generations,
      Parking parking) {
    this.source = source;
    this.onError = onError;
    this.schemas = schemas;
    this.generations = generations;
    this.parking = parking;
  }

  /** Reads a Source; where it starts is not decided yet. */
  static RecordReader of(PlanSource source, OnError onError, SchemaLookup schemas) {
    int partitions = source.partitions();
    return new RecordReader(
        source, onError, schemas, new long[partitions], new Parking(partitions));
  }

  @Override
  public RecordReader startingAt(Map<Integer, Starts.Start> starts, Parking parkingLot) {
    long[] from = new long[source.partitions()];
    starts.forEach((partition, start) -> from[partition] = start.mark().generation());
    return new RecordReader(source, onError, schemas, from, parkingLot);
  }

  @Override
  public void open(DeserializationSchema.InitializationContext context) {
    decoder = new RecordDecoder(source, schemas);
    stale = context.getMetricGroup().counter("recordsOfEndedGenerations");
    skipped = context.getMetricGroup().counter("recordsWithoutRow");
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<ReadEvent> out) {
    int partition = record.partition();
    if (parking.isParked(partition)) {
      return;
    }
    long next = record.offset() + 1;
    RowData row;
    try {
      if (isMark(record)) {
        skipped.inc();
        out.collect(ReadEvent.mark(partition, next, generations[partition]));
        return;
      }
      row = row(record);
    } catch (UncoveredSchemaException e) {
      LOG.info("{} It is left where it is until the pipeline is planned anew.", e.getMessage());
      parking.park(partition);
      return;
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      if (onError == OnError.STOP || isControl(record)) {
        parking.end(partition, undecodable(record, e));
      } else {
        out.collect(ReadEvent.failed(letter(record, e), partition, next, generations[partition]));
      }
      return;
    }
    if (row == null) {
      skipped.inc();
    }
    out.collect(ReadEvent.of(row, partition, next, generations[partition]));
  }

  /** Without a fence nobody knows which of the later records count, so none is ever passed over. */
  private static boolean isControl(ConsumerRecord<byte[], byte[]> record) {
    try {
      return RecordDecoder.header(record).isControl();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Only a mark is a control record without a value. */
  private static boolean isMark(ConsumerRecord<byte[], byte[]> record) {
    return record.value() == null && isControl(record);
  }

  private DeadLetter letter(ConsumerRecord<byte[], byte[]> record, RuntimeException cause) {
    return new DeadLetter(
        source.id(),
        source.name(),
        source.epoch(),
        record.partition(),
        record.offset(),
        ProblemCode.RECORD_UNDECODABLE,
        "it can't be decoded: " + cause.getMessage(),
        Instant.now());
  }

  private static JobStoppedException undecodable(
      ConsumerRecord<byte[], byte[]> record, RuntimeException cause) {
    return new JobStoppedException(
        ProblemCode.RECORD_UNDECODABLE,
        ("Cannot decode record '%s/%d/%d': %s. Report this; the Source needs a dump into a new epoch,"
                + " or the pipeline 'on_error: dead_letter'.")
            .formatted(record.topic(), record.partition(), record.offset(), cause.getMessage()),
        cause);
  }

  private @Nullable RowData row(ConsumerRecord<byte[], byte[]> record) {
    int partition = record.partition();
    if (record.value() == null) {
      return null;
    }
    EventHeader header = RecordDecoder.header(record);
    if (header.generation() < generations[partition]) {
      stale.inc();
      return null;
    }
    if (header.isControl()) {
      ControlRecord control = ControlRecord.decode(record.key());
      if (control.kind() == ControlRecord.Kind.FENCE) {
        generations[partition] = Math.max(generations[partition], control.generation());
        return null;
      }
    }
    return decoder.decode(record, header);
  }
}
