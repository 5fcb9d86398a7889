package dev.backlot.capture.postgres.type;

import dev.backlot.event.AvroOutput;
import dev.backlot.schema.FieldType;
import java.util.Locale;

/**
 * Codecs of dates and times. PostgreSQL counts from 2000-01-01, Avro from 1970-01-01; infinity is
 * the integer's limit in both.
 */
final class TimeCodecs {
  private static final int EPOCH_DAYS = 10_957;
  private static final long EPOCH_MICROS = 946_684_800_000_000L;

  private TimeCodecs() {}

  static final class DateCodec extends ColumnCodec {
    private final ServerText server;

    DateCodec(ServerText server) {
      super(FieldType.Simple.DATE);
      this.server = server;
    }

    @Override
    public boolean write(byte[] in, int offset, int length, AvroOutput out) {
      int days = int32(in, offset);
      boolean finite = days != Integer.MIN_VALUE && days != Integer.MAX_VALUE;
      out.writeInt(finite ? days + EPOCH_DAYS : days);
      return true;
    }

    @Override
    public String text(byte[] in, int offset, int length) {
      return server.text(PostgresTypes.DATE, in, offset, length);
    }
  }

  static final class TimestampCodec extends ColumnCodec {
    private final int oid;
    private final ServerText server;

    TimestampCodec(boolean zoned, ServerText server) {
      super(zoned ? FieldType.Simple.TIMESTAMPTZ : FieldType.Simple.TIMESTAMP);
      this.oid = zoned ? PostgresTypes.TIMESTAMPTZ : PostgresTypes.TIMESTAMP;
      this.server = server;
    }

    @Override
    public boolean write(byte[] in, int offset, int length, AvroOutput out) {
      long micros = int64(in, offset);
      if (micros == Long.MIN_VALUE || micros == Long.MAX_VALUE) {
        out.writeLong(micros);
        return true;
      }
      if (micros >= Long.MAX_VALUE - EPOCH_MICROS) {
        return false;
      }
      out.writeLong(micros + EPOCH_MICROS);
      return true;
    }

    @Override
    public String text(byte[] in, int offset, int length) {
      return server.text(oid, in, offset, length);
    }
  }

  static final class TimeCodec extends ColumnCodec {
    private final ServerText server;

    TimeCodec(ServerText server) {
      super(FieldType.Simple.TIME);
      this.server = server;
    }

    @Override
    public boolean write(byte[] in, int offset, int length, AvroOutput out) {
      out.writeLong(int64(in, offset));
      return true;
    }

    @Override
    public String text(byte[] in, int offset, int length) {
      return server.text(PostgresTypes.TIME, in, offset, length);
    }
  }

  /** time with time zone: microseconds, and seconds west of Greenwich. */
  static final class ZonedTimeCodec extends ColumnCodec {
    ZonedTimeCodec() {
      super(FieldType.Text.PLAIN);
    }

    @Override
    public boolean write(byte[] in, int offset, int length, AvroOutput out) {
      byte[] text = text(in, offset, length).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
      out.writeBytes(text, 0, text.length);
      return true;
    }

    @Override
    public String text(byte[] in, int offset, int length) {
      long micros = int64(in, offset);
      int west = int32(in, offset + 8);
      long seconds = micros / 1_000_000;
      StringBuilder text =
          new StringBuilder(
              String.format(
                  Locale.ROOT, "%02d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60));
      long fraction = micros % 1_000_000;
      if (fraction != 0) {
        String digits = String.format(Locale.ROOT, "%06d", fraction);
        text.append('.').append(digits.replaceAll("0+$", ""));
      }
      int zone = Math.abs(west);
      text.append(west > 0 ? '-' : '+').append(String.format(Locale.ROOT, "%02d", zone / 3600));
      if (zone % 3600 != 0) {
        text.append(String.format(Locale.ROOT, ":%02d", zone / 60 % 60));
        if (zone % 60 != 0) {
          text.append(String.format(Locale.ROOT, ":%02d", zone % 60));
        }
      }
      return text.toString();
    }
  }

  static final class IntervalCodec extends ColumnCodec {
    private final ServerText server;

    IntervalCodec(ServerText server) {
      super(FieldType.Simple.INTERVAL);
      this.server = server;
    }

    @Override
    public boolean write(byte[] in, int offset, int length, AvroOutput out) {
      out.writeInt(int32(in, offset + 12));
      out.writeInt(int32(in, offset + 8));
      out.writeLong(int64(in, offset));
      return true;
    }

    @Override
    public String text(byte[] in, int offset, int length) {
      return server.text(PostgresTypes.INTERVAL, in, offset, length);
    }
  }
}
