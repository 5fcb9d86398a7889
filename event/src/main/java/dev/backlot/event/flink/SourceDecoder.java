package dev.backlot.event.flink;

import dev.backlot.event.Confluent;
import dev.backlot.event.EventHeader;
import dev.backlot.schema.AvroSchemas;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.SystemColumn;
import dev.backlot.schema.evolution.Fill;
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
  private final int[] beforeColumns;
  private final boolean keyTellsBefore;
  private final long beforeSinceMicros;
  private final List<String> columns;
  private final List<FieldType> types;
  private final Map<String, Fill> fills;
  private final List<String> before;
  private final Map<Integer, RowDataDecoder> decoders = new HashMap<>();
  private int lastId = -1;
  private @Nullable RowDataDecoder last;

  /**
   * What rows tell of the values that fields had before a change: behind the system columns one
   * column per field, and one that says whether these are known. They are null where there was no
   * row before.
   *
   * @param fields of which they are wanted; all of them are columns; empty when none are
   * @param key the Source's key, which every change tells
   * @param sinceMicros since when every change of the Source tells them, in microseconds since 1970
   *     UTC; of an earlier one nobody needs to know
   */
  public record Before(List<String> fields, List<String> key, long sinceMicros) {
    /** Nothing is wanted. */
    public static final Before NONE = new Before(List.of(), List.of(), Long.MAX_VALUE);

    /** Copies what is mutable. */
    public Before {
      fields = List.copyOf(fields);
      key = List.copyOf(key);
    }
  }

  /** Prepares for a Source of which nothing earlier is wanted. */
  public SourceDecoder(
      String source,
      int epoch,
      List<String> columns,
      List<FieldType> types,
      Map<Integer, String> envelopes) {
    this(source, epoch, columns, types, Map.of(), envelopes, Before.NONE);
  }

  /**
   * Prepares for a Source.
   *
   * @param source its name, which rows carry
   * @param epoch of its topic, which rows carry
   * @param columns wanted columns, by the source's names; one that a schema lacks is null
   * @param types of the columns, in the same order
   * @param fills what stands for columns that a schema lacks, by column; null unless told
   * @param envelopes Avro JSON of every envelope schema that the plan covers, by id
   * @param before what is wanted of rows as they were
   * @throws IllegalArgumentException when a column's type does not accept that of a covered schema
   */
  public SourceDecoder(
      String source,
      int epoch,
      List<String> columns,
      List<FieldType> types,
      Map<String, Fill> fills,
      Map<Integer, String> envelopes,
      Before before) {
    this.source = StringData.fromString(source);
    this.epoch = epoch;
    this.columns = List.copyOf(columns);
    this.types = List.copyOf(types);
    this.fills = Map.copyOf(fills);
    this.before = before.fields();
    this.width = columns.size();
    this.beforeColumns = before.fields().stream().mapToInt(columns::indexOf).toArray();
    this.keyTellsBefore = before.key().containsAll(before.fields());
    this.beforeSinceMicros = before.sinceMicros();
    envelopes.forEach(this::cover);
  }

  /**
   * Makes values of one more schema decodable.
   *
   * @param schemaId its id
   * @param envelope its Avro JSON
   * @throws IllegalArgumentException when a column's type does not accept that of the schema
   */
  public void cover(int schemaId, String envelope) {
    decoders.put(
        schemaId, new RowDataDecoder(AvroSchemas.parse(envelope), columns, types, fills, before));
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
    int extra = beforeColumns.length == 0 ? 0 : beforeColumns.length + 1;
    GenericRowData row = new GenericRowData(width + SYSTEM_COLUMNS + extra);
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
    if (extra > 0) {
      setBefore(row, op, header, decoder.hadBefore());
    }
    return row;
  }

  /**
   * Says whether the earlier values are known. PostgreSQL tells a whole row as it was, or its key
   * when that changes or goes: a key that an update does not tell is the one that the row has.
   */
  private void setBefore(GenericRowData row, char op, EventHeader header, boolean hadBefore) {
    boolean known;
    if (op == 'u') {
      known = hadBefore || keyTellsBefore;
      if (!hadBefore && keyTellsBefore) {
        for (int i = 0; i < beforeColumns.length; i++) {
          row.setField(width + SYSTEM_COLUMNS + i, row.getField(beforeColumns[i]));
        }
      }
    } else if (op == 'd') {
      // A dump that does not find a key knows no more than one that finds it: nothing from before.
      known = header.hasWholeBefore() || keyTellsBefore || header.isDump();
    } else {
      known = op != 't';
    }
    boolean needed = op == 't' || header.sourceMicros() >= beforeSinceMicros;
    row.setField(row.getArity() - 1, known || !needed);
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
