package dev.backlot.benchmarks.capture;

import dev.backlot.benchmarks.server.Servers;
import dev.backlot.benchmarks.server.TopicWatch;
import dev.backlot.event.AvroInput;
import dev.backlot.event.Confluent;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How long commits waited for their acknowledgement by Kafka. */
final class AcknowledgedCommits {
  private AcknowledgedCommits() {}

  /**
   * Finds each commit's acknowledgement by the record that carries its key.
   *
   * @param file that capture's process has written its acknowledgements to
   * @return nanoseconds from each commit's return, for each of the series of commits
   */
  static List<long[]> nanos(Servers servers, String topic, Path file, List<Commits> all)
      throws IOException {
    Map<Long, Long> acknowledged = new HashMap<>();
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      while (true) {
        acknowledged.put(in.readLong(), in.readLong());
      }
    } catch (EOFException e) {
      // All read.
    }
    List<long[]> nanos = all.stream().map(commits -> new long[commits.count()]).toList();
    int[] found = new int[all.size()];
    AvroInput key = new AvroInput();
    try (TopicWatch watch = new TopicWatch(servers.bootstrapServers(), topic)) {
      watch.read(
          record -> {
            if (record.key() == null
                || record.value() == null
                || TopicWatch.header(record).filter(h -> h.isDump() || h.isControl()).isPresent()) {
              return;
            }
            key.reset(record.key(), Confluent.FRAME, record.key().length);
            long id = key.readLong();
            for (int i = 0; i < found.length; i++) {
              if (all.get(i).has(id)) {
                Long at =
                    acknowledged.get(Acknowledgements.id(record.partition(), record.offset()));
                if (at == null) {
                  throw new IllegalStateException("No acknowledgement of row " + id + " was noted");
                }
                if (found[i] == nanos.get(i).length) {
                  throw new IllegalStateException("A commit came into Kafka twice");
                }
                nanos.get(i)[found[i]++] = Math.max(0, at - all.get(i).returnedAt(id));
              }
            }
          });
    }
    for (int i = 0; i < found.length; i++) {
      if (found[i] != nanos.get(i).length) {
        throw new IllegalStateException(
            found[i] + " of " + nanos.get(i).length + " commits came into Kafka");
      }
    }
    return nanos;
  }

  /** Returns the durations of several series as one. */
  static long[] flat(List<long[]> parts) {
    return parts.stream().flatMapToLong(Arrays::stream).toArray();
  }
}
