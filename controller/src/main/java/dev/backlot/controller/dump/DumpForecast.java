package dev.backlot.controller.dump;

import dev.backlot.metadata.DumpStore;
import dev.backlot.metadata.DumpStore.Dump;
import java.util.OptionalLong;

/**
 * How fast a dump is and how long it will take, as far as that can be said. Both count the time
 * since its newest chunk, so that a dump that stands still gets slower and has more time left.
 *
 * @param rowsPerSecond over the last seconds; empty unless it runs and has read something lately
 * @param secondsLeft empty when the rate or the number of rows is unknown, and when there are more
 *     rows than were estimated
 */
public record DumpForecast(OptionalLong rowsPerSecond, OptionalLong secondsLeft) {
  private static final DumpForecast NONE =
      new DumpForecast(OptionalLong.empty(), OptionalLong.empty());

  /** Says what can be said of a dump. */
  public static DumpForecast of(Dump dump) {
    DumpStore.Progress progress = dump.progress();
    if (dump.state() != DumpStore.State.RUNNING
        || progress.windowRows() == 0
        || dump.sinceProgress().isEmpty()) {
      return NONE;
    }
    long millis = Math.max(1, progress.windowMillis() + dump.sinceProgress().get().toMillis());
    double rate = progress.windowRows() * 1000.0 / millis;
    OptionalLong shown = OptionalLong.of(Math.round(rate));
    OptionalLong total = dump.estimate().rows();
    if (total.isEmpty() || total.getAsLong() <= progress.readRows()) {
      return new DumpForecast(shown, OptionalLong.empty());
    }
    long left = total.getAsLong() - progress.readRows();
    return new DumpForecast(shown, OptionalLong.of((long) Math.ceil(left / rate)));
  }
}
