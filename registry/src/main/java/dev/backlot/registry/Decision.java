package dev.backlot.registry;

import java.util.Optional;

/**
 * What is to be done on a state of the topic: a record to append, if any, and the answer once it
 * took effect; without an answer, the state is looked at again.
 */
record Decision<T>(Optional<SchemaRecord> record, Optional<T> answer) {
  static <T> Decision<T> done(T answer) {
    return new Decision<>(Optional.empty(), Optional.of(answer));
  }

  static <T> Decision<T> append(SchemaRecord record) {
    return new Decision<>(Optional.of(record), Optional.empty());
  }

  static <T> Decision<T> append(SchemaRecord record, T answer) {
    return new Decision<>(Optional.of(record), Optional.of(answer));
  }
}
