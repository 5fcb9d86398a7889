package dev.backlot.capture.postgres.type;

import dev.backlot.event.AvroOutput;
import dev.backlot.schema.FieldType;
import java.nio.charset.StandardCharsets;

/**
 * Writes one column's values, as PostgreSQL sends them, as Avro. Values are never null here.
 * Without state, except for those that ask the server; for one thread.
 */
public abstract class ColumnCodec {
  private final FieldType type;

  ColumnCodec(FieldType type) {
    this.type = type;
  }

  /** Returns the type of the Avro field. */
  public final FieldType type() {
    return type;
  }

  /**
   * Writes a value.
   *
   * @return false when the field's type can't hold it; then what was written must be discarded, and
   *     {@link #text} is its exact form
   */
  public abstract boolean write(byte[] in, int offset, int length, AvroOutput out);

  /** Returns a value as PostgreSQL's text. */
  public abstract String text(byte[] in, int offset, int length);

  /** Returns whether some values can't be held by the field's type. */
  public boolean refusesSome() {
    return false;
  }

  static int int16(byte[] in, int at) {
    return (in[at] << 8) | (in[at + 1] & 0xff);
  }

  static int int32(byte[] in, int at) {
    return (in[at] << 24)
        | ((in[at + 1] & 0xff) << 16)
        | ((in[at + 2] & 0xff) << 8)
        | (in[at + 3] & 0xff);
  }

  static long int64(byte[] in, int at) {
    return ((long) int32(in, at) << 32) | (int32(in, at + 4) & 0xffffffffL);
  }

  static String utf8(byte[] in, int offset, int length) {
    return new String(in, offset, length, StandardCharsets.UTF_8);
  }
}
