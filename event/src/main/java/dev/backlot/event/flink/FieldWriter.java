package dev.backlot.event.flink;

import dev.backlot.event.AvroOutput;

/** Writes one value of a Flink row, which is not null, as Avro. */
@FunctionalInterface
interface FieldWriter {
  void write(Object value, AvroOutput out);
}
