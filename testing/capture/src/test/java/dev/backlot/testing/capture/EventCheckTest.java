package dev.backlot.testing.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.testing.capture.Change.Op;
import dev.backlot.testing.capture.Told.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The check sees each kind of fault when it is planted, and none when there is none. */
class EventCheckTest {
  private final EventCheck check = new EventCheck(Map.of("deal", 1, "document", 1, "scratch", 1));
  private final List<Told> topic = new ArrayList<>();

  private void expect(String table, int key, Op op, long version, long body, int era) {
    check.expect(new Change(table, key, op, version, body, era, false, 1));
  }

  private void expectLeftOut(int key, Op op, long version, long body) {
    check.expect(new Change("document", key, op, version, body, 0, true, 1));
  }

  private Told told(String table, long generation, Kind kind, int key, long version, long body) {
    Told told =
        new Told(
            table,
            0,
            topic.size(),
            generation,
            kind,
            kind == Kind.READ,
            body != 0,
            key,
            version,
            body,
            2,
            3);
    topic.add(told);
    return told;
  }

  private Told deal(long generation, Kind kind, int key, long version) {
    return told("deal", generation, kind, key, version, 0);
  }

  private void take() {
    topic.forEach(check::take);
  }

  /** A row's life: made, changed twice, deleted. */
  private void commitLife() {
    expect("deal", 1, Op.CREATE, 10, 0, 0);
    expect("deal", 1, Op.UPDATE, 11, 0, 0);
    expect("deal", 1, Op.UPDATE, 12, 0, 0);
    expect("deal", 1, Op.DELETE, 0, 0, 0);
    expect("deal", 1, Op.TOMBSTONE, 0, 0, 0);
  }

  private void tellLife() {
    deal(1, Kind.FENCE, 0, 0);
    deal(1, Kind.CREATE, 1, 10);
    deal(1, Kind.UPDATE, 1, 11);
    deal(1, Kind.UPDATE, 1, 12);
    deal(1, Kind.DELETE, 1, 0);
    deal(1, Kind.TOMBSTONE, 1, 0);
  }

  private void assertWrong(String what) {
    take();
    assertThat(check.faults()).isNotEmpty().first().asString().contains(what);
  }

  @Test
  void each_change_once_and_in_order_is_right() {
    commitLife();
    tellLife();
    take();
    assertThat(check.faults()).isEmpty();
    assertThat(check.outstanding()).isZero();
    assertThat(check.events()).isEqualTo(5);
  }

  @Test
  void a_lost_change_is_seen() {
    commitLife();
    tellLife();
    topic.remove(2);
    assertWrong("expected Change");
  }

  @Test
  void a_lost_last_change_is_outstanding() {
    commitLife();
    tellLife();
    topic.remove(5);
    take();
    assertThat(check.outstanding()).isEqualTo(1);
  }

  @Test
  void a_change_told_again_is_seen() {
    commitLife();
    tellLife();
    topic.add(topic.get(3));
    assertWrong("expected nothing more");
  }

  @Test
  void changes_in_another_order_are_seen() {
    commitLife();
    tellLife();
    topic.add(2, topic.remove(3));
    assertWrong("expected Change");
  }

  @Test
  void a_change_that_was_rolled_back_is_seen() {
    commitLife();
    tellLife();
    topic.add(3, deal(1, Kind.UPDATE, 1, 99));
    assertWrong("UPDATE");
  }

  @Test
  void what_an_older_owner_writes_behind_a_fence_does_not_count() {
    commitLife();
    tellLife();
    deal(2, Kind.FENCE, 0, 0);
    deal(1, Kind.UPDATE, 1, 12);
    take();
    assertThat(check.faults()).isEmpty();
    assertThat(check.voidRecords()).isEqualTo(1);
  }

  @Test
  void an_older_owners_change_is_seen_when_nothing_fenced_it() {
    commitLife();
    tellLife();
    deal(1, Kind.UPDATE, 1, 12);
    assertWrong("expected nothing more");
  }

  @Test
  void an_owner_that_writes_before_it_fences_is_seen() {
    commitLife();
    tellLife();
    topic.remove(0);
    assertWrong("before it has fenced");
  }

