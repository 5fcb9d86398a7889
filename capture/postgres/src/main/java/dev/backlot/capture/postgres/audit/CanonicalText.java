package dev.backlot.capture.postgres.audit;

/** Makes a value's canonical text of what PostgreSQL prints. For one thread. */
interface CanonicalText {
  /**
   * Gives a value's canonical text.
   *
   * @return false when its type can't hold the value; then its text is PostgreSQL's own
   */
  boolean canonical(byte[] in, int from, int size, TextSlice out);

  /** Gives a value's canonical text, PostgreSQL's own where the type can't hold it. */
  default void give(byte[] in, int from, int size, TextSlice out) {
    if (!canonical(in, from, size, out)) {
      out.set(in, from, size);
    }
  }
}
