package dev.backlot.capture.postgres.type;

/**
 * Gives a value's text by asking the server, for types whose binary form only it knows. For one
 * thread.
 */
public interface ServerText {
  /**
   * Returns what the type's output function gives, in UTF-8.
   *
   * @throws UncheckedSqlException when the server can't be asked
   */
  byte[] bytes(int oid, byte[] in, int offset, int length);

  /** Returns what the type's output function gives. */
  default String text(int oid, byte[] in, int offset, int length) {
    return new String(bytes(oid, in, offset, length), java.nio.charset.StandardCharsets.UTF_8);
  }

  /** Carries a failed question out of an encoder. */
  final class UncheckedSqlException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Wraps the failure. */
    public UncheckedSqlException(java.sql.SQLException cause) {
      super(cause);
    }
  }
}
