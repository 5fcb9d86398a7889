package dev.backlot.benchmarks.capture;

import dev.backlot.benchmarks.server.Servers;
import java.sql.SQLException;

/**
 * Changes of one table, in transactions of a hundred: 50 inserts, 40 updates and 10 deletes of rows
 * that earlier transactions inserted. Written by the server itself.
 */
public final class Workload {
  static final int CHANGES_PER_TRANSACTION = 100;

  /** A delete makes two records: the change and its tombstone. */
  static final int RECORDS_PER_TRANSACTION = 110;

  private static final int INSERTS = 50;

  private final Servers servers;
  private final Shape shape;
  private long nextId;

  /** Creates the database and the table with some rows. */
  public Workload(Servers servers, Shape shape, int rows) throws SQLException {
    this.servers = servers;
    this.shape = shape;
    this.nextId = rows + 1L;
    servers.execute("postgres", "CREATE DATABASE " + shape.database());
    servers.execute(
        shape.database(),
        shape.createTable("item"),
        shape.insert("1", String.valueOf(rows)),
        "CREATE PUBLICATION debezium FOR TABLE item",
        "ANALYZE item",
        "CHECKPOINT");
  }

  /** Commits so many transactions one after the other; the log is flushed when this returns. */
  public void run(int transactions) throws SQLException {
    servers.execute(
        shape.database(),
        "SET synchronous_commit = off",
        """
        DO $$
        DECLARE first bigint;
        BEGIN
          FOR t IN 0..%d LOOP
            first := %d + t * 50;
            %s;
            UPDATE item SET %s WHERE id BETWEEN first - 50 AND first - 11;
            DELETE FROM item WHERE id BETWEEN first - 60 AND first - 51;
            COMMIT;
          END LOOP;
        END $$
        """
            .formatted(
                transactions - 1, nextId, shape.insert("first", "first + 49"), shape.change()),
        // Decoding reads what is flushed only.
        "CHECKPOINT");
    nextId += (long) transactions * INSERTS;
  }
}
