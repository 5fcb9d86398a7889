package dev.backlot.event.flink;

import dev.backlot.event.AvroInput;
import dev.backlot.schema.AvroSchemas;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.RowSchema;
import dev.backlot.schema.SystemColumn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.flink.table.data.GenericMapData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.jspecify.annotations.Nullable;

/**
 * Reads envelopes of one writer schema into the leading columns of Flink rows: a closure per field,
 * made once. For one thread.
 */
final class RowDataDecoder {
  private final FieldReader[] readers;
  private final int[] slots;
  private final int[] beforeSlots;
  private final boolean wantsBefore;
  private final Set<StringData> wantedNames = new HashSet<>();
  private final AvroInput in = new AvroInput();
  private @Nullable GenericMapData exact;
  private boolean hadBefore;

  /**
   * Compiles a reader.
   *
   * @param envelope the writer's schema
   * @param columns what is wanted, by name; one that the writer lacks is null
   * @param before of which columns the earlier values are wanted too, behind the system columns
   * @throws IllegalArgumentException when a column's type does not accept the writer's
   */
  RowDataDecoder(
      Schema envelope, List<String> columns, List<FieldType> types, List<String> before) {
    int firstBefore = columns.size() + SystemColumn.values().length;
    wantsBefore = !before.isEmpty();
    RowSchema row = AvroSchemas.rowSchema(envelope);
    Map<String, Integer> slotOf = new HashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      slotOf.put(columns.get(i), i);
      wantedNames.add(StringData.fromString(columns.get(i)));
    }
    List<FieldReader> compiled = new ArrayList<>();
    slots = new int[row.fields().size()];
    beforeSlots = new int[row.fields().size()];
    for (Field field : row.fields()) {
      int slot = slotOf.getOrDefault(field.name(), -1);
      slots[compiled.size()] = slot;
      int place = before.indexOf(field.name());
      beforeSlots[compiled.size()] = place < 0 ? -1 : firstBefore + place;
      FieldReader reader =
          slot < 0
              ? FieldReaders.skipper(field.type())
              : FieldReaders.reader(field.type(), accepted(row, field, types.get(slot)));
      compiled.add(AvroSchemas.isUnion(row, field) ? FieldReaders.optional(reader) : reader);
    }
    readers = compiled.toArray(FieldReader[]::new);
  }

  private static FieldType accepted(RowSchema row, Field field, FieldType wanted) {
    if (!wanted.accepts(field.type())) {
      throw new IllegalArgumentException(
          "%s.%s is %s, which can't be read as %s"
              .formatted(row.name(), field.name(), field.type().notation(), wanted.notation()));
    }
    return wanted;
  }

  /**
   * Reads the row as it is now or, when it is gone, as it was, into the leading columns, and
   * returns the letter of the operation. {@link #exact} tells what goes with it.
   */
  char decode(byte[] bytes, int start, GenericRowData into) {
    in.reset(bytes, start, bytes.length);
    exact = null;
    int before = -1;
    hadBefore = in.readPresent();
    if (hadBefore) {
      before = in.position();
      readBefore(into);
    }
    if (in.readPresent()) {
      readRow(into);
    } else if (before >= 0) {
      int tail = in.position();
      in.reset(bytes, before, bytes.length);
      readRow(into);
      in.reset(bytes, tail, bytes.length);
    }
    int length = in.readLength();
    if (length != 1) {
      throw new IllegalArgumentException("An operation of " + length + " letters");
    }
    return (char) bytes[in.position()];
  }

  /** Returns the exact texts of wanted columns in the row read last, or null without any. */
  @Nullable GenericMapData exact() {
    return exact;
  }

  /** Returns whether the envelope read last told anything of the row as it was. */
  boolean hadBefore() {
    return hadBefore;
  }

  private void readRow(GenericRowData into) {
    for (int i = 0; i < readers.length; i++) {
      Object value = readers[i].read(in);
      if (slots[i] >= 0) {
        into.setField(slots[i], value);
      }
    }
    if (in.readPresent()) {
      Map<StringData, @Nullable StringData> texts = FieldReaders.textMap(in);
      texts.keySet().retainAll(wantedNames);
      exact = texts.isEmpty() ? null : new GenericMapData(texts);
    }
  }

  private void readBefore(GenericRowData into) {
    for (int i = 0; i < readers.length; i++) {
      Object value = readers[i].read(in);
      if (wantsBefore && beforeSlots[i] >= 0) {
        into.setField(beforeSlots[i], value);
      }
    }
    if (in.readPresent()) {
      FieldReaders.textMap(in);
    }
  }
}
