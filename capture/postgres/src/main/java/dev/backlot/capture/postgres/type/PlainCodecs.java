package dev.backlot.capture.postgres.type;

import dev.backlot.event.AvroOutput;
import dev.backlot.schema.FieldType;
import java.util.Arrays;
import java.util.HexFormat;

/** Codecs of types that have a fixed binary form or are bytes already. */
final class PlainCodecs {
  private static final byte[] HEX =
      "0123456789abcdef".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

  private PlainCodecs() {}

  static final class BooleanCodec extends ColumnCodec {
    BooleanCodec() {
      super(FieldType.Simple.BOOLEAN);
    }

    @Override
    public boolean write(byte[] in, int offset, int length, AvroOutput out) {
      out.writeBoolean(in[offset] != 0);
      return true;
    }

    @Override
    public String text(byte[] in, int offset, int length) {
      return in[offset] != 0 ? "t" : "f";
    }
  }

  static final class SmallIntCodec extends ColumnCodec {
    SmallIntCodec() {
      super(FieldType.Simple.INT);
    }

    @Override
    public boolean write(byte[] in, int offset, int length, AvroOutput out) {
      out.writeInt(int16(in, offset));
      return true;
    }

    @Override
    public String text(byte[] in, int offset, int length) {
      return Integer.toString(int16(in, offset));
    }
  }

  static final class IntCodec extends ColumnCodec {
    IntCodec() {
      super(FieldType.Simple.INT);
    }

    @Override
    public boolean write(byte[] in, int offset, int length, AvroOutput out) {
      out.writeInt(int32(in, offset));
      return true;
    }

    @Override
    public String text(byte[] in, int offset, int length) {
      return Integer.toString(int32(in, offset));
    }
  }

  static final class LongCodec extends ColumnCodec {
    LongCodec() {
      super(FieldType.Simple.LONG);
    }

    @Override
    public boolean write(byte[] in, int offset, int length, AvroOutput out) {
      out.writeLong(int64(in, offset));
      return true;
    }

    @Override
    public String text(byte[] in, int offset, int length) {
      return Long.toString(int64(in, offset));
    }
  }

  /** oid: 32 bits without a sign. */
  static final class OidCodec extends ColumnCodec {
    OidCodec() {
      super(FieldType.Simple.LONG);
    }

    @Override
    public boolean write(byte[] in, int offset, int length, AvroOutput out) {
      out.writeLong(int32(in, offset) & 0xffffffffL);
      return true;
    }

    @Override
    public String text(byte[] in, int offset, int length) {
      return Long.toString(int32(in, offset) & 0xffffffffL);
    }
  }

  static final class FloatCodec extends ColumnCodec {
    private final ServerText server;

    FloatCodec(ServerText server) {
      super(FieldType.Simple.FLOAT);
      this.server = server;
    }

    @Override
    public boolean write(byte[] in, int offset, int length, AvroOutput out) {
      out.writeFloatBits(int32(in, offset));
      return true;
    }

    @Override
    public String text(byte[] in, int offset, int length) {
      return server.text(PostgresTypes.FLOAT4, in, offset, length);
    }
  }

  static final class DoubleCodec extends ColumnCodec {
    private final ServerText server;

    DoubleCodec(ServerText server) {
      super(FieldType.Simple.DOUBLE);
      this.server = server;
    }

    @Override
    public boolean write(byte[] in, int offset, int length, AvroOutput out) {
      out.writeDoubleBits(int64(in, offset));
      return true;
    }

    @Override
    public String text(byte[] in, int offset, int length) {
      return server.text(PostgresTypes.FLOAT8, in, offset, length);
    }
  }

  static final class UuidCodec extends ColumnCodec {
    private final byte[] scratch = new byte[36];

    UuidCodec() {
      super(FieldType.Simple.UUID);
    }

    @Override
    public boolean write(byte[] in, int offset, int length, AvroOutput out) {
      int to = 0;
      for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
          scratch[to++] = '-';
        }
        int b = in[offset + i] & 0xff;
        scratch[to++] = HEX[b >> 4];
        scratch[to++] = HEX[b & 15];
      }
      out.writeBytes(scratch, 0, 36);
      return true;
    }

    @Override
    public String text(byte[] in, int offset, int length) {
      return new java.util.UUID(int64(in, offset), int64(in, offset + 8)).toString();
    }
  }

  static final class BytesCodec extends ColumnCodec {
    BytesCodec() {
      super(FieldType.Simple.BYTES);
    }

    @Override
    public boolean write(byte[] in, int offset, int length, AvroOutput out) {
      out.writeBytes(in, offset, length);
      return true;
    }

    @Override
    public String text(byte[] in, int offset, int length) {
      return "\\x" + HexFormat.of().formatHex(Arrays.copyOfRange(in, offset, offset + length));
    }
  }

  /** Types whose binary form is their text in UTF-8, perhaps behind a version byte. */
  static final class TextCodec extends ColumnCodec {
    private final int skipped;

    TextCodec(FieldType type, int skipped) {
      super(type);
      this.skipped = skipped;
    }

    @Override
    public boolean write(byte[] in, int offset, int length, AvroOutput out) {
      out.writeBytes(in, offset + skipped, length - skipped);
      return true;
    }

    @Override
    public String text(byte[] in, int offset, int length) {
      return utf8(in, offset + skipped, length - skipped);
    }
  }

  /** bit and varbit: a count and the bits. */
  static final class BitCodec extends ColumnCodec {
    BitCodec() {
      super(FieldType.Text.PLAIN);
    }

    @Override
    public boolean write(byte[] in, int offset, int length, AvroOutput out) {
      byte[] digits = digits(in, offset);
      out.writeBytes(digits, 0, digits.length);
      return true;
    }

    @Override
    public String text(byte[] in, int offset, int length) {
      return utf8(digits(in, offset), 0, int32(in, offset));
    }

    private static byte[] digits(byte[] in, int offset) {
      byte[] digits = new byte[int32(in, offset)];
      for (int i = 0; i < digits.length; i++) {
        int bit = in[offset + 4 + (i >> 3)] >> (7 - (i & 7)) & 1;
        digits[i] = (byte) ('0' + bit);
      }
      return digits;
    }
  }

  /** Types whose binary form only the server knows: their text is asked for. */
  static final class ServerTextCodec extends ColumnCodec {
    private final int oid;
    private final ServerText server;

    ServerTextCodec(int oid, FieldType type, ServerText server) {
      super(type);
      this.oid = oid;
      this.server = server;
    }

    @Override
    public boolean write(byte[] in, int offset, int length, AvroOutput out) {
      byte[] text = server.bytes(oid, in, offset, length);
      out.writeBytes(text, 0, text.length);
      return true;
    }

    @Override
    public String text(byte[] in, int offset, int length) {
      return server.text(oid, in, offset, length);
    }
  }
}
