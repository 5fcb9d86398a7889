package dev.backlot.transport;

import dev.backlot.event.EventHeader;
import dev.backlot.model.plan.PlanSource;
import java.util.Map;
import java.util.Optional;
import org.apache.flink.table.data.RowData;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Rows of a planned Source from records that were read elsewhere, as jobs decode them. For one
 * thread.
 */
public final class SampleDecoder {
  private final RecordDecoder decoder;

  /**
   * Decodes for a plan.
   *
   * @param kafka client properties, for schemas that the plan does not know
   */
  public SampleDecoder(Map<String, String> kafka, PlanSource source) {
    this.decoder = new RecordDecoder(source, new SchemaLookup(kafka));
  }

  /** Returns a record's row; empty when it has none, can't be decoded, or is not covered. */
  public Optional<RowData> row(ConsumerRecord<byte[], byte[]> record) {
    if (record.value() == null) {
      return Optional.empty();
    }
    try {
      EventHeader header = RecordDecoder.header(record);
      return header.isControl() ? Optional.empty() : Optional.of(decoder.decode(record, header));
    } catch (UncoveredSchemaException
        | IllegalArgumentException
        | IndexOutOfBoundsException unreadable) {
      return Optional.empty();
    }
  }
}
