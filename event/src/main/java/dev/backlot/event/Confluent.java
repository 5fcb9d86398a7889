package dev.backlot.event;

/**
 * Confluent's framing: a zero byte, then the schema's id as a 32-bit integer in network byte order,
 * then the Avro body.
 */
public final class Confluent {
  /** Bytes before the body. */
  public static final int FRAME = 5;

  private Confluent() {}

  /** Writes the frame; the body follows. */
  public static void frame(AvroOutput out, int schemaId) {
    out.writeByte(0);
    out.writeInt32(schemaId);
  }

  /**
   * Returns the id of the schema that framed bytes were written with.
   *
   * @throws IllegalArgumentException when the bytes have no frame
   */
  public static int schemaId(byte[] framed) {
    if (framed.length < FRAME || framed[0] != 0) {
      throw new IllegalArgumentException("The bytes are not framed as Confluent frames Avro");
    }
    return ((framed[1] & 0xFF) << 24)
        | ((framed[2] & 0xFF) << 16)
        | ((framed[3] & 0xFF) << 8)
        | (framed[4] & 0xFF);
  }
}
