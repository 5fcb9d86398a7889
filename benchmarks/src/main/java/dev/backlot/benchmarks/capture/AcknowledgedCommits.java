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
   * @return nanoseconds from each commit's return
   */
  static long[] nanos(Servers servers, String topic, Path file, List<Commits> all)
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
    int count = all.stream().mapToInt(Commits::count).sum();
    long[] nanos = new long[count];
    int[] found = new int[1];
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
            for (Commits commits : all) {
              if (commits.has(id)) {
                Long at =
                    acknowledged.get(Acknowledgements.id(record.partition(), record.offset()));
                if (at == null) {
                  throw new IllegalStateException("No acknowledgement of row " + id + " was noted");
                }
                nanos[found[0]++] = Math.max(0, at - commits.returnedAt(id));
              }
            }
          });
    }
    if (found[0] != count) {
      throw new IllegalStateException(found[0] + " of " + count + " commits came into Kafka");
    }
    return nanos;
  }
}
