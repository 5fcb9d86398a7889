package dev.backlot.event;

import dev.backlot.schema.AvroSchemas;
import dev.backlot.schema.Field;
import dev.backlot.schema.RowSchema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the keys and envelopes of one table's changes as framed Avro, of the schemas that {@link
 * AvroSchemas#key} and {@link AvroSchemas#envelope} give for the row schema. For one thread.
 *
 * <pre>{@code
 * RowWriter key = writer.beginKey();
 * … one value per key column …
 * byte[] keyBytes = writer.endKey();
 *
 * writer.begin();
 * writer.noBefore();
 * RowWriter after = writer.after();
 * … one value, null or inexact text per column …
 * byte[] value = writer.end(Op.CREATE, nowMicros, position, xid, commitMicros);
 * }</pre>
 */
public final class EnvelopeWriter {
  private static final byte[] STREAMED = {10, 'f', 'a', 'l', 's', 'e'};
  private static final byte[] DUMPED = {8, 't', 'r', 'u', 'e'};

  private final AvroOutput key = new AvroOutput(128);
  private final AvroOutput out = new AvroOutput(1024);
  private final RowWriter keyRow;
  private final RowWriter row;
  private final int keySchemaId;
  private final int valueSchemaId;
  private final byte[] originBytes;
  private Part next = Part.DONE;

  private enum Part {
    BEFORE,
    AFTER,
    TAIL,
    DONE
  }

  /**
   * Prepares for a table.
   *
   * @param keySchemaId the registered id of the key's schema; ignored for a keyless table
   * @param valueSchemaId the registered id of the envelope's schema
   */
  public EnvelopeWriter(RowSchema schema, int keySchemaId, int valueSchemaId, Origin origin) {
    this.keySchemaId = keySchemaId;
    this.valueSchemaId = valueSchemaId;
    List<Field> keyFields = schema.keyFields();
    boolean[] keyUnions = new boolean[keyFields.size()];
    boolean keyExact = false;
    for (int i = 0; i < keyUnions.length; i++) {
      keyUnions[i] = keyFields.get(i).nullable();
      keyExact |= keyUnions[i];
    }
    this.keyRow = new RowWriter(key, keyFields, keyUnions, keyExact);
    boolean[] unions = new boolean[schema.fields().size()];
    for (int i = 0; i < unions.length; i++) {
      unions[i] = AvroSchemas.isUnion(schema, schema.fields().get(i));
    }
    this.row = new RowWriter(out, schema.fields(), unions, true);
    AvroOutput fixed = new AvroOutput(128);
    fixed.writeString(origin.connector());
    fixed.writeString(origin.database());
    fixed.writeString(origin.schema());
    fixed.writeString(origin.table());
    this.originBytes = fixed.toByteArray();
  }

  /** Begins a key; the caller writes the key columns in key order. */
  public RowWriter beginKey() {
    key.clear();
    Confluent.frame(key, keySchemaId);
    return keyRow.begin();
  }

  /** Ends the key and returns its framed bytes. */
  public byte[] endKey() {
    keyRow.end();
    return key.toByteArray();
  }

  /** Begins an envelope. {@link #before} or {@link #noBefore} follows. */
  public void begin() {
    out.clear();
    Confluent.frame(out, valueSchemaId);
    next = Part.BEFORE;
  }

  /** Begins the row as it was. Columns that the source did not tell are null. */
  public RowWriter before() {
    advance(Part.BEFORE, Part.AFTER);
    out.writePresent();
    return row.begin();
  }

  /** Says that nothing is known of the row as it was. */
  public void noBefore() {
    advance(Part.BEFORE, Part.AFTER);
    out.writeNull();
    row.begin().markWritten();
  }

  /** Begins the row as it is now. */
  public RowWriter after() {
    row.endUnlessWritten();
    advance(Part.AFTER, Part.TAIL);
    out.writePresent();
    return row.begin();
  }

  /** Says that the row is gone. */
  public void noAfter() {
    row.endUnlessWritten();
    advance(Part.AFTER, Part.TAIL);
    out.writeNull();
    row.begin().markWritten();
  }

  /**
   * Ends the envelope and returns its framed bytes.
   *
   * @param nowMicros when the event is written, in microseconds since 1970 UTC
   * @param transaction the source's number of the transaction, or null when there is none
   * @param sourceMicros when the change was committed, or the dump row was read
   */
  public byte[] end(
      Op op, long nowMicros, Position position, @Nullable Long transaction, long sourceMicros) {
    row.endUnlessWritten();
    advance(Part.TAIL, Part.DONE);
    tail(op, nowMicros, position, transaction, sourceMicros);
    return out.toByteArray();
  }

  /**
   * Ends the rows of an envelope whose position is not known yet, and returns what was written so
   * far, for {@link #complete}.
   */
  public byte[] endRows() {
    row.endUnlessWritten();
    advance(Part.TAIL, Part.DONE);
    return out.toByteArray();
  }

  /** Returns the framed envelope of rows that {@link #endRows} gave, of any writer of the table. */
  public byte[] complete(
      byte[] rows,
      Op op,
      long nowMicros,
      Position position,
      @Nullable Long transaction,
      long sourceMicros) {
    advance(Part.DONE, Part.DONE);
    out.clear();
    out.writeRaw(rows, 0, rows.length);
    tail(op, nowMicros, position, transaction, sourceMicros);
    return out.toByteArray();
  }

  private void tail(
      Op op, long nowMicros, Position position, @Nullable Long transaction, long sourceMicros) {
    out.writeByte(2);
    out.writeByte(op.code());
    out.writeLong(Math.floorDiv(nowMicros, 1000L));
    out.writeLong(nowMicros);
    out.writeRaw(originBytes, 0, originBytes.length);
    out.writeInt(position.timeline());
    out.writeLong(position.lsn());
    out.writeInt(position.ordinal());
    if (transaction == null) {
      out.writeNull();
    } else {
      out.writePresent();
      out.writeLong(transaction);
    }
    byte[] snapshot = op == Op.READ ? DUMPED : STREAMED;
    out.writeRaw(snapshot, 0, snapshot.length);
    out.writeLong(sourceMicros);
  }

  private void advance(Part from, Part to) {
    if (next != from) {
      throw new IllegalStateException("The envelope expects " + next + ", not " + from);
    }
    next = to;
  }
}
