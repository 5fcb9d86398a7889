package dev.backlot.spec;

import dev.backlot.model.spec.DumpPolicy;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads how a connection's tables are dumped. */
final class DumpReader {
  private DumpReader() {}

  static DumpPolicy read(MapReader document) {
    MapReader dump = document.map("dump");
    DumpPolicy read =
        new DumpPolicy(
            number(dump, "chunk_rows", DumpPolicy.MOST_CHUNK_ROWS),
            delay(dump),
            number(dump, "parallel", DumpPolicy.MOST_READERS),
            number(dump, "readers", DumpPolicy.MOST_READERS));
    dump.finish();
    return read;
  }

  private static OptionalInt number(MapReader dump, String field, int most) {
    return dump.integer(field, 1, most).map(OptionalInt::of).orElse(OptionalInt.empty());
  }

  private static Optional<Duration> delay(MapReader dump) {
    Optional<String> text = dump.string("delay");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Optional<Duration> delay =
        Quantities.parseDuration(text.get())
            .filter(found -> found.compareTo(DumpPolicy.LONGEST_DELAY) <= 0);
    if (delay.isEmpty()) {
      dump.invalid(
          "delay",
          "'" + text.get() + "' is not a rest between two chunks",
          "Use one from 0ms to 1h, such as 100ms.");
    }
    return delay;
  }
}
