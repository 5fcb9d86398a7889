package dev.backlot.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.metadata.AuditReadStore;
import dev.backlot.model.audit.AuditAnswer;
import dev.backlot.model.audit.AuditRead;
import dev.backlot.model.audit.AuditRead.Detail;
import dev.backlot.schema.AvroSchemas;
import dev.backlot.schema.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.awaitility.Awaitility;

/** Asks a capture what audits ask. */
final class Audits {
  private final CaptureBench bench;
  private final String source;

  Audits(CaptureBench bench, String source) {
    this.bench = bench;
    this.source = source;
  }

  /** Returns a read of every column of the Source as it is described now. */
  AuditRead read(Detail detail, int limit) {
    List<Field> fields =
        AvroSchemas.rowSchema(
                AvroSchemas.parse(
                    bench.metadata.sources().find(source).orElseThrow().descriptor().valueSchema()))
            .fields();
    return new AuditRead(
        fields.stream().map(Field::name).toList(),
        fields.stream().map(f -> f.type().notation()).toList(),
        "",
        Optional.empty(),
        Optional.empty(),
        detail,
        1,
        limit,
        0);
  }

  static AuditRead where(AuditRead read, String predicate) {
    return new AuditRead(
        read.fields(),
        read.types(),
        predicate,
        read.cursor(),
        read.keys(),
        read.detail(),
        read.buckets(),
        read.limit(),
        read.rowsPerSecond());
  }

  static AuditRead from(AuditRead read, Optional<String> cursor) {
    return new AuditRead(
        read.fields(),
        read.types(),
        read.predicate(),
        cursor,
        read.keys(),
        read.detail(),
        read.buckets(),
        read.limit(),
        read.rowsPerSecond());
  }

  static AuditRead ofKeys(AuditRead read, List<List<String>> keys) {
    return new AuditRead(
        read.fields(),
        read.types(),
        read.predicate(),
        Optional.empty(),
        Optional.of(keys),
        read.detail(),
        read.buckets(),
        read.limit(),
        read.rowsPerSecond());
  }

  static AuditRead slowly(AuditRead read, long rowsPerSecond) {
    return new AuditRead(
        read.fields(),
        read.types(),
        read.predicate(),
        read.cursor(),
        read.keys(),
        read.detail(),
        read.buckets(),
        read.limit(),
        rowsPerSecond);
  }

  long request(AuditRead read) {
    return bench
        .metadata
        .auditReads()
        .request(source, 1, source.substring(0, source.indexOf('.')), read);
  }

  AuditReadStore.Read find(long id) {
    return bench.metadata.auditReads().find(id).orElseThrow();
  }

  AuditReadStore.Read await(long id) {
    Awaitility.await()
        .atMost(CaptureBench.PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> find(id).state().compareTo(AuditReadStore.State.DONE) >= 0);
    return find(id);
  }

  AuditAnswer ask(AuditRead read) {
    AuditReadStore.Read done = await(request(read));
    assertThat(done.reason()).isEmpty();
    return done.answer().orElseThrow();
  }

  /** Returns why a read is refused. */
  String refusal(AuditRead read) {
    AuditReadStore.Read done = await(request(read));
    assertThat(done.state()).isEqualTo(AuditReadStore.State.FAILED);
    return done.reason();
  }

  /** Reads part after part to the end. */
  List<AuditAnswer> all(AuditRead read) {
    List<AuditAnswer> answers = new ArrayList<>();
    Optional<String> cursor = Optional.empty();
    do {
      AuditAnswer answer = ask(from(read, cursor));
      answers.add(answer);
      cursor = answer.next();
    } while (cursor.isPresent());
    return answers;
  }

  /** Returns all keys of some answers. */
  static List<List<String>> keys(List<AuditAnswer> answers) {
    return answers.stream().flatMap(a -> a.rows().stream()).map(AuditAnswer.Row::key).toList();
  }
}
