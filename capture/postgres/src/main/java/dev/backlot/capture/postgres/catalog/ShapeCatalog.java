package dev.backlot.capture.postgres.catalog;

import dev.backlot.metadata.ShapeStore.KnownColumn;
import dev.backlot.metadata.ShapeStore.KnownShape;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Questions to the catalog about changes of tables. For one thread. */
public final class ShapeCatalog {
  private final Connection connection;

  /** Asks over this connection, which stays the caller's. */
  public ShapeCatalog(Connection connection) {
    this.connection = connection;
  }

  /**
   * Returns a digest of each published table's name, identity and columns, by the table's number.
   * What maintenance, comments, rights and other indexes change is not in it.
   *
   * @param publication its name
   */
  public Map<Integer, String> digests(String publication) throws SQLException {
    Map<Integer, String> digests = new HashMap<>();
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            SELECT c.oid, pg_catalog.md5(pg_catalog.concat_ws(' ', n.nspname, c.relname, c.relreplident, c.relpersistence,
              (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(':', i.indexrelid, i.indkey, i.indisvalid,
                  i.indimmediate, i.indisprimary, i.indisreplident), ' ' ORDER BY i.indexrelid)
                FROM pg_catalog.pg_index i
                WHERE i.indrelid = c.oid AND (i.indisprimary OR i.indisreplident)),
              (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(':', a.attnum, a.attname, a.atttypid, a.atttypmod,
                  a.attgenerated), ' ' ORDER BY a.attnum)
                FROM pg_catalog.pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0)))
            FROM pg_catalog.pg_publication p
            JOIN pg_catalog.pg_publication_rel r ON r.prpubid = p.oid
            JOIN pg_catalog.pg_class c ON c.oid = r.prrelid
            JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE p.pubname = ?
            """)) {
      statement.setString(1, publication);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          digests.put((int) rows.getLong(1), rows.getString(2));
        }
      }
    }
    return digests;
  }

  /** Returns how a table looks now. */
  public KnownShape look(String source, int epoch, int tableOid, long beganAt) throws SQLException {
    long oid = Integer.toUnsignedLong(tableOid);
    List<KnownColumn> columns = new ArrayList<>();
    int highest = 0;
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            SELECT attnum, attname, atttypid, atttypmod, atthasmissing, atthasdef OR attidentity <> '',
              attisdropped OR attgenerated <> ''
            FROM pg_catalog.pg_attribute WHERE attrelid = ? AND attnum > 0 ORDER BY attnum
            """)) {
      statement.setLong(1, oid);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          highest = rows.getInt(1);
          if (!rows.getBoolean(7)) {
            columns.add(
                new KnownColumn(
                    highest,
                    rows.getString(2),
                    rows.getLong(3),
                    rows.getInt(4),
                    rows.getBoolean(5),
                    rows.getBoolean(6)));
          }
        }
      }
    }
    return new KnownShape(source, epoch, oid, storage(oid), highest, beganAt, columns, List.of());
  }

  private String storage(long oid) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            SELECT pg_catalog.md5(pg_catalog.string_agg(c.relfilenode::text, ' ' ORDER BY c.oid))
            FROM pg_catalog.pg_class c
            WHERE c.oid = ? OR c.oid IN (SELECT relid FROM pg_catalog.pg_partition_tree(?::pg_catalog.regclass) WHERE isleaf)
            """)) {
      statement.setLong(1, oid);
      statement.setLong(2, oid);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() && row.getString(1) != null ? row.getString(1) : "";
      }
    }
  }

  /** Returns the place at which the log is written now. */
  public long place() throws SQLException {
    try (PreparedStatement statement =
            connection.prepareStatement(
                "SELECT pg_catalog.pg_current_wal_insert_lsn() - '0/0'::pg_catalog.pg_lsn");
        ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getBigDecimal(1).longValue();
    }
  }

  /** Returns the numbers of a table's dropped columns. */
  public List<Integer> dropped(int tableOid) throws SQLException {
    List<Integer> numbers = new ArrayList<>();
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT attnum FROM pg_catalog.pg_attribute WHERE attrelid = ? AND attnum > 0 AND"
                + " attisdropped")) {
      statement.setLong(1, Integer.toUnsignedLong(tableOid));
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          numbers.add(rows.getInt(1));
        }
      }
    }
    return numbers;
  }
}
