package dev.backlot.capture.postgres.type;

import dev.backlot.event.AvroOutput;
import dev.backlot.schema.FieldType;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/**
 * Codecs of numeric and money. A numeric's binary form: the count of base-10000 digits, the first
 * digit's weight, the sign, the display scale (16 bits each), then the digits.
 */
final class NumericCodecs {
  private static final int POSITIVE = 0x0000;
  private static final int NEGATIVE = 0x4000;
  private static final int PLUS_INFINITY = 0xD000;
  private static final int MINUS_INFINITY = 0xF000;
  private static final long[] POWERS = new long[19];

  static {
    POWERS[0] = 1;
    for (int i = 1; i < POWERS.length; i++) {
      POWERS[i] = POWERS[i - 1] * 10;
    }
  }

  private NumericCodecs() {}

  /** numeric(p, s) as an Avro decimal; NaN is refused. */
  static final class DecimalCodec extends ColumnCodec {
    private final int scale;
    private final byte[] scratch = new byte[8];

    DecimalCodec(int precision, int scale) {
      super(new FieldType.Decimal(precision, scale));
      this.scale = scale;
    }

    @Override
    public boolean refusesSome() {
      return true;
    }

    @Override
    public boolean write(byte[] in, int offset, int length, AvroOutput out) {
      int sign = int16(in, offset + 4) & 0xffff;
      if (sign != POSITIVE && sign != NEGATIVE) {
        return false;
      }
      int digits = int16(in, offset) & 0xffff;
      int shift = digits == 0 ? 0 : 4 * ((short) int16(in, offset + 2) - digits + 1) + scale;
      if (4 * digits + Math.max(shift, 0) <= 18) {
        writeLong(small(in, offset, digits, shift, sign), out);
      } else {
        byte[] unscaled = large(in, offset, digits, shift, sign).toByteArray();
        out.writeBytes(unscaled, 0, unscaled.length);
      }
      return true;
    }

    private static long small(byte[] in, int offset, int digits, int shift, int sign) {
      long value = 0;
      for (int i = 0; i < digits; i++) {
        value = value * 10_000 + int16(in, offset + 8 + 2 * i);
      }
      value = shift >= 0 ? value * POWERS[shift] : value / POWERS[-shift];
      return sign == NEGATIVE ? -value : value;
    }

    private static BigInteger large(byte[] in, int offset, int digits, int shift, int sign) {
      StringBuilder text = new StringBuilder(4 * digits + Math.max(shift, 0));
      for (int i = 0; i < digits; i++) {
        appendFour(text, int16(in, offset + 8 + 2 * i));
      }
      if (shift >= 0) {
        text.append("0".repeat(shift));
      } else {
        text.setLength(Math.max(0, text.length() + shift));
      }
      BigInteger value = text.length() == 0 ? BigInteger.ZERO : new BigInteger(text.toString());
      return sign == NEGATIVE ? value.negate() : value;
    }

    /** Writes two's complement of as few bytes as possible, as BigInteger would. */
    private void writeLong(long value, AvroOutput out) {
      int bytes = 1;
      while (bytes < 8 && (value >> (8 * bytes - 1)) != 0 && (value >> (8 * bytes - 1)) != -1) {
        bytes++;
      }
      for (int i = 0; i < bytes; i++) {
        scratch[i] = (byte) (value >> (8 * (bytes - 1 - i)));
      }
      out.writeBytes(scratch, 0, bytes);
    }

    @Override
    public String text(byte[] in, int offset, int length) {
      return numericText(in, offset);
    }
  }

  /** numeric that no decimal holds, as exact text. */
  static final class NumericTextCodec extends ColumnCodec {
    NumericTextCodec() {
      super(FieldType.Text.NUMERIC);
    }

    @Override
    public boolean write(byte[] in, int offset, int length, AvroOutput out) {
      byte[] text = numericText(in, offset).getBytes(StandardCharsets.US_ASCII);
      out.writeBytes(text, 0, text.length);
      return true;
    }

    @Override
    public String text(byte[] in, int offset, int length) {
      return numericText(in, offset);
    }
  }

  /** money as an exact number; its binary form counts the currency's smallest unit. */
  static final class MoneyCodec extends ColumnCodec {
    private final int fractionDigits;

    MoneyCodec(int fractionDigits) {
      super(FieldType.Text.NUMERIC);
      this.fractionDigits = fractionDigits;
    }

    @Override
    public boolean write(byte[] in, int offset, int length, AvroOutput out) {
      byte[] text = text(in, offset, length).getBytes(StandardCharsets.US_ASCII);
      out.writeBytes(text, 0, text.length);
      return true;
    }

    @Override
    public String text(byte[] in, int offset, int length) {
      return java.math.BigDecimal.valueOf(int64(in, offset), fractionDigits).toPlainString();
    }
  }

  /** Returns the text that {@code numeric_out} gives. */
  static String numericText(byte[] in, int offset) {
    int sign = int16(in, offset + 4);
    if (sign != POSITIVE && sign != NEGATIVE) {
      return sign == PLUS_INFINITY ? "Infinity" : sign == MINUS_INFINITY ? "-Infinity" : "NaN";
    }
    int digits = int16(in, offset);
    int weight = (short) int16(in, offset + 2);
    int scale = int16(in, offset + 6);
    StringBuilder text = new StringBuilder(8 + 4 * Math.max(weight + 1, 1) + scale);
    if (sign == NEGATIVE) {
      text.append('-');
    }
    if (weight < 0) {
      text.append('0');
    }
    for (int i = 0; i <= weight; i++) {
      int digit = i < digits ? int16(in, offset + 8 + 2 * i) : 0;
      if (i == 0) {
        text.append(digit);
      } else {
        appendFour(text, digit);
      }
    }
    if (scale > 0) {
      text.append('.');
      int start = text.length();
      for (int i = weight + 1; text.length() - start < scale; i++) {
        appendFour(text, i >= 0 && i < digits ? int16(in, offset + 8 + 2 * i) : 0);
      }
      text.setLength(start + scale);
    }
    return text.toString();
  }

  private static void appendFour(StringBuilder text, int digit) {
    text.append((char) ('0' + digit / 1000))
        .append((char) ('0' + digit / 100 % 10))
        .append((char) ('0' + digit / 10 % 10))
        .append((char) ('0' + digit % 10));
  }

  private static int int16(byte[] in, int at) {
    return ColumnCodec.int16(in, at) & 0xffff;
  }
}
