package dev.backlot.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.capture.worker.CaptureWorker;
import dev.backlot.schema.AvroSchemas;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;

/** Every built-in type with edge values: right, and the same by dump and by log. */
class TypesIT {
  private final CaptureBench bench = CaptureBench.shared();

  @Test
  void every_type_is_right_and_the_same_by_dump_and_by_log() throws Exception {
    List<TypeCases.Case> cases = TypeCases.cases();
    String name = bench.newDatabase();
    Map<String, String> columns = TypeCases.columns(cases);
    TypeCases.create(bench, name, columns);
    TypeCases.insert(bench, name, cases, columns, 0);
    bench.apply(name, bench.document(name, "\"public.types\""));

    try (CaptureWorker worker = bench.startWorker()) {
      bench.awaitStreaming(name + ".public.types");
      TypeCases.insert(bench, name, cases, columns, 1000);
      bench.drain(name);
    }

    Map<Integer, GenericRecord> rows = new HashMap<>();
    for (CaptureBench.Event event : bench.read(name + ".public.types")) {
      if (event.value() != null) {
        rows.put((Integer) event.key().get("id"), event.after());
        assertThat(event.op()).isEqualTo((Integer) event.key().get("id") < 1000 ? "r" : "c");
      }
    }
    Map<Integer, String> own = ownText(name, cases, columns);
    for (int i = 0; i < cases.size(); i++) {
      TypeCases.Case c = cases.get(i);
      String column = columns.get(c.type());
      String description = c.type() + " " + abbreviate(c.literal());
      String expected = c.expected() == null ? own.get(i) : c.expected();
      assertThat(text(rows.get(i), column)).as(description).isEqualTo(expected);
      assertThat(bytesWithoutId(rows.get(i + 1000)))
          .as(description)
          .isEqualTo(bytesWithoutId(rows.get(i)));
    }
    assertThat(rows).hasSize(2 * cases.size());
  }

  private Map<Integer, String> ownText(
      String name, List<TypeCases.Case> cases, Map<String, String> columns) throws SQLException {
    Map<Integer, String> own = new HashMap<>();
    try (Connection connection = bench.postgres.connect(name);
        var statement = connection.createStatement()) {
      statement.execute("SET TimeZone = 'UTC'");
      for (int i = 0; i < cases.size(); i++) {
        try (ResultSet row =
            statement.executeQuery(
                "SELECT format('%s', "
                    + columns.get(cases.get(i).type())
                    + ") FROM types WHERE id = "
                    + i)) {
          row.next();
          own.put(i, row.getString(1));
        }
      }
    }
    return own;
  }

  private static String text(GenericRecord row, String column) {
    Object value = row.get(column);
    Object exact = row.get(AvroSchemas.EXACT);
    if (value == null) {
      Map<?, ?> texts = (Map<?, ?>) exact;
      return "exact "
          + texts.entrySet().stream()
              .filter(e -> e.getKey().toString().equals(column))
              .map(e -> e.getValue().toString())
              .findFirst()
              .orElse(null);
    }
    assertThat(exact).isNull();
    return text(value, row.getSchema().getField(column).schema().getTypes().get(1));
  }

  private static String text(Object value, Schema schema) {
    if (value instanceof ByteBuffer buffer) {
      byte[] bytes = new byte[buffer.remaining()];
      buffer.duplicate().get(bytes);
      return schema.getLogicalType() == null
          ? HexFormat.of().formatHex(bytes)
          : new BigInteger(bytes).toString();
    }
    if (value instanceof List<?> list) {
      Schema element = schema.getElementType().getTypes().get(1);
      return list.stream().map(e -> e == null ? "null" : text(e, element)).toList().toString();
    }
    return value.toString();
  }

  private static byte[] bytesWithoutId(GenericRecord row) throws Exception {
    GenericRecord copy =
        new org.apache.avro.generic.GenericData.Record(
            (org.apache.avro.generic.GenericData.Record) row, true);
    copy.put("id", 0);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
    new GenericDatumWriter<GenericRecord>(row.getSchema()).write(copy, encoder);
    encoder.flush();
    return out.toByteArray();
  }

  private static String abbreviate(String text) {
    return text.length() > 60 ? text.substring(0, 60) + "…" : text;
  }
}
