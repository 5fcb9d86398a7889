package dev.backlot.capture.postgres.stream;

import dev.backlot.capture.dump.KeyBytes;
import dev.backlot.capture.dump.Touches;
import dev.backlot.capture.log.SourceChannel;
import dev.backlot.capture.postgres.CapturedTable;
import dev.backlot.capture.postgres.catalog.Snapshot;
import dev.backlot.capture.postgres.keyless.KeylessFeed;
import dev.backlot.capture.postgres.type.ColumnCodec;
import dev.backlot.capture.postgres.type.ServerText;
import dev.backlot.capture.postgres.type.TableShape;
import dev.backlot.event.Confluent;
import dev.backlot.event.EnvelopeWriter;
import dev.backlot.event.EventHeader;
import dev.backlot.event.Op;
import dev.backlot.event.Origin;
import dev.backlot.event.Position;
import dev.backlot.event.RowWriter;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Writes one table's changes under one shape. For the thread that reads the log.
 *
 * <p>Ordinals: each change has four in its transaction, so that the same change has the same
 * position however often it is decoded: the change itself, its tombstone, and for a key change the
 * new row.
 */
final class TableLog {
  static final int ORDINALS_PER_CHANGE = SourceChannel.ORDINALS_PER_CHANGE;
  private static final int TOMBSTONE = 1;
  private static final int NEW_KEY = 2;

  private final CapturedTable table;
  private final Relation relation;
  private final TableShape shape;
  private final ColumnCodec[] codecs;
  private final ColumnCodec[] selectionCodecs;
  private final boolean[] isKey;
  private final int[] keyIndexes;
  private final EnvelopeWriter writer;
  private final @Nullable KeylessFeed keyless;

  TableLog(
      CapturedTable table,
      Relation relation,
      TableShape shape,
      int keySchemaId,
      int valueSchemaId,
      String database,
      ServerText server) {
    this.table = table;
    this.keyless = table.keyless().orElse(null);
    this.relation = relation;
    this.shape = shape;
    this.codecs = shape.codecs(server);
    this.selectionCodecs = shape.selectionCodecs(server);
    this.keyIndexes = shape.keyIndexes();
    this.isKey = new boolean[codecs.length];
    for (int index : keyIndexes) {
      isKey[index] = true;
    }
    this.writer =
        new EnvelopeWriter(
            shape.schema(),
            keySchemaId,
            valueSchemaId,
            new Origin("postgresql", database, table.id().schema(), table.id().table()));
  }

  CapturedTable table() {
    return table;
  }

  Relation relation() {
    return relation;
  }

  TableShape shape() {
    return shape;
  }

  ColumnCodec[] codecs() {
    return codecs;
  }

  ColumnCodec[] selectionCodecs() {
    return selectionCodecs;
  }

  EnvelopeWriter writer() {
    return writer;
  }

  /** Where and when a change stands in the log. */
  static final class Place {
    int timeline;
    long lsn;
    int ordinal;
    long transaction;
    long commitMicros;
    long nowMicros;

    Position at(int offset) {
      return new Position(timeline, lsn, ordinal + offset);
    }
  }

  void insert(Place place, Tuple row) {
    if (keyless != null && keyless.passesOver()) {
      return;
    }
    byte[] key = key(row, null);
    touch(place, key);
    writer.begin();
    writer.noBefore();
    write(writer.after(), row, null, null);
    emit(place, 0, Op.CREATE, key, 0);
  }

  /**
   * Writes an update.
   *
   * @param old the row's identity or all of it as it was, or null when the log did not tell
   * @param current values of columns that the log left out, as they are in the table now, or null
   */
  void update(
      Place place,
      Tuple row,
      @Nullable Tuple old,
      boolean oldIsFull,
      @Nullable Reselected current) {
    if (keyless != null) {
      updateKeyless(keyless, place, row, old, oldIsFull);
      return;
    }
    byte[] key = key(row, old);
    int flags = current == null ? 0 : EventHeader.RESELECTED;
    byte[] oldKey = old == null ? key : key(old, null);
    touch(place, key);
    if (!Arrays.equals(key, oldKey)) {
      touch(place, oldKey);
      delete(place, old == null ? row : old, oldKey, oldIsFull);
      writer.begin();
      writer.noBefore();
      write(writer.after(), row, old, current);
      emit(place, NEW_KEY, Op.CREATE, key, flags);
      return;
    }
    writer.begin();
    if (old != null && oldIsFull) {
      flags |= EventHeader.WHOLE_BEFORE;
      write(writer.before(), old, null, null);
    } else {
      writer.noBefore();
    }
    write(writer.after(), row, old, current);
    emit(place, 0, Op.UPDATE, key, flags);
  }

  /** Only the whole row as it was says which row is meant: it goes, and the new one comes. */
  private void updateKeyless(
      KeylessFeed feed, Place place, Tuple row, @Nullable Tuple old, boolean oldIsFull) {
    if (!feed.tellsDeletes() || feed.passesOver()) {
      return;
    }
    if (old == null || !oldIsFull) {
      table.stop("An update of " + table.id() + " did not tell the row as it was.");
      return;
    }
    delete(place, old, SourceChannel.NO_KEY, true);
    writer.begin();
    writer.noBefore();
    write(writer.after(), row, old, null);
    emit(place, NEW_KEY, Op.CREATE, SourceChannel.NO_KEY, 0);
  }

