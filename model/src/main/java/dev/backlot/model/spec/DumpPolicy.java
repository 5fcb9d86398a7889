package dev.backlot.model.spec;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a connection's tables are dumped, as its document says; what it does not say is empty.
 *
 * @param chunkRows most rows that are read in one transaction
 * @param delay how long a dump rests between two chunks
 * @param parallel how many key ranges of one large table are read at once
 * @param readers how many database connections read at once, for all dumps together
 */
public record DumpPolicy(
    OptionalInt chunkRows, Optional<Duration> delay, OptionalInt parallel, OptionalInt readers) {
  /** Nothing said. */
  public static final DumpPolicy UNSAID =
      new DumpPolicy(
          OptionalInt.empty(), Optional.empty(), OptionalInt.empty(), OptionalInt.empty());

  /** Most rows of a chunk that may be asked for. */
  public static final int MOST_CHUNK_ROWS = 1_000_000;

  /** Most key ranges and readers that may be asked for. */
  public static final int MOST_READERS = 16;

  /** The longest rest between two chunks. */
  public static final Duration LONGEST_DELAY = Duration.ofHours(1);
}
