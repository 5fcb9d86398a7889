package dev.backlot.benchmarks.micro;

import dev.backlot.capture.postgres.type.ColumnCodec;
import dev.backlot.capture.postgres.type.PostgresTypes.TypeInfo;
import dev.backlot.capture.postgres.type.ServerText;
import dev.backlot.capture.postgres.type.TableShape;
import dev.backlot.event.EnvelopeWriter;
import dev.backlot.event.EventHeader;
import dev.backlot.event.Op;
import dev.backlot.event.Origin;
import dev.backlot.event.Position;
import dev.backlot.event.RowWriter;
import dev.backlot.event.flink.SourceDecoder;
import dev.backlot.processors.expression.Predicate;
import dev.backlot.schema.AvroSchemas;
import dev.backlot.schema.Field;
import dev.backlot.schema.RowSchema;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.table.data.GenericRowData;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What is done for every row, of eight columns. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class HotPaths {
  private static final ServerText NO_SERVER =
      (oid, in, offset, length) -> {
        throw new IllegalStateException("No value here needs the server");
      };
  private static final int NUMERIC_12_2 = ((12 << 16) | 2) + 4;
  private static final int SCHEMA_ID = 7;

  private static final List<TableShape.ShapeColumn> COLUMNS =
      List.of(
          column("id", 20, "bigint", -1),
          column("views", 23, "integer", -1),
          column("title", 25, "text", -1),
          column("budget", 1700, "numeric", NUMERIC_12_2),
          column("rating", 701, "double precision", -1),
          column("active", 16, "boolean", -1),
          column("updated_at", 1184, "timestamp with time zone", -1),
          column("token", 2950, "uuid", -1));

  private final TableShape shape = new TableShape("bench.public.item", COLUMNS, List.of("id"), 2);
  private final ColumnCodec[] codecs = shape.codecs(NO_SERVER);
  private final EnvelopeWriter writer =
      new EnvelopeWriter(
          shape.schema(), 6, SCHEMA_ID, new Origin("postgresql", "bench", "public", "item"));
  private final byte[] tuple = new byte[128];
  private final int[] offsets = new int[COLUMNS.size()];
  private final int[] lengths = new int[COLUMNS.size()];
  private final Position position = new Position(1, 0x1_2345_6789L, 40);
  private final EventHeader header = new EventHeader(0, 3, position, 1_700_000_000_000_000L);
  private final byte[] envelope;
  private final SourceDecoder decoder;
  private final GenericRowData row;
  private final Predicate predicate;

  /** Prepares a row as pgoutput's binary values, as an envelope, and as Flink's. */
  public HotPaths() {
    fill();
    RowSchema schema = shape.schema();
    envelope = encode();
    decoder =
        new SourceDecoder(
            schema.name(),
            1,
            schema.fieldNames(),
            schema.fields().stream().map(Field::type).toList(),
            Map.of(SCHEMA_ID, AvroSchemas.envelope(schema).toString()));
    row = decode();
    Predicate.Outcome outcome =
        Predicate.compile("active AND title LIKE 'The %' AND budget > 1000", schema.fields());
    predicate = ((Predicate.Outcome.Valid) outcome).predicate();
    if (!predicate.holds(row)) {
      throw new IllegalStateException("The predicate does not hold for " + row);
    }
  }

  private static TableShape.ShapeColumn column(String name, int oid, String type, int modifier) {
    return new TableShape.ShapeColumn(
        name, new TypeInfo(oid, type, modifier, List.of(), null, false), 0);
  }

  private void fill() {
    ByteBuffer out = ByteBuffer.wrap(tuple);
    put(0, out, 8).putLong(123_456_789L);
    put(1, out, 4).putInt(977);
    byte[] title = "The film number 123456789".getBytes(StandardCharsets.UTF_8);
    put(2, out, title.length).put(title);
    // 123456.25: three digits of base 10,000, weight 1, positive, two decimals.
    put(3, out, 14);
    for (int part : new int[] {3, 1, 0, 2, 12, 3456, 2500}) {
      out.putShort((short) part);
    }
    put(4, out, 8).putDouble(7.5);
    put(5, out, 1).put((byte) 1);
    put(6, out, 8).putLong(800_000_000_000_000L);
    put(7, out, 16).putLong(42).putLong(43);
  }

  private ByteBuffer put(int column, ByteBuffer out, int length) {
    offsets[column] = out.position();
    lengths[column] = length;
    return out;
  }

  /** pgoutput's binary values to a framed Avro envelope. */
  @Benchmark
  public byte[] encode() {
    writer.begin();
    writer.noBefore();
    RowWriter after = writer.after();
    for (int i = 0; i < codecs.length; i++) {
      if (!codecs[i].write(tuple, offsets[i], lengths[i], after.value())) {
        throw new IllegalStateException("Every value here can be held");
      }
    }
    return writer.end(Op.CREATE, 1_700_000_000_000_000L, position, 99L, 1_700_000_000_000_000L);
  }

  /** A framed Avro envelope to a Flink row with its system columns. */
  @Benchmark
  public GenericRowData decode() {
    return decoder.decode(1, 5, 1_700_000_000_000L, header, envelope);
  }

  /** A predicate of three terms over a Flink row. */
  @Benchmark
  public boolean predicate() {
    return predicate.holds(row);
  }
}
