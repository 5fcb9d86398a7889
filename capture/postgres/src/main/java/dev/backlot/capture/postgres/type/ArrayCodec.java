package dev.backlot.capture.postgres.type;

import dev.backlot.event.AvroOutput;
import dev.backlot.schema.FieldType;

/**
 * Arrays of one dimension as Avro arrays; more dimensions, and elements that their type can't hold,
 * are refused. Binary form: dimensions, flags, element type, then per dimension length and lower
 * bound (32 bits each), then the elements, each behind its length, -1 for null.
 */
final class ArrayCodec extends ColumnCodec {
  private final int oid;
  private final ColumnCodec element;
  private final ServerText server;

  ArrayCodec(int oid, ColumnCodec element, ServerText server) {
    super(new FieldType.ArrayOf(element.type()));
    this.oid = oid;
    this.element = element;
    this.server = server;
  }

  @Override
  public boolean refusesSome() {
    return true;
  }

  @Override
  public boolean write(byte[] in, int offset, int length, AvroOutput out) {
    int dimensions = int32(in, offset);
    if (dimensions == 0) {
      out.writeLong(0);
      return true;
    }
    if (dimensions > 1 || int32(in, offset + 16) != 1) {
      // a list has neither a second dimension nor a first index of its own
      return false;
    }
    int count = int32(in, offset + 12);
    int at = offset + 20;
    if (count > 0) {
      out.writeLong(count);
    }
    for (int i = 0; i < count; i++) {
      int size = int32(in, at);
      at += 4;
      if (size < 0) {
        out.writeLong(0);
        continue;
      }
      out.writeLong(1);
      if (!element.write(in, at, size, out)) {
        return false;
      }
      at += size;
    }
    out.writeLong(0);
    return true;
  }

  @Override
  public String text(byte[] in, int offset, int length) {
    return server.text(oid, in, offset, length);
  }
}
