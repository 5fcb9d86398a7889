package dev.backlot.benchmarks.capture;

import dev.backlot.benchmarks.server.Servers;
import dev.backlot.benchmarks.server.TopicWatch;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * What is left of a table when its topic is read to the end, or what the table itself says: both
 * sides of the proof that a side did its work. Keys and rows are decoded by hand, by no code of a
 * side's: in both envelopes the row begins with its id and its counter {@code c1}.
 *
 * @param records that are no control records of the product's
 * @param rows keys whose last record is no tombstone
 * @param ids sum of their ids
 * @param counters sum of their counters, which every update raises; 0 for shapes without
 * @param strays records of a key in another partition than its first one
 */
record TopicState(long records, long rows, long ids, long counters, long strays) {
  private static final int FRAME = 5;

  /** Returns what the table says, of those rows that meet a condition. */
  static TopicState ofTable(
      Servers servers, Shape shape, String table, long records, String condition)
      throws SQLException {
    return ofTable(servers, shape.database(), shape, table, records, condition);
  }

  /** Returns what a table of a database says, of those rows that meet a condition. */
  static TopicState ofTable(
      Servers servers, String database, Shape shape, String table, long records, String condition)
      throws SQLException {
    try (Connection connection = servers.postgres().connect(database);
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT count(*), coalesce(sum(id), 0), coalesce(sum(%s), 0) FROM %s WHERE %s"
                    .formatted(shape.counts() ? "c1" : "0", table, condition))) {
      row.next();
      return new TopicState(records, row.getLong(1), row.getLong(2), row.getLong(3), 0);
    }
  }

  /** Returns the id in a key. */
  static long id(byte[] key) {
    return new Varints(key).next();
  }

  /** Reads a topic to its end. */
  static TopicState read(TopicWatch watch, Shape shape) {
    Fold fold = new Fold(shape);
    watch.read(fold::take);
    return fold.state();
  }

  /**
   * Returns this when it is what is expected.
   *
   * @throws IllegalStateException when it isn't
   */
  TopicState check(String side, TopicState expected) {
    if (!equals(expected)) {
      throw new IllegalStateException(side + "'s topic holds " + this + ", expected " + expected);
    }
    return this;
  }

  /** Folds one topic, record by record in the order of each partition. */
  static final class Fold {
    private static final long GONE = 1L << 32;
    private static final int PARTITION_SHIFT = 33;

    private final Shape shape;
    private final Map<Long, Long> last = new HashMap<>();
    private long records;
    private long strays;

    Fold(Shape shape) {
      this.shape = shape;
    }

    /** Takes the next record of its partition. */
    void take(ConsumerRecord<byte[], byte[]> record) {
      if (TopicWatch.header(record).filter(header -> header.isControl()).isPresent()) {
        return;
      }
      records++;
      long partition = (long) record.partition() << PARTITION_SHIFT;
      long state = partition | counter(record.value()).map(c -> (long) (int) c).orElse(GONE);
      Long before = last.put(id(record.key()), state);
      if (before != null && before >> PARTITION_SHIFT != record.partition()) {
        strays++;
      }
    }

    /** Returns the row's counter, 0 for shapes without; empty when there is no row any more. */
    private Optional<Integer> counter(byte @Nullable [] value) {
      if (value == null) {
        return Optional.empty();
      }
      if (!shape.counts()) {
        return Optional.of(0);
      }
      Varints in = new Varints(value);
      if (in.next() == 1) {
        // The row as it was: a delete's, which a tombstone follows.
        return Optional.of(0);
      }
      in.expect(1);
      in.next();
      in.expect(1);
      return Optional.of((int) in.next());
    }

    TopicState state() {
      long rows = 0;
      long ids = 0;
      long counters = 0;
      for (Map.Entry<Long, Long> entry : last.entrySet()) {
        if ((entry.getValue() & GONE) == 0) {
          rows++;
          ids += entry.getKey();
          counters += (int) (long) entry.getValue();
        }
      }
      return new TopicState(records, rows, ids, counters, strays);
    }
  }

  /** Avro's integers behind the frame: seven bits a byte, the lowest first, zigzag. */
  private static final class Varints {
    private final byte[] bytes;
    private int at = FRAME;

    Varints(byte[] bytes) {
      this.bytes = bytes;
    }

    long next() {
      long raw = 0;
      for (int shift = 0; ; shift += 7) {
        byte one = bytes[at++];
        raw |= (long) (one & 0x7f) << shift;
        if (one >= 0) {
          return (raw >>> 1) ^ -(raw & 1);
        }
      }
    }

    void expect(long wanted) {
      long found = next();
      if (found != wanted) {
        throw new IllegalStateException(
            "An envelope has " + found + " where " + wanted + " stands");
      }
    }
  }
}