  @Test
  void a_dumps_row_must_be_the_present_one() {
    commitLife();
    tellLife();
    topic.add(3, deal(1, Kind.READ, 1, 11));
    topic.remove(7);
    take();
    assertThat(check.faults()).isEmpty();
    assertThat(check.dumpRows()).isEqualTo(1);
  }

  @Test
  void a_dumps_row_that_overwrites_newer_state_is_seen() {
    commitLife();
    tellLife();
    topic.add(4, deal(1, Kind.READ, 1, 11));
    assertWrong("a dump's row that is not the present one");
  }

  @Test
  void a_dumps_row_that_brings_back_a_deleted_one_is_seen() {
    commitLife();
    tellLife();
    deal(1, Kind.READ, 1, 12);
    assertWrong("a dump's row that is not the present one");
  }

  @Test
  void a_change_on_the_wrong_side_of_a_truncation_is_seen() {
    expect("scratch", 1, Op.CREATE, 10, 0, 0);
    expect("scratch", 0, Op.TRUNCATE, 0, 0, 0);
    expect("scratch", 1, Op.CREATE, 11, 0, 1);
    told("scratch", 1, Kind.FENCE, 0, 0, 0);
    told("scratch", 1, Kind.CREATE, 1, 10, 0);
    told("scratch", 1, Kind.CREATE, 1, 11, 0);
    told("scratch", 1, Kind.TRUNCATE, 0, 0, 0);
    assertWrong("wrong side of a truncation");
  }

  @Test
  void a_truncation_told_again_is_seen() {
    expect("scratch", 0, Op.TRUNCATE, 0, 0, 0);
    told("scratch", 1, Kind.FENCE, 0, 0, 0);
    told("scratch", 1, Kind.TRUNCATE, 0, 0, 0);
    told("scratch", 1, Kind.TRUNCATE, 0, 0, 0);
    assertWrong("a truncation that was not committed, or is told again");
  }

  @Test
  void a_value_that_the_log_leaves_out_may_be_newer_and_its_row_gone() {
    expect("document", 1, Op.CREATE, 10, 10, 0);
    expectLeftOut(1, Op.UPDATE, 11, 10);
    expect("document", 1, Op.UPDATE, 12, 12, 0);
    expectLeftOut(1, Op.UPDATE, 13, 12);
    expect("document", 1, Op.DELETE, 0, 0, 0);
    expect("document", 1, Op.TOMBSTONE, 0, 0, 0);
    told("document", 1, Kind.FENCE, 0, 0, 0);
    told("document", 1, Kind.CREATE, 1, 10, 10);
    told("document", 1, Kind.UPDATE, 1, 11, 12);
    told("document", 1, Kind.UPDATE, 1, 12, 12);
    told("document", 1, Kind.DELETE, 1, 0, 0);
    told("document", 1, Kind.TOMBSTONE, 1, 0, 0);
    take();
    assertThat(check.faults()).isEmpty();
    assertThat(check.outstanding()).isZero();
    assertThat(check.missing()).isEqualTo(1);
  }

  @Test
  void a_value_that_the_log_leaves_out_must_not_be_older() {
    expect("document", 1, Op.CREATE, 10, 10, 0);
    expect("document", 1, Op.UPDATE, 12, 12, 0);
    expectLeftOut(1, Op.UPDATE, 13, 12);
    told("document", 1, Kind.FENCE, 0, 0, 0);
    told("document", 1, Kind.CREATE, 1, 10, 10);
    told("document", 1, Kind.UPDATE, 1, 12, 12);
    told("document", 1, Kind.UPDATE, 1, 13, 10);
    assertWrong("expected Change");
  }

  @Test
  void a_change_whose_row_stays_must_be_told() {
    expect("document", 1, Op.CREATE, 10, 10, 0);
    expectLeftOut(1, Op.UPDATE, 11, 10);
    expect("document", 1, Op.UPDATE, 12, 12, 0);
    told("document", 1, Kind.FENCE, 0, 0, 0);
    told("document", 1, Kind.CREATE, 1, 10, 10);
    told("document", 1, Kind.UPDATE, 1, 12, 12);
    assertWrong("expected Change");
  }
}
