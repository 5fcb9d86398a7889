package dev.backlot.controller.dump;

import dev.backlot.metadata.DumpStore;
import dev.backlot.metadata.DumpStore.Dump;
import dev.backlot.spec.Quantities;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A dump as pages show it. What is not known is empty, never 0.
 *
 * @param keys how many keys were asked for; empty unless keys were
 * @param estimatedRows about how many rows it will read
 * @param estimatedBy {@code statistics}, {@code planner} or {@code keys}
 * @param rowsPerSecond over the last seconds; empty unless it runs
 * @param secondsLeft as fast as it was over the last seconds
 * @param secondsLeftBySlower likewise by the slower of the last seconds and the whole run
 * @param stillSeconds how long ago it made progress; empty unless it runs
 */
public record DumpView(
    long id,
    String source,
    String connection,
    boolean initial,
    String where,
    Optional<Integer> keys,
    String state,
    String reason,
    long readRows,
    long writtenRows,
    long bytes,
    long chunks,
    Optional<Long> estimatedRows,
    String estimatedBy,
    Optional<Long> rowsPerSecond,
    Optional<Long> secondsLeft,
    Optional<Long> secondsLeftBySlower,
    Optional<Long> stillSeconds,
    Optional<Integer> chunkRows,
    Optional<String> delay,
    Optional<Integer> parallel,
    Instant requestedAt,
    Optional<Instant> startedAt,
    Optional<Instant> finishedAt) {

  /** Shows a dump. */
  public static DumpView of(Dump dump) {
    DumpStore.Progress progress = dump.progress();
    DumpForecast forecast = DumpForecast.of(dump);
    boolean runs = dump.state() == DumpStore.State.RUNNING;
    Optional<Long> left = boxed(forecast.secondsLeft());
    return new DumpView(
        dump.id(),
        dump.source(),
        dump.connection(),
        dump.initial(),
        dump.predicate(),
        dump.keys().map(keys -> keys.size()),
        dump.state().label(),
        dump.reason(),
        progress.readRows(),
        progress.writtenRows(),
        progress.bytes(),
        progress.chunks(),
        boxed(dump.estimate().rows()),
        dump.estimate().by(),
        boxed(forecast.rowsPerSecond()),
        left,
        left.flatMap(seconds -> bySlower(dump, seconds)),
        runs ? dump.sinceProgress().map(Duration::toSeconds) : Optional.empty(),
        dump.settings().chunkRows().isPresent()
            ? Optional.of(dump.settings().chunkRows().getAsInt())
            : Optional.empty(),
        dump.settings().delay().map(Quantities::formatDuration),
        dump.settings().parallel().isPresent()
            ? Optional.of(dump.settings().parallel().getAsInt())
            : Optional.empty(),
        dump.requestedAt(),
        dump.startedAt(),
        dump.finishedAt());
  }

  private static Optional<Long> bySlower(Dump dump, long left) {
    long read = dump.progress().readRows();
    if (dump.startedAt().isEmpty() || read == 0 || dump.estimate().rows().isEmpty()) {
      return Optional.of(left);
    }
    long millis = Math.max(1, Duration.between(dump.startedAt().get(), Instant.now()).toMillis());
    double rate = read * 1000.0 / millis;
    long byWhole = (long) Math.ceil((dump.estimate().rows().getAsLong() - read) / rate);
    return Optional.of(Math.max(left, byWhole));
  }

  private static Optional<Long> boxed(java.util.OptionalLong value) {
    return value.isPresent() ? Optional.of(value.getAsLong()) : Optional.empty();
  }
}
