package dev.backlot.capture.postgres.stream;

import dev.backlot.capture.postgres.catalog.Catalog;
import dev.backlot.capture.postgres.catalog.TableId;
import java.util.ArrayList;
import java.util.List;

/**
 * A Relation message: how a table looks from this place of the log on.
 *
 * @param identity the replica identity: d, i, f or n
 * @param identityColumns the columns that an old row's identity consists of
 */
record Relation(
    int oid,
    TableId id,
    char identity,
    List<Catalog.Column> columns,
    List<String> identityColumns) {

  /** Returns the relation with other columns, which differ in their numbers only. */
  Relation with(List<Catalog.Column> numbered) {
    return new Relation(oid, id, identity, numbered, identityColumns);
  }

  /** Reads the message whose type byte stands at {@code at - 1}. */
  static Relation parse(byte[] in, int at) {
    int oid = Bytes.int32(in, at);
    int end = Bytes.stringEnd(in, at + 4);
    String schema = Bytes.text(in, at + 4, end);
    int next = end + 1;
    end = Bytes.stringEnd(in, next);
    String table = Bytes.text(in, next, end);
    next = end + 1;
    char identity = (char) in[next];
    int count = Bytes.int16(in, next + 1);
    next += 3;
    List<Catalog.Column> columns = new ArrayList<>(count);
    List<String> identityColumns = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      boolean key = (in[next] & 1) != 0;
      end = Bytes.stringEnd(in, next + 1);
      String name = Bytes.text(in, next + 1, end);
      int type = Bytes.int32(in, end + 1);
      int modifier = Bytes.int32(in, end + 5);
      next = end + 9;
      columns.add(new Catalog.Column(name, type, modifier, 0));
      if (key) {
        identityColumns.add(name);
      }
    }
    return new Relation(
        oid,
        new TableId(schema.isEmpty() ? "pg_catalog" : schema, table),
        identity,
        columns,
        identityColumns);
  }
}
