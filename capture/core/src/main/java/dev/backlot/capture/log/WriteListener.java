package dev.backlot.capture.log;

/** Hears what Kafka acknowledges; called by the producer's thread, which must not be held up. */
public interface WriteListener {
  /**
   * A record was acknowledged.
   *
   * @param size of key and value in bytes
   */
  void acknowledged(int size);

  /**
   * Everything between two boundaries was acknowledged.
   *
   * @param size how many records
   * @param nanos since the later boundary
   */
  void batchAcknowledged(int size, long nanos);
}
