package dev.backlot.benchmarks.capture;

import dev.backlot.metadata.AuditReadStore;
import dev.backlot.metadata.MetadataDatabase;
import dev.backlot.model.audit.AuditAnswer;
import dev.backlot.model.audit.AuditRead;
import dev.backlot.model.source.SourceDescriptor;
import dev.backlot.schema.AvroSchemas;
import dev.backlot.schema.Field;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Reads whole tables as audits do: part after part, a sum of all columns for each. */
final class AuditReads {
  private static final int LIMIT = 1_000_000;

  private final MetadataDatabase metadata;
  private volatile boolean ending;
  private @Nullable CompletableFuture<Long> running;

  AuditReads(MetadataDatabase metadata) {
    this.metadata = metadata;
  }

  /** Reads a table once. Returns how many rows it has. */
  String read(String source, long rowsPerSecond) throws InterruptedException {
    long rows = 0;
    Optional<String> cursor = Optional.empty();
    do {
      AuditAnswer answer = ask(source, cursor, rowsPerSecond);
      rows += answer.rowsRead();
      cursor = answer.next();
    } while (cursor.isPresent());
    return String.valueOf(rows);
  }

  /** Reads a table again and again, from now on. */
  String begin(String source, long rowsPerSecond) {
    ending = false;
    running =
        CompletableFuture.supplyAsync(
            () -> {
              long rows = 0;
              Optional<String> cursor = Optional.empty();
              while (!ending) {
                try {
                  AuditAnswer answer = ask(source, cursor, rowsPerSecond);
                  rows += answer.rowsRead();
                  cursor = answer.next();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              }
              return rows;
            });
    return "begun";
  }

  /** Ends when the part under way is read. Returns how many rows were read since the beginning. */
  String end() {
    ending = true;
    CompletableFuture<Long> reading = running;
    return reading == null ? "0" : String.valueOf(reading.join());
  }

  private AuditAnswer ask(String source, Optional<String> cursor, long rowsPerSecond)
      throws InterruptedException {
    SourceDescriptor descriptor = metadata.sources().find(source).orElseThrow().descriptor();
    List<Field> fields =
        AvroSchemas.rowSchema(AvroSchemas.parse(descriptor.valueSchema())).fields();
    AuditRead read =
        new AuditRead(
            fields.stream().map(Field::name).toList(),
            fields.stream().map(field -> field.type().notation()).toList(),
            "",
            cursor,
            Optional.empty(),
            AuditRead.Detail.SUMS,
            1,
            LIMIT,
            rowsPerSecond);
    AuditReadStore store = metadata.auditReads();
    long id = store.request(source, descriptor.epoch(), descriptor.connection(), read);
    while (true) {
      AuditReadStore.Read asked = store.find(id).orElseThrow();
      if (asked.state() == AuditReadStore.State.FAILED) {
        throw new IllegalStateException(asked.reason());
      }
      if (asked.answer().isPresent()) {
        store.forget(id);
        return asked.answer().get();
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }
}
