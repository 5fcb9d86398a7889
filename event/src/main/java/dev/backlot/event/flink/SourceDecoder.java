package dev.backlot.event.flink;

import dev.backlot.event.Confluent;
import dev.backlot.event.EventHeader;
import dev.backlot.schema.AvroSchemas;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.SystemColumn;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.jspecify.annotations.Nullable;

/**
 * Turns a Source's records into rows of the columns that a plan asks for, followed by the {@link
 * SystemColumn}s. Text in a row refers to the record's own bytes, which must not change afterwards.
 * For one thread.
 */
public final class SourceDecoder {
  private static final int SYSTEM_COLUMNS = SystemColumn.values().length;
  private static final StringData[] OPS = new StringData[128];

  static {
    for (char op : new char[] {'c', 'u', 'd', 'r', 't'}) {
      OPS[op] = StringData.fromString(String.valueOf(op));
    }
  }

  private final StringData source;
  private final Integer epoch;
  private final int width;
  private final Map<Integer, RowDataDecoder> decoders = new HashMap<>();
  private int lastId = -1;
  private @Nullable RowDataDecoder last;

  /**
   * Prepares for a Source.
   *
   * @param source its name, which rows carry
   * @param epoch of its topic, which rows carry
   * @param columns wanted columns, by the source's names; one that a schema lacks is null
   * @param types of the columns, in the same order
   * @param envelopes Avro JSON of every envelope schema that the plan covers, by id
   * @throws IllegalArgumentException when a column's type does not accept that of a covered schema
   */
  public SourceDecoder(
      String source,
      int epoch,
      List<String> columns,
      List<FieldType> types,
      Map<Integer, String> envelopes) {
    this.source = StringData.fromString(source);
    this.epoch = epoch;
    this.width = columns.size();
    envelopes.forEach(
        (id, json) ->
            decoders.put(id, new RowDataDecoder(AvroSchemas.parse(json), columns, types)));
  }

  /** Returns whether values of this schema can be decoded. */
  public boolean covers(int schemaId) {
    return schemaId == lastId || decoders.containsKey(schemaId);
  }

  /**
   * Returns the row of a record's value. A delete has the columns that its before-image has, at
   * least the key; a truncation has none.
   *
   * @param partition of the record
   * @param offset of the record
   * @param timestampMillis of the record
   * @param header of the record
   * @param value an envelope; tombstones and fences are not for this
   * @throws IllegalArgumentException when {@link #covers} is false for its schema, or the bytes are
   *     no envelope
   */
  public GenericRowData decode(
      int partition, long offset, long timestampMillis, EventHeader header, byte[] value) {
    RowDataDecoder decoder = decoder(Confluent.schemaId(value));
    GenericRowData row = new GenericRowData(width + SYSTEM_COLUMNS);
    char op = decoder.decode(value, Confluent.FRAME, row);
    StringData opText = op < OPS.length ? OPS[op] : null;
    if (opText == null) {
      throw new IllegalArgumentException("No operation '" + op + "'");
    }
    int at = width;
    row.setField(at++, opText);
    row.setField(at++, TimestampData.fromEpochMillis(timestampMillis));
    row.setField(at++, source);
    row.setField(at++, StringData.fromBytes(header.position().text()));
    row.setField(at++, FieldReaders.timestamp(header.sourceMicros()));
    row.setField(at++, epoch);
    row.setField(at++, partition);
    row.setField(at++, offset);
    row.setField(at, decoder.exact());
    return row;
  }

  private RowDataDecoder decoder(int schemaId) {
    RowDataDecoder decoder = last;
    if (schemaId != lastId || decoder == null) {
      decoder = decoders.get(schemaId);
      if (decoder == null) {
        throw new IllegalArgumentException("The schema " + schemaId + " is not covered");
      }
      last = decoder;
      lastId = schemaId;
    }
    return decoder;
  }
}
