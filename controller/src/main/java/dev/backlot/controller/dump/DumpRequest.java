package dev.backlot.controller.dump;

import dev.backlot.metadata.DumpStore;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.spec.DumpPolicy;
import dev.backlot.spec.Quantities;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A dump to be made: of everything, of the rows that a predicate chooses, or of some keys; or how a
 * dump is to go on.
 *
 * @param keys each the key's columns in key order, as text
 * @param chunkRows most rows of a chunk
 * @param delay rest between two chunks, such as {@code 100ms}
 * @param parallel how many key ranges of a large table are read at once
 */
record DumpRequest(
    @Nullable String where,
    @Nullable List<List<String>> keys,
    @com.fasterxml.jackson.annotation.JsonProperty("chunk_rows") @Nullable Integer chunkRows,
    @Nullable String delay,
    @Nullable Integer parallel) {

  /** Everything, as the connection's document says. */
  static final DumpRequest WHOLE = new DumpRequest(null, null, null, null, null);

  /** Returns what is wrong with it, without a subject. */
  List<String> causes(List<String> keyColumns) {
    List<String> causes = new ArrayList<>();
    if (where != null && keys != null) {
      causes.add("it has both a predicate and keys. Give one of them.");
    }
    if (where != null && where.isBlank()) {
      causes.add("the predicate is empty. Leave it out to dump every row.");
    }
    if ((keys != null || where != null) && keyColumns.isEmpty()) {
      causes.add("its table has no key, so no part of it can be dumped. Dump it wholly.");
    } else if (keys != null) {
      keys.stream()
          .filter(key -> key == null || key.size() != keyColumns.size())
          .findFirst()
          .ifPresent(
              key ->
                  causes.add(
                      "a key has "
                          + (key == null ? 0 : key.size())
                          + " columns. Give "
                          + String.join(", ", keyColumns)
                          + "."));
    }
    causes.addAll(settingCauses());
    return causes;
  }

  /** Returns what is wrong with its settings, without a subject. */
  List<String> settingCauses() {
    List<String> causes = new ArrayList<>();
    if (chunkRows != null && (chunkRows < 1 || chunkRows > DumpPolicy.MOST_CHUNK_ROWS)) {
      causes.add(
          "a chunk can't have "
              + chunkRows
              + " rows. Give 1 to "
              + DumpPolicy.MOST_CHUNK_ROWS
              + ".");
    }
    if (parallel != null && (parallel < 1 || parallel > DumpPolicy.MOST_READERS)) {
      causes.add(
          "it can't be read in "
              + parallel
              + " ranges at once. Give 1 to "
              + DumpPolicy.MOST_READERS
              + ".");
    }
    if (delay != null && parsedDelay().isEmpty()) {
      causes.add(
          "'" + delay + "' is not a rest between two chunks. Give 0ms to 1h, such as 100ms.");
    }
    return causes;
  }

  private Optional<Duration> parsedDelay() {
    return delay == null
        ? Optional.empty()
        : Quantities.parseDuration(delay)
            .filter(found -> found.compareTo(DumpPolicy.LONGEST_DELAY) <= 0);
  }

  /** Returns its settings; what it does not say is as it was. */
  DumpStore.Settings settings(DumpStore.Settings before) {
    return new DumpStore.Settings(
        chunkRows == null ? before.chunkRows() : OptionalInt.of(chunkRows),
        parsedDelay().or(before::delay),
        parallel == null ? before.parallel() : OptionalInt.of(parallel));
  }

  static void refuse(String cannot, List<String> causes) {
    if (!causes.isEmpty()) {
      throw new ProblemException(
          causes.stream()
              .map(cause -> Problem.of(ProblemCode.USAGE, cannot + ": " + cause))
              .toList());
    }
  }
}
