package dev.backlot.capture.postgres.catalog;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/**
 * Reads a query's rows with {@code COPY … TO STDOUT (FORMAT binary)} (PostgreSQL documentation,
 * "COPY", binary format). A row never crosses a message of the protocol.
 */
public final class CopyRows {
  private static final byte[] SIGNATURE =
      "PGCOPY\n\377\r\n\0".getBytes(StandardCharsets.ISO_8859_1);

  private CopyRows() {}

  /** Takes one row. The arrays are reused; a length of -1 is null. */
  @FunctionalInterface
  public interface Sink {
    /**
     * Takes a row.
     *
     * @return false to read no further: the transaction is then useless and must be rolled back
     */
    boolean row(byte[] bytes, int[] offsets, int[] lengths) throws SQLException;
  }

  /**
   * Reads the rows in order. Returns false when the sink ended the reading, which costs the
   * connection: a cancel request could hit the statement behind the one that it is meant for.
   */
  public static boolean read(Connection connection, String query, int columns, Sink sink)
      throws SQLException {
    CopyOut copy =
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyOut("COPY (" + query + ") TO STDOUT (FORMAT binary)");
    int[] offsets = new int[columns];
    int[] lengths = new int[columns];
    boolean first = true;
    try {
      for (byte[] message = copy.readFromCopy(); message != null; message = copy.readFromCopy()) {
        int at = 0;
        if (first) {
          at = SIGNATURE.length + 8;
          first = false;
        }
        while (at < message.length) {
          int fields = (short) ((message[at] << 8) | (message[at + 1] & 0xff));
          at += 2;
          if (fields < 0) {
            break;
          }
          for (int i = 0; i < fields; i++) {
            int length =
                (message[at] << 24)
                    | ((message[at + 1] & 0xff) << 16)
                    | ((message[at + 2] & 0xff) << 8)
                    | (message[at + 3] & 0xff);
            at += 4;
            offsets[i] = at;
            lengths[i] = length;
            at += Math.max(length, 0);
          }
          if (!sink.row(message, offsets, lengths)) {
            return false;
          }
        }
      }
      return true;
    } finally {
      if (copy.isActive()) {
        connection.abort(Runnable::run);
      }
    }
  }
}
