package dev.backlot.capture.postgres.catalog;

import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/**
 * Reads a query's rows as the texts that types' output functions give, with {@code COPY … TO
 * STDOUT} (PostgreSQL documentation, "COPY", text format). A row never crosses a message of the
 * protocol.
 */
public final class CopyText {
  private CopyText() {}

  /**
   * Reads the rows in order, as {@link CopyRows#read} does; texts are UTF-8. Returns false when the
   * sink ended the reading, which costs the connection.
   */
  public static boolean read(Connection connection, String query, int columns, CopyRows.Sink sink)
      throws SQLException {
    CopyOut copy =
        connection
            .unwrap(PGConnection.class)
            .getCopyAPI()
            .copyOut("COPY (" + query + ") TO STDOUT");
    int[] offsets = new int[columns];
    int[] lengths = new int[columns];
    try {
      for (byte[] line = copy.readFromCopy(); line != null; line = copy.readFromCopy()) {
        split(line, offsets, lengths);
        if (!sink.row(line, offsets, lengths)) {
          return false;
        }
      }
      return true;
    } finally {
      if (copy.isActive()) {
        connection.abort(Runnable::run);
      }
    }
  }

  /** Finds the columns of a line and puts escaped characters in their places within it. */
  static void split(byte[] line, int[] offsets, int[] lengths) {
    int at = 0;
    for (int column = 0; column < offsets.length; column++) {
      int start = at;
      int to = at;
      boolean isNull = false;
      while (line[at] != '\t' && line[at] != '\n') {
        if (line[at] == '\\') {
          byte escaped = line[at + 1];
          isNull = escaped == 'N';
          line[to++] = unescape(escaped);
          at += 2;
        } else {
          if (to != at) {
            line[to] = line[at];
          }
          to++;
          at++;
        }
      }
      offsets[column] = start;
      lengths[column] = isNull ? -1 : to - start;
      at++;
    }
  }

  /** The server writes {@code \N} for null only, and no digits behind a backslash. */
  private static byte unescape(byte escaped) {
    return switch (escaped) {
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'v' -> 0x0b;
      default -> escaped;
    };
  }
}
