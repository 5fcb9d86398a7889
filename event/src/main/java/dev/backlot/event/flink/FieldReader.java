package dev.backlot.event.flink;

import dev.backlot.event.AvroInput;
import org.jspecify.annotations.Nullable;

/** Reads one field of one writer schema into Flink's internal representation, or past it. */
@FunctionalInterface
interface FieldReader {
  @Nullable Object read(AvroInput in);
}
