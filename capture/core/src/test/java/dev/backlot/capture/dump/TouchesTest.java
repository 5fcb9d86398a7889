package dev.backlot.capture.dump;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class TouchesTest {
  private static KeyBytes key(int id) {
    return new KeyBytes(new byte[] {9, 9, 9, 9, 9, (byte) id}, 5);
  }

  @Test
  void a_row_is_stale_when_a_transaction_that_the_snapshot_does_not_see_touched_its_key() {
    Touches touches = new Touches();
    touches.touch(10, key(1));
    touches.touch(11, key(2));

    Touches.Verdict verdict = touches.judge(transaction -> transaction == 10);

    assertThat(verdict.isStale(key(1))).isFalse();
    assertThat(verdict.isStale(key(2))).isTrue();
    assertThat(touches.size()).isEqualTo(1);
  }

  @Test
  void what_an_older_chunk_in_flight_does_not_see_is_kept_when_a_newer_one_is_decided_over() {
    Touches touches = new Touches();
    touches.touch(10, key(1));
    Visibility older = transaction -> transaction < 10;
    Visibility newer = transaction -> transaction <= 10;

    assertThat(touches.judge(newer, List.of(older, newer)).isStale(key(1))).isFalse();
    assertThat(touches.judge(older, List.of(older)).isStale(key(1))).isTrue();

    touches.forget(List.of(newer));
    assertThat(touches.size()).isZero();
  }

  @Test
  void a_truncation_makes_every_row_stale() {
    Touches touches = new Touches();
    touches.touchAll(10);
    assertThat(touches.judge(transaction -> false).isStale(key(1))).isTrue();
    assertThat(touches.judge(transaction -> true).allFresh()).isTrue();
  }

  @Test
  void what_a_snapshot_sees_is_not_noted_once_it_is_known() {
    Touches touches = new Touches();
    touches.touch(10, key(1));
    touches.onlyUnseenBy(transaction -> transaction <= 11);
    touches.touch(11, key(2));
    touches.touchAll(11);
    touches.touch(12, key(3));

    Touches.Verdict verdict = touches.judge(transaction -> transaction <= 11);

    assertThat(verdict.staleKeys()).containsExactly(key(3));
    assertThat(verdict.allStale()).isFalse();
    assertThat(touches.size()).isEqualTo(1);
  }

  @Test
  void a_row_that_was_read_later_than_an_audit_read_it_is_not_comparable() {
    Touches touches = new Touches();
    touches.touchPresent(seesMoreThan(false), key(1));
    touches.touchPresent(seesMoreThan(true), key(2));

    assertThat(touches.judgeComparable(transaction -> true).staleKeys()).containsExactly(key(2));
    assertThat(touches.judge(transaction -> true).allFresh()).isTrue();
  }

  private static Visibility seesMoreThan(boolean more) {
    return new Visibility() {
      @Override
      public boolean sees(long transaction) {
        return true;
      }

      @Override
      public boolean mayExceed(Visibility other) {
        return more;
      }
    };
  }

  @Test
  void too_many_keys_are_said_and_not_kept() {
    Touches touches = new Touches(2);
    touches.touch(10, key(1));
    touches.touch(10, key(1));
    touches.touch(11, key(2));
    assertThat(touches.overflowed()).isFalse();

    touches.touch(12, key(3));
    touches.touch(13, key(4));

    assertThat(touches.overflowed()).isTrue();
    assertThat(touches.judge(transaction -> false).staleKeys()).isEmpty();
  }

  @Test
  void keys_are_compared_by_their_body_whatever_schema_id_stands_before_it() {
    KeyBytes other = new KeyBytes(new byte[] {0, 0, 0, 0, 7, 1}, 5);
    assertThat(other).isEqualTo(key(1)).hasSameHashCodeAs(key(1));
  }

  /**
   * A model of a database with one counter per key, whose commits become visible later than they
   * are emitted, and a dump that reads whenever it likes: thousands of interleavings.
   */
  @Test
  void no_interleaving_of_late_visibility_and_chunks_leaves_old_state() {
    for (int seed = 0; seed < 5_000; seed++) {
      assertThat(run(new Random(seed), true)).as("seed " + seed).isTrue();
    }
  }

  @Test
  void without_the_snapshot_some_interleaving_leaves_old_state() {
    boolean allRight = true;
    for (int seed = 0; seed < 5_000 && allRight; seed++) {
      allRight = run(new Random(seed), false);
    }
    assertThat(allRight).isFalse();
  }

  /** Returns whether the topic ends with each key's newest state. */
  private static boolean run(Random random, boolean withSnapshot) {
    int keys = 3;
    int[] committed = new int[keys];
    int[] visible = new int[keys];
    int[] topic = new int[keys];
    TreeMap<Integer, int[]> hidden = new TreeMap<>();
    Touches touches = new Touches();
    int transaction = 0;
    int[] chunk = null;
    TreeMap<Integer, int[]> hiddenAtRead = new TreeMap<>();
    int emittedAtRead = 0;
    for (int step = 0; step < 40; step++) {
      switch (random.nextInt(4)) {
        case 0 -> {
          int key = random.nextInt(keys);
          committed[key]++;
          transaction++;
          topic[key] = committed[key];
          hidden.put(transaction, new int[] {key, committed[key]});
          touches.touch(transaction, key(key));
        }
        case 1 -> {
          if (!hidden.isEmpty()) {
            int[] change = hidden.pollFirstEntry().getValue();
            visible[change[0]] = change[1];
          }
        }
        case 2 -> {
          if (chunk == null) {
            chunk = visible.clone();
            hiddenAtRead = new TreeMap<>(hidden);
            emittedAtRead = transaction;
          }
        }
        default -> {
          if (chunk != null) {
            TreeMap<Integer, int[]> unseen = hiddenAtRead;
            int emitted = emittedAtRead;
            Touches.Verdict verdict =
                touches.judge(t -> t <= emitted && !(withSnapshot && unseen.containsKey((int) t)));
            for (int key = 0; key < keys; key++) {
              if (!verdict.isStale(key(key))) {
                topic[key] = chunk[key];
              }
            }
            chunk = null;
          }
        }
      }
    }
    return java.util.Arrays.equals(topic, committed);
  }
}
