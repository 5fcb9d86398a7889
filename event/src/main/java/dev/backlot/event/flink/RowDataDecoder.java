package dev.backlot.event.flink;

import dev.backlot.event.AvroInput;
import dev.backlot.schema.AvroSchemas;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.RowSchema;
import dev.backlot.schema.SystemColumn;
import dev.backlot.schema.evolution.Fill;
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
  private final List<List<Copy>> copies = new ArrayList<>();
  private final Map<StringData, List<StringData>> copiedNames = new HashMap<>();
  private final List<Constant> constants = new ArrayList<>();
  private final int[] beforeSlots;
  private final boolean wantsBefore;
  private final Set<StringData> wantedNames = new HashSet<>();
  private final AvroInput in = new AvroInput();
  private @Nullable GenericMapData exact;
  private boolean hadBefore;

  /** A column of the row that is filled from a field of another name. */
  private record Copy(int slot, FieldReader reader) {}

  /** A column of the row that always has the same value. */
  private record Constant(int slot, Object value) {}

  /**
   * Compiles a reader.
   *
   * @param envelope the writer's schema
   * @param columns what is wanted, by name; one that the writer lacks is null
   * @param fills what stands for wanted columns that the writer lacks, by column
   * @param before of which columns the earlier values are wanted too, behind the system columns
   * @throws IllegalArgumentException when a column's type does not accept the writer's
   */
  RowDataDecoder(
      Schema envelope,
      List<String> columns,
      List<FieldType> types,
      Map<String, Fill> fills,
      List<String> before) {
    int firstBefore = columns.size() + SystemColumn.values().length;
    wantsBefore = !before.isEmpty();
    RowSchema row = AvroSchemas.rowSchema(envelope);
    Map<String, Integer> slotOf = new HashMap<>();
    for (int i = 0; i < columns.size(); i++) {
      slotOf.put(columns.get(i), i);
      wantedNames.add(StringData.fromString(columns.get(i)));
    }
    for (int i = 0; i < columns.size(); i++) {
      if (row.field(columns.get(i)).isEmpty()
          && fills.get(columns.get(i)) instanceof Fill.Constant constant) {
        constants.add(new Constant(i, Constants.of(types.get(i), constant.text())));
      }
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
      copies.add(copies(row, field, columns, types, fills));
    }
    readers = compiled.toArray(FieldReader[]::new);
  }

  private List<Copy> copies(
      RowSchema row,
      Field field,
      List<String> columns,
      List<FieldType> types,
      Map<String, Fill> fills) {
    List<Copy> made = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      boolean stands =
          fills.get(columns.get(i)) instanceof Fill.FromField from
              && from.field().equals(field.name())
              && row.field(columns.get(i)).isEmpty();
      if (stands) {
        FieldReader reader = FieldReaders.reader(field.type(), accepted(row, field, types.get(i)));
        made.add(
            new Copy(i, AvroSchemas.isUnion(row, field) ? FieldReaders.optional(reader) : reader));
        copiedNames
            .computeIfAbsent(StringData.fromString(field.name()), unused -> new ArrayList<>())
            .add(StringData.fromString(columns.get(i)));
      }
    }
    return made;
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
      readRow(bytes, into);
      for (Constant constant : constants) {
        into.setField(constant.slot(), constant.value());
      }
    } else if (before >= 0) {
      int tail = in.position();
      in.reset(bytes, before, bytes.length);
      readRow(bytes, into);
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

  private void readRow(byte[] bytes, GenericRowData into) {
    for (int i = 0; i < readers.length; i++) {
      for (Copy copy : copies.get(i)) {
        int at = in.position();
        into.setField(copy.slot(), copy.reader().read(in));
        in.reset(bytes, at, bytes.length);
      }
      Object value = readers[i].read(in);
      if (slots[i] >= 0) {
        into.setField(slots[i], value);
      }
    }
    if (in.readPresent()) {
      Map<StringData, @Nullable StringData> texts = FieldReaders.textMap(in);
      copiedNames.forEach((from, names) -> names.forEach(name -> copy(texts, from, name)));
      texts.keySet().retainAll(wantedNames);
      exact = texts.isEmpty() ? null : new GenericMapData(texts);
    }
  }

  private static void copy(
      Map<StringData, @Nullable StringData> texts, StringData from, StringData name) {
    if (texts.containsKey(from)) {
      texts.put(name, texts.get(from));
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
