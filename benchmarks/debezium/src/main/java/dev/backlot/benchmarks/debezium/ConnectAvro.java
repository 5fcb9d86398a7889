package dev.backlot.benchmarks.debezium;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/**
 * Writes Connect's values as framed Avro, straight and without a registry: what a converter has to
 * do at least. Converters in use build generic records first and cost more. For one thread.
 */
final class ConnectAvro {
  /** As a registry's: the same schema has one id, however often a connector builds it. */
  private final Map<Schema, Integer> ids = new HashMap<>();

  private final Map<Schema, Integer> known = new IdentityHashMap<>();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
  private final BinaryEncoder out = EncoderFactory.get().directBinaryEncoder(bytes, null);

  byte @Nullable [] write(@Nullable Schema schema, @Nullable Object value) {
    if (schema == null || value == null) {
      return null;
    }
    int id =
        known.computeIfAbsent(
            schema, built -> ids.computeIfAbsent(built, unknown -> ids.size() + 1));
    bytes.reset();
    bytes.writeBytes(ByteBuffer.allocate(5).put((byte) 0).putInt(id).array());
    try {
      body(schema, value);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private void optional(Schema schema, @Nullable Object value) throws IOException {
    if (schema.isOptional()) {
      out.writeIndex(value == null ? 0 : 1);
    }
    if (value != null) {
      body(schema, value);
    }
  }

  private void body(Schema schema, Object value) throws IOException {
    switch (schema.type()) {
      case INT8, INT16, INT32 -> out.writeInt(((Number) value).intValue());
      case INT64 -> out.writeLong((Long) value);
      case FLOAT32 -> out.writeFloat((Float) value);
      case FLOAT64 -> out.writeDouble((Double) value);
      case BOOLEAN -> out.writeBoolean((Boolean) value);
      case STRING -> out.writeString((String) value);
      case BYTES -> bytes(value);
      case ARRAY -> array(schema, (Collection<?>) value);
      case MAP -> map(schema, (Map<?, ?>) value);
      case STRUCT -> struct(schema, (Struct) value);
    }
  }

  private void bytes(Object value) throws IOException {
    if (value instanceof BigDecimal decimal) {
      out.writeBytes(decimal.unscaledValue().toByteArray());
    } else if (value instanceof ByteBuffer buffer) {
      out.writeBytes(buffer);
    } else {
      out.writeBytes((byte[]) value);
    }
  }

  private void array(Schema schema, Collection<?> items) throws IOException {
    out.writeArrayStart();
    out.setItemCount(items.size());
    for (Object item : items) {
      out.startItem();
      optional(schema.valueSchema(), item);
    }
    out.writeArrayEnd();
  }

  private void map(Schema schema, Map<?, ?> entries) throws IOException {
    out.writeMapStart();
    out.setItemCount(entries.size());
    for (Map.Entry<?, ?> entry : entries.entrySet()) {
      out.startItem();
      out.writeString((String) entry.getKey());
      optional(schema.valueSchema(), entry.getValue());
    }
    out.writeMapEnd();
  }

  private void struct(Schema schema, Struct struct) throws IOException {
    List<Field> fields = schema.fields();
    for (int i = 0; i < fields.size(); i++) {
      Field field = fields.get(i);
      optional(field.schema(), struct.get(field));
    }
  }
}
