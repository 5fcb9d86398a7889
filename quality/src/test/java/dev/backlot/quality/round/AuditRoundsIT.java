package dev.backlot.quality.round;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.metadata.AuditStore;
import dev.backlot.metadata.AuditStore.Difference;
import dev.backlot.metadata.AuditStore.Proof;
import dev.backlot.metadata.AuditStore.ProofState;
import dev.backlot.metadata.AuditStore.Repair;
import dev.backlot.metadata.PipelineStore;
import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.quality.round.AuditRounds.Order;
import dev.backlot.quality.round.AuditRounds.Outcome;
import dev.backlot.quality.table.TableReader;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.maintenance.FileDeletions;
import dev.backlot.warehouse.maintenance.MaintenanceSettings;
import dev.backlot.warehouse.maintenance.MaintenanceState;
import dev.backlot.warehouse.maintenance.RowPlace;
import dev.backlot.warehouse.maintenance.TableMaintenance;
import dev.backlot.warehouse.maintenance.Work;
import dev.backlot.warehouse.query.QueryService;
import dev.backlot.warehouse.query.QuerySettings;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rounds over a real table, of a database and a topic that are played. */
class AuditRoundsIT {
  private TestStudio studio;
  private QueryService queries;
  private AuditRounds rounds;
  private Host host;

  @BeforeEach
  void start() throws IOException {
    studio = new TestStudio();
    queries =
        new QueryService(
            studio.lake,
            new QuerySettings(
                "", studio.directory.resolve("query"), 1, 256, 1, Duration.ofMinutes(1)));
    host = new Host();
    rounds = new AuditRounds(studio.metadata, new TableReader(studio.lake, queries), host);
    for (int id = 1; id <= 100; id += 5) {
      studio.change(id, "a", id + 1, "b", id + 2, "c'☃", id + 3, "", id + 4, "e " + id);
    }
    studio.change(7, "newer", 8, null, 101, "last");
  }

  @AfterEach
  void stop() throws InterruptedException {
    queries.close();
    studio.close();
  }

  @Test
  void a_healthy_table_is_proven_equal() {
    Outcome outcome = round(Repair.NEVER);

    assertThat(outcome.differences()).isZero();
    assertThat(outcome.waiting()).isEmpty();
    assertThat(proof().state()).isEqualTo(ProofState.EQUAL);
    assertThat(proof().provenAt()).isPresent();
    assertThat(proof().comparedRows()).isEqualTo(100);
  }

