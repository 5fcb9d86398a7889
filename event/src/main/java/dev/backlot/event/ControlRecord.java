package dev.backlot.event;

import java.util.Locale;

/**
 * What stands in the key of a record that is no change of a row ({@link
 * dev.backlot.schema.AvroSchemas#CONTROL}). A fence's value is the same bytes again, so that
 * compaction keeps it; a truncation's value is an envelope with op {@code t} and neither before nor
 * after; a mark has no value and always the same key, {@link #MARK}, so that compaction keeps one
 * of a partition's at most.
 *
 * @param generation of the lease under which it was written
 * @param position where it stands in the source's log
 */
public record ControlRecord(Kind kind, long generation, Position position) {
  /** The one key of all marks; where a mark stands is in its header. */
  public static final ControlRecord MARK = new ControlRecord(Kind.MARK, 0, Position.START);

  /** Why the record exists. */
  public enum Kind {
    /** Readers drop every later record of an older generation. */
    FENCE,
    /** Every older version of every row is gone. */
    TRUNCATE,
    /** All that the log said before the mark's position stands before it in its partition. */
    MARK
  }

  /** Returns the framed bytes. */
  public byte[] encode(int controlSchemaId) {
    AvroOutput out = new AvroOutput(64);
    Confluent.frame(out, controlSchemaId);
    out.writeString(kind.name().toLowerCase(Locale.ROOT));
    out.writeLong(generation);
    out.writeString(position.toString());
    return out.toByteArray();
  }

  /**
   * Reads framed bytes.
   *
   * @throws IllegalArgumentException when they are not those of a control record
   */
  public static ControlRecord decode(byte[] framed) {
    Confluent.schemaId(framed);
    AvroInput in = new AvroInput();
    in.reset(framed, Confluent.FRAME, framed.length);
    try {
      Kind kind = Kind.valueOf(in.readString().toUpperCase(Locale.ROOT));
      return new ControlRecord(kind, in.readLong(), Position.parse(in.readString()));
    } catch (IndexOutOfBoundsException e) {
      throw new IllegalArgumentException("Not a control record", e);
    }
  }
}
