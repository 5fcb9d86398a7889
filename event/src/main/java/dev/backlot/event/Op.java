package dev.backlot.event;

/** What happened to a row. */
public enum Op {
  CREATE('c'),
  UPDATE('u'),
  DELETE('d'),
  /** Read by a dump: the row is so, whether it was known before or not. */
  READ('r'),
  TRUNCATE('t');

  private final char code;

  Op(char code) {
    this.code = code;
  }

  /** Returns the letter on the wire and in the column {@code _op}. */
  public char code() {
    return code;
  }

  /** Returns the operation of a letter. */
  public static Op of(char code) {
    for (Op op : values()) {
      if (op.code == code) {
        return op;
      }
    }
    throw new IllegalArgumentException("No operation '" + code + "'");
  }
}