  @Test
  void what_differs_is_found_and_mended() {
    plant();

    Outcome found = round(Repair.NEVER);
    Map<String, String> kinds = kinds();
    Outcome mended = round(Repair.REPAIR);
    Outcome after = round(Repair.NEVER);

    assertThat(kinds)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "3", "missing",
                "4", "different",
                "5", "different,doubled",
                "6", "doubled",
                "900", "extra",
                "901", "unexplained"));
    assertThat(found.differences()).isEqualTo(7);
    assertThat(mended.differences()).as("%s", mended.report()).isZero();
    assertThat(after.differences()).isZero();
    assertThat(kinds()).isEmpty();
    assertThat(proof().state()).isEqualTo(ProofState.EQUAL);
  }

  @Test
  void a_table_may_be_compacted_between_a_look_at_its_rows_and_their_removal() {
    studio.change(6, "six");
    String twice = "%08d".formatted(Integer.parseInt(studio.position()) - 1);
    studio.commit(List.of(studio.event("u", 6, "six", twice)), studio.end());
    Outcome found = round(Repair.NEVER);
    Map<String, String> kinds = kinds();
    host.compacts = true;

    Outcome mended = round(Repair.REPAIR);
    host.compacts = false;
    Outcome after = round(Repair.NEVER);

    assertThat(kinds).isEqualTo(Map.of("6", "doubled"));
    assertThat(found.differences()).isEqualTo(1);
    assertThat(mended.differences()).as("%s", mended.report()).isZero();
    assertThat(after.differences()).as("%s", after.report()).isZero();
  }

  @Test
  void a_key_that_moves_is_no_difference() {
    studio.moving.add(50);
    studio.rows.put(50, "not in the table yet");

    Outcome outcome = round(Repair.NEVER);

    assertThat(outcome.differences()).isZero();
    assertThat(proof().movingKeys()).isEqualTo(1);
  }

  @Test
  void some_keys_are_audited_alone() {
    plant();

    Outcome outcome =
        rounds.run(
            new Order(
                TestStudio.TABLE.toString(),
                "movies",
                Optional.of(List.of(List.of("+3"), List.of("10"))),
                Repair.DRY_RUN,
                0));

    assertThat(outcome.differences()).isEqualTo(1);
    assertThat(kinds()).isEqualTo(Map.of("3", "missing"));
  }

  @Test
  void a_paused_pipeline_is_waited_for() {
    Outcome before = round(Repair.NEVER);
    Instant proven = proof().provenAt().orElseThrow();
    studio.metadata.pipelines().setState("movies", PipelineStore.State.PAUSED, "", "");

    Outcome outcome = round(Repair.NEVER);

    assertThat(before.waiting()).isEmpty();
    assertThat(outcome.waiting().orElseThrow()).contains("paused");
    assertThat(proof().state()).isEqualTo(ProofState.WAITING);
    assertThat(proof().provenAt()).contains(proven);
  }

  /** Key 3 is lost, 4 altered, 5 stale, 6 doubled; 900 and 901 are in nobody's database. */
  private void plant() {
    studio.change(5, "old", 6, "six");
    String late = "%08d".formatted(Integer.parseInt(studio.position()) - 1);
    studio.rows.put(4, "what the event said");
    studio.rows.put(3, "c'☃");
    studio.change(5, "new");
    studio.commit(
        List.of(
            studio.event("u", 5, "old", earlier(late)),
            studio.event("u", 6, "six", late),
            studio.event("c", 900, "extra", studio.position()),
            studio.event("d", 3, null, studio.position())),
        studio.end());
    Map<String, Object> absurd = studio.event("c", 901, "absurd", studio.position());
    absurd.put("_offset", 1L << 60);
    studio.commit(List.of(absurd), studio.end());
  }

  private static String earlier(String position) {
    return "%08d".formatted(Integer.parseInt(position) - 1);
  }

  /** A report must also be one that can be kept. */
  private Outcome round(Repair repair) {
    AuditStore store = studio.metadata.audits();
    long id = store.request(TestStudio.TABLE.toString(), true, repair, null);
    Outcome outcome =
        rounds.run(new Order(TestStudio.TABLE.toString(), "movies", Optional.empty(), repair, 0));
    store.finish(id, AuditStore.State.DONE, "", outcome.report());
    assertThat(store.find(id).orElseThrow().report()).containsKey("sources");
    return outcome;
  }

  private Proof proof() {
    return studio.metadata.audits().proofs(TestStudio.TABLE.toString()).get(0);
  }

  private Map<String, String> kinds() {
    Map<String, TreeSet<String>> kinds = new TreeMap<>();
    for (Difference difference :
        studio.metadata.audits().differences(Optional.of(TestStudio.TABLE.toString()), 100)) {
      kinds.computeIfAbsent(difference.key().get(0), key -> new TreeSet<>()).add(difference.kind());
    }
    Map<String, String> joined = new TreeMap<>();
    kinds.forEach((key, all) -> joined.put(key, String.join(",", all)));
    return joined;
  }

  /** Removes rows as the controller's maintenance does. */
  private final class Host implements AuditHost {
    private final TableMaintenance maintenance =
        new TableMaintenance(
            studio.lake,
            new KeptFiles(),
            MaintenanceSettings.DEFAULT,
            studio.directory.resolve("maintenance"),
            "",
            Clock.systemUTC());

    /** Whether the scheduler comes in between. */
    private boolean compacts;

    @Override
    public Optional<PipelinePlan> deployedPlan(String pipeline) {
      return Optional.of(TestStudio.plan());
    }

    @Override
    public List<Map<String, Object>> letters(String pipeline) {
      return List.of();
    }

    @Override
    public long remove(TableName table, List<RowPlace> rows) {
      if (compacts) {
        maintenance.run(table, EnumSet.of(Work.COMPACT), MaintenanceState.NEW);
      }
      return maintenance.remove(table, rows);
    }
  }

  /** Deletes nothing. */
  private static final class KeptFiles implements FileDeletions {
    @Override
    public void add(TableName table, Collection<String> locations, Instant notBefore) {}

    @Override
    public List<String> due(TableName table, Instant now, int most) {
      return List.of();
    }

    @Override
    public void remove(TableName table, Collection<String> locations) {}
  }
}
