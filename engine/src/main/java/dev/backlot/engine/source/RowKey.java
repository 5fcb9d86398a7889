package dev.backlot.engine.source;

import dev.backlot.event.Confluent;
import dev.backlot.event.Partitioning;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.source.SourceDescriptor;
import dev.backlot.schema.AvroSchemas;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.jspecify.annotations.Nullable;

/**
 * One key of a Source, given as texts. A key of plain types is found by its bytes, which also tell
 * its partition; any other by the texts of its columns.
 */
final class RowKey {
  private final List<String> columns;
  private final List<String> texts;
  private final Optional<byte[]> bytes;

  private RowKey(List<String> columns, List<String> texts, Optional<byte[]> bytes) {
    this.columns = columns;
    this.texts = texts;
    this.bytes = bytes;
  }

  /**
   * Reads a key.
   *
   * @throws ProblemException {@code USAGE} when it can't be a key of the Source
   */
  static RowKey of(SourceDescriptor source, List<String> texts) {
    List<String> columns = source.keyColumns();
    if (columns.isEmpty()) {
      throw unfit(source, "it has no key, so its rows can't be told apart. Look at a sample.");
    }
    if (texts.size() != columns.size()) {
      throw unfit(
          source,
          "the key has "
              + texts.size()
              + " values. Give "
              + String.join(", ", columns)
              + ", in this order.");
    }
    return new RowKey(columns, List.copyOf(texts), bytes(source, texts));
  }

  private static ProblemException unfit(SourceDescriptor source, String cause) {
    return new ProblemException(
        ProblemCode.USAGE, "Cannot find a row of source '" + source.name() + "': " + cause);
  }

  /** Returns the framed key, unless it has a type whose text has more than one spelling. */
  private static Optional<byte[]> bytes(SourceDescriptor source, List<String> texts) {
    Schema schema = AvroSchemas.parse(source.keySchema());
    GenericData.Record record = new GenericData.Record(schema);
    for (int i = 0; i < texts.size(); i++) {
      Optional<Object> value = value(source, schema.getFields().get(i), texts.get(i));
      if (value.isEmpty()) {
        return Optional.empty();
      }
      record.put(i, value.get());
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[Confluent.FRAME]);
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
    try {
      new GenericDatumWriter<GenericData.Record>(schema).write(record, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Optional.of(out.toByteArray());
  }

  private static Optional<Object> value(SourceDescriptor source, Schema.Field field, String text) {
    Schema type = field.schema();
    if (type.getLogicalType() != null && !type.getLogicalType().equals(LogicalTypes.uuid())) {
      return Optional.empty();
    }
    try {
      return switch (type.getType()) {
        case INT -> Optional.of(Integer.parseInt(text.strip()));
        case LONG -> Optional.of(Long.parseLong(text.strip()));
        case STRING -> Optional.of(text);
        default -> Optional.empty();
      };
    } catch (NumberFormatException e) {
      throw unfit(
          source,
          "'"
              + text
              + "' is no value of '"
              + field.name()
              + "', which is a whole number. Correct"
              + " it.");
    }
  }

  /** Returns the partition where the key's events are, when it can be told. */
  Optional<Integer> partition(int partitions) {
    return bytes.map(framed -> Partitioning.partition(framed, partitions));
  }

  /** Returns whether a record's key may be this one; cheap. */
  boolean mayBe(byte @Nullable [] framed) {
    if (framed == null) {
      return false;
    }
    return bytes
        .map(
            own ->
                framed.length == own.length
                    && Arrays.equals(
                        framed, Confluent.FRAME, framed.length, own, Confluent.FRAME, own.length))
        .orElse(true);
  }

  /** Returns whether a decoded row has this key. */
  boolean is(Map<String, @Nullable Object> row) {
    if (bytes.isPresent()) {
      return true;
    }
    for (int i = 0; i < columns.size(); i++) {
      if (!texts.get(i).equals(String.valueOf(row.get(columns.get(i))))) {
        return false;
      }
    }
    return true;
  }
}
