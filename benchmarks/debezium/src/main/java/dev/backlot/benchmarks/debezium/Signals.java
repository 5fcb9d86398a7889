package dev.backlot.benchmarks.debezium;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;

/**
 * What stands among Debezium's records that is no change of the table: rows of its table of
 * signals, and notifications, which say that an incremental snapshot has ended. They come in order,
 * behind what was before them; the number of a snapshot's rows tells no end, since those that the
 * log has overtaken are left out. Waiting is for another thread than the rest.
 */
final class Signals {
  private static final Duration SNAPSHOT = Duration.ofMinutes(4);
  private static final Duration DRAIN = Duration.ofMinutes(1);

  private final BlockingQueue<String> snapshots = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> drains = new LinkedBlockingQueue<>();
  private String read = "0";
  private long sent;

  /**
   * Takes a record that is no change of the table.
   *
   * @param flush waits until everything that was sent is acknowledged
   */
  void take(SourceRecord record, Runnable flush) {
    if (!(record.value() instanceof Struct value)) {
      return;
    }
    if (value.schema().field("aggregate_type") != null) {
      notified(value, flush);
    } else if (value.get("after") instanceof Struct row && "drain".equals(row.get("type"))) {
      flush.run();
      drains.add("drained");
    }
  }

  private void notified(Struct notification, Runnable flush) {
    if (!"Incremental Snapshot".equals(notification.getString("aggregate_type"))) {
      return;
    }
    String type = notification.getString("type");
    if (type.equals("TABLE_SCAN_COMPLETED")) {
      Map<String, String> data = notification.getMap("additional_data");
      read = data.getOrDefault("total_rows_scanned", "0");
    }
    if (type.equals("COMPLETED") || type.equals("ABORTED")) {
      flush.run();
      snapshots.add(read + " " + sent);
      read = "0";
      sent = 0;
    }
  }

  /** Counts a change of the table if it is a row of a snapshot. */
  void count(SourceRecord record) {
    if (record.value() instanceof Struct value && "r".equals(value.getString("op"))) {
      sent++;
    }
  }

  /** Waits for the next snapshot's end and returns how many rows were read, and sent. */
  String awaitSnapshot() throws InterruptedException {
    return await(snapshots, SNAPSHOT, "incremental snapshot ended");
  }

  /** Waits for the next signal to drain, behind which nothing is missing in Kafka. */
  String awaitDrain() throws InterruptedException {
    return await(drains, DRAIN, "signal to drain came");
  }

  private static String await(BlockingQueue<String> queue, Duration atMost, String what)
      throws InterruptedException {
    String answer = queue.poll(atMost.toMillis(), TimeUnit.MILLISECONDS);
    if (answer == null) {
      throw new IllegalStateException("no " + what);
    }
    return answer;
  }
}
