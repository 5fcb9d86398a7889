package dev.backlot.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.capture.postgres.audit.AvroTexts;
import dev.backlot.capture.worker.CaptureWorker;
import dev.backlot.metadata.AuditReadStore;
import dev.backlot.model.audit.AuditAnswer;
import dev.backlot.model.audit.AuditRead;
import dev.backlot.schema.canonical.RowDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Every built-in type has the same canonical text in its table and in its topic. */
class AuditTypesIT {
  private final CaptureBench bench = CaptureBench.shared();

  @Test
  void every_type_has_one_canonical_text() {
    List<TypeCases.Case> cases = new ArrayList<>(TypeCases.cases());
    cases.addAll(TypeCases.further());
    String name = bench.newDatabase();
    Map<String, String> columns = TypeCases.columns(cases);
    TypeCases.create(bench, name, columns);
    TypeCases.insert(bench, name, cases, columns, 0);
    bench.apply(name, bench.document(name, "\"public.types\""));
    Audits audits = new Audits(bench, name + ".public.types");
    AuditRead read;
    List<AuditAnswer> answers;
    try (CaptureWorker worker = bench.startWorker()) {
      bench.awaitStreaming(name + ".public.types");
      TypeCases.insert(bench, name, cases, columns, 1000);
      read = audits.read(AuditRead.Detail.ROWS, 5_000);
      answers = audits.all(read);
    }

    Map<Integer, Map<String, String>> told = new HashMap<>();
    for (CaptureBench.Event event : bench.read(name + ".public.types")) {
      if (event.value() != null) {
        told.put((Integer) event.key().get("id"), AvroTexts.columns(event.after()));
      }
    }
    int compared = 0;
    RowDigest digest = new RowDigest();
    for (AuditAnswer answer : answers) {
      for (AuditAnswer.Row row : answer.rows()) {
        int id = Integer.parseInt(row.key().get(0));
        TypeCases.Case c = cases.get(id % 1000);
        Map<String, String> fromTopic = told.get(id);
        for (int i = 0; i < read.fields().size(); i++) {
          String expected = fromTopic.get(read.fields().get(i));
          assertThat(row.values().get(i))
              .as("%s %.60s in %s", c.type(), c.literal(), read.fields().get(i))
              .isEqualTo(expected);
          digest.add(expected);
        }
        RowDigest.Sum sum = digest.row();
        assertThat(row.digest()).isEqualTo(new AuditAnswer.Sum(1, sum.high(), sum.low()));
        compared++;
      }
    }
    assertThat(compared).isEqualTo(2 * cases.size());
  }

  @Test
  void keys_that_move_are_told_as_rows_tell_them() {
    String name = bench.newDatabase();
    bench.execute(
        name,
        "CREATE TABLE deal (a text, b numeric(6,2), c numeric, d date, e timestamptz, f float8, g bytea,"
            + " h interval, i int[], j boolean, k uuid, l time, v int,"
            + " PRIMARY KEY (l, k, j, i, h, g, f, e, d, c, b, a))",
        "INSERT INTO deal VALUES ('é', 1.50, 2.50, '0044-03-15 BC', 'infinity', -0.0, '\\x00ff', '1 mon -1 s',"
            + " '{1,NULL}', true, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '24:00', 1)",
        "INSERT INTO deal VALUES ('', 'NaN', 'NaN', '-infinity', '0044-03-15 BC', 'NaN', '', '-1 day',"
            + " '{{1},{2}}', false, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '00:00:00.1', 1)");
    bench.apply(name, bench.document(name, "\"public.*\""));
    Audits audits = new Audits(bench, name + ".public.deal");
    try (CaptureWorker worker = bench.startWorker()) {
      bench.awaitStreaming(name + ".public.deal");
      List<List<String>> keys = Audits.keys(audits.all(audits.read(AuditRead.Detail.KEYS, 1_000)));
      assertThat(keys).hasSize(2);
      List<List<String>> moving = List.of();
      for (int i = 0; moving.size() < 2 && i < 200; i++) {
        long id = audits.request(audits.read(AuditRead.Detail.KEYS, 1_000));
        while (audits.find(id).state().compareTo(AuditReadStore.State.DONE) < 0) {
          bench.execute(name, "UPDATE deal SET v = v + 1");
        }
        AuditAnswer answer = audits.find(id).answer().orElseThrow();
        assertThat(answer.moving().size() + answer.rows().size()).isEqualTo(2);
        moving = answer.moving();
      }
      assertThat(moving).containsExactlyInAnyOrderElementsOf(keys);
    }
  }
}