  /**
   * Writes only what an update did to the key that the row had before: for a row that can't be told
   * whole any more.
   */
  void leaveOldKey(Place place, Tuple row, @Nullable Tuple old, boolean oldIsFull) {
    byte[] key = key(row, old);
    touch(place, key);
    if (old != null) {
      byte[] oldKey = key(old, null);
      if (!Arrays.equals(key, oldKey)) {
        touch(place, oldKey);
        delete(place, old, oldKey, oldIsFull);
      }
    }
  }

  void delete(Place place, Tuple old, boolean oldIsFull) {
    if (keyless != null && (keyless.passesOver() || !keyless.tellsDeletes())) {
      return;
    }
    byte[] key = key(old, null);
    touch(place, key);
    delete(place, old, key, oldIsFull);
  }

  void truncate(Place place) {
    for (Touches touches : table.touches()) {
      touches.touchAll(place.transaction);
    }
    if (keyless != null && (keyless.passesOver() || !keyless.tellsDeletes())) {
      return;
    }
    writer.begin();
    writer.noBefore();
    writer.noAfter();
    Position position = place.at(0);
    if (keyless != null) {
      keyless.truncated();
      if (keyless.records()) {
        keyless.record(change(place, Op.TRUNCATE, 0, writer.endRows()));
        writer.begin();
        writer.noBefore();
        writer.noAfter();
      }
      if (!keyless.writes()) {
        writer.endRows();
        return;
      }
    }
    byte[] value =
        writer.end(Op.TRUNCATE, place.nowMicros, position, place.transaction, place.commitMicros);
    table.channel().writeTruncate(value, position, place.commitMicros);
  }

  /** Returns the key's framed bytes. */
  byte[] key(Tuple row, @Nullable Tuple old) {
    if (keyless != null) {
      return SourceChannel.NO_KEY;
    }
    RowWriter key = writer.beginKey();
    for (int index : keyIndexes) {
      column(key, old != null && row.kinds[index] == Tuple.UNCHANGED ? old : row, index);
    }
    return writer.endKey();
  }

  private void delete(Place place, Tuple old, byte[] key, boolean oldIsFull) {
    writer.begin();
    RowWriter before = writer.before();
    for (int i = 0; i < codecs.length; i++) {
      if (oldIsFull || isKey[i]) {
        column(before, old, i);
      } else {
        before.nullValue();
      }
    }
    writer.noAfter();
    emit(place, 0, Op.DELETE, key, oldIsFull ? EventHeader.WHOLE_BEFORE : 0);
    if (keyless != null) {
      return;
    }
    table.channel().writeChange(key, null, place.at(TOMBSTONE), 0, place.commitMicros);
  }

  private void emit(Place place, int offset, Op op, byte[] key, int flags) {
    Position position = place.at(offset);
    byte[] value;
    if (keyless != null && keyless.records()) {
      byte[] rows = writer.endRows();
      keyless.record(change(place, op, flags, rows));
      if (!keyless.writes()) {
        return;
      }
      value =
          writer.complete(
              rows, op, place.nowMicros, position, place.transaction, place.commitMicros);
    } else {
      value = writer.end(op, place.nowMicros, position, place.transaction, place.commitMicros);
    }
    table.channel().writeChange(key, value, position, flags, place.commitMicros);
  }

  private KeylessFeed.Change change(Place place, Op op, int flags, byte[] rows) {
    return new KeylessFeed.Change(writer, rows, op, flags, place.transaction, place.commitMicros);
  }

  private void write(RowWriter out, Tuple row, @Nullable Tuple old, @Nullable Reselected current) {
    for (int i = 0; i < codecs.length; i++) {
      if (row.kinds[i] != Tuple.UNCHANGED) {
        column(out, row, i);
      } else if (old != null && old.kinds[i] != Tuple.NULL && old.kinds[i] != Tuple.UNCHANGED) {
        column(out, old, i);
      } else if (current != null) {
        current.write(out, i, selectionCodecs[i]);
      } else {
        out.nullValue();
      }
    }
  }

  private void column(RowWriter out, Tuple row, int i) {
    byte kind = row.kinds[i];
    if (kind == Tuple.BINARY) {
      value(out, codecs[i], row.bytes, row.offsets[i], row.lengths[i]);
    } else if (kind == Tuple.TEXT) {
      out.value().writeBytes(row.bytes, row.offsets[i], row.lengths[i]);
    } else {
      out.nullValue();
    }
  }

  static void value(RowWriter out, ColumnCodec codec, byte[] in, int offset, int length) {
    if (!codec.write(in, offset, length, out.value())) {
      out.retract(codec.text(in, offset, length));
    }
  }

  /**
   * Notes that what is written of a row, or that nothing is, shows the table as it was read.
   *
   * @param read a snapshot that sees all of it
   */
  void touchPresent(Snapshot read, Tuple row, @Nullable Tuple old) {
    if (!table.touches().isEmpty()) {
      KeyBytes key = new KeyBytes(key(row, old), Confluent.FRAME);
      for (Touches touches : table.touches()) {
        touches.touchPresent(read, key);
      }
    }
  }

  private void touch(Place place, byte[] key) {
    if (keyless == null && !table.touches().isEmpty()) {
      KeyBytes touched = new KeyBytes(key, Confluent.FRAME);
      for (Touches touches : table.touches()) {
        touches.touch(place.transaction, touched);
      }
    }
  }
}
