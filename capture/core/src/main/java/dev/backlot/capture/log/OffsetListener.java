package dev.backlot.capture.log;

/** Hears where a record was written; called by the producer's thread, which must not be held up. */
@FunctionalInterface
public interface OffsetListener {
  /** Kafka has acknowledged the record at this place. */
  void written(int partition, long offset);
}
