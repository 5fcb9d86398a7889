package dev.backlot.event;

import dev.backlot.schema.Field;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes the columns of one row, in order, into an envelope or a key. For every column the caller
 * calls exactly one of {@link #value}, {@link #nullValue}, {@link #inexact}; after {@link #value}
 * it writes the value's Avro bytes, or takes the column back with {@link #retract}.
 */
public final class RowWriter {
  private final AvroOutput out;
  private final Field[] fields;
  private final boolean[] union;
  private final boolean hasExact;
  private final Map<String, String> exact = new LinkedHashMap<>();
  private int next;
  private int columnStart;
  private boolean written = true;

  RowWriter(AvroOutput out, List<Field> fields, boolean[] union, boolean hasExact) {
    this.out = out;
    this.fields = fields.toArray(Field[]::new);
    this.union = union.clone();
    this.hasExact = hasExact;
  }

  RowWriter begin() {
    next = 0;
    exact.clear();
    written = false;
    return this;
  }

  /** Returns the index of the column that is next. */
  public int nextColumn() {
    return next;
  }

  /** Begins the next column; the caller writes exactly its value's bytes into the answer. */
  public AvroOutput value() {
    columnStart = out.size();
    if (union[next++]) {
      out.writePresent();
    }
    return out;
  }

  /**
   * Writes null into the next column.
   *
   * @throws IllegalStateException when it is a required key column
   */
  public void nullValue() {
    if (!union[next]) {
      throw new IllegalStateException("The key column " + fields[next].name() + " is null");
    }
    next++;
    out.writeNull();
  }

  /** Writes null into the next column, whose type can't hold the value, and keeps its text. */
  public void inexact(String text) {
    if (!hasExact) {
      throw new IllegalStateException(
          "The key column " + fields[next].name() + " has no room for " + text);
    }
    exact.put(fields[next].name(), text);
    nullValue();
  }

  /** Takes back the column begun last: its type can't hold the value after all. */
  public void retract(String text) {
    out.rewind(columnStart);
    next--;
    inexact(text);
  }

  /** Writes null into all columns that are left. */
  public void nulls() {
    while (next < fields.length) {
      nullValue();
    }
  }

  /** There is no row in this place. */
  void markWritten() {
    written = true;
  }

  void endUnlessWritten() {
    if (!written) {
      end();
    }
  }

  void end() {
    written = true;
    if (next != fields.length) {
      throw new IllegalStateException("The row ends before the column " + fields[next].name());
    }
    if (!hasExact) {
      return;
    }
    if (exact.isEmpty()) {
      out.writeNull();
      return;
    }
    out.writePresent();
    out.beginBlock(exact.size());
    exact.forEach(
        (column, text) -> {
          out.writeString(column);
          out.writePresent();
          out.writeString(text);
        });
    out.endBlocks();
  }
}
