package dev.backlot.benchmarks.capture;

import dev.backlot.metadata.DumpStore;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.metadata.SourceStore;
import dev.backlot.model.source.SourceDescriptor;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Asks for dumps and waits for them, as anyone who asks does. */
final class Dumps {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final MetadataDatabase metadata;
  private volatile boolean ending;
  private @Nullable CompletableFuture<String> running;

  Dumps(MetadataDatabase metadata) {
    this.metadata = metadata;
  }

  /** Dumps a table once. Returns how many rows that were. */
  String one(String source) throws InterruptedException {
    return String.valueOf(await(request(find(source))));
  }

  /** Asks for dumps of all of a connection's tables at once. Returns how many rows those were. */
  String all(String connection) throws InterruptedException {
    List<Long> asked =
        metadata.sources().ofConnection(connection).stream()
            .map(SourceStore.StoredSource::descriptor)
            .map(this::request)
            .toList();
    long rows = 0;
    for (long id : asked) {
      rows += await(id);
    }
    return String.valueOf(rows);
  }

  /** Dumps a table again and again, from now on. */
  String begin(String source) {
    ending = false;
    running =
        CompletableFuture.supplyAsync(
            () -> {
              long begin = System.nanoTime();
              long rows = 0;
              try {
                while (!ending) {
                  rows += await(request(find(source)));
                }
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              return rows + " " + (System.nanoTime() - begin);
            });
    return "begun";
  }

  /** Ends when the dump under way is done. Returns its rows and those before, and nanoseconds. */
  String end() {
    ending = true;
    CompletableFuture<String> dumping = running;
    return dumping == null ? "0 0" : dumping.join();
  }

  private SourceDescriptor find(String source) {
    return metadata.sources().find(source).orElseThrow().descriptor();
  }

  private long request(SourceDescriptor source) {
    return metadata
        .dumps()
        .request(source.name(), source.epoch(), source.connection(), false, "", null);
  }

  private long await(long id) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      DumpStore.Dump dump = metadata.dumps().find(id).orElseThrow();
      switch (dump.state()) {
        case DONE -> {
          return dump.dumpedRows();
        }
        case FAILED, CANCELLED ->
            throw new IllegalStateException("dump " + id + " ended: " + dump.reason());
        default -> TimeUnit.MILLISECONDS.sleep(5);
      }
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("waited in vain for dump " + id);
      }
    }
  }
}
