package dev.backlot.engine.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.engine.batch.RowQueue.Turn;
import dev.backlot.sdk.BatchFunction.Answer;
import dev.backlot.sdk.BatchFunction.Question;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.data.GenericRowData;
import org.junit.jupiter.api.Test;

class RowQueueTest {
  private final long[] micros = {1_000};
  private final StampClock clock = new StampClock(() -> micros[0]);
  private final RowQueue queue = new RowQueue(clock);
  private final List<WaitingRow> superseded = new ArrayList<>();

  private WaitingRow row(Object key) {
    Question question = new Question(List.of(String.valueOf(key)));
    return new WaitingRow(new GenericRowData(0), key, question, 0, 0, clock.next());
  }

  private Turn add(WaitingRow row) {
    return queue.addQuestion(row, superseded::add);
  }

  private List<WaitingRow> leaving() {
    List<WaitingRow> leaving = new ArrayList<>();
    for (WaitingRow row = queue.poll(); row != null; row = queue.poll()) {
      leaving.add(row);
    }
    return leaving;
  }

  @Test
  void rows_leave_in_the_order_in_which_they_came() {
    WaitingRow a = row("a");
    WaitingRow b = row("b");
    WaitingRow c = row("c");
    List.of(a, b, c).forEach(this::add);
    List.of(a, b, c).forEach(queue::asked);

    c.done(new Answer.Missing());
    queue.answered(c);
    assertThat(leaving()).isEmpty();
    a.done(new Answer.Missing());
    queue.answered(a);
    assertThat(leaving()).containsExactly(a);
    b.done(new Answer.Missing());
    queue.answered(b);
    assertThat(leaving()).containsExactly(b, c);
    assertThat(queue.isEmpty()).isTrue();
  }

  @Test
  void the_newest_of_a_key_takes_the_place_of_those_that_wait() {
    WaitingRow first = row("a");
    WaitingRow second = row("a");
    WaitingRow third = row("a");
    assertThat(add(first)).isEqualTo(Turn.NOW);
    queue.asked(first);

    assertThat(add(second)).isEqualTo(Turn.LATER);
    assertThat(add(third)).isEqualTo(Turn.LATER);

    assertThat(superseded).containsExactly(second);
    first.done(new Answer.Missing());
    assertThat(queue.answered(first)).isSameAs(third);
    queue.asked(third);
    third.done(new Answer.Missing());
    queue.answered(third);
    assertThat(leaving()).containsExactly(first, third);
  }

  @Test
  void a_delete_takes_the_place_of_what_waits_and_keeps_its_own() {
    WaitingRow asked = row("a");
    WaitingRow waiting = row("a");
    WaitingRow delete = row("a");
    WaitingRow again = row("a");
    add(asked);
    queue.asked(asked);
    add(waiting);
    queue.addPassing(delete, superseded::add);
    add(again);

    assertThat(superseded).containsExactly(waiting);
    assertThat(leaving()).isEmpty();
    asked.done(new Answer.Missing());
    assertThat(queue.answered(asked)).isSameAs(again);
    assertThat(leaving()).containsExactly(asked, delete);
  }

  @Test
  void stamps_of_a_key_grow_even_when_an_older_row_was_answered_late() {
    WaitingRow asked = row("a");
    WaitingRow delete = row("a");
    add(asked);
    queue.asked(asked);
    queue.addPassing(delete, superseded::add);
    micros[0] = 9_000;
    asked.stamp = clock.next();
    asked.done(new Answer.Missing());
    queue.answered(asked);

    List<WaitingRow> left = leaving();

    assertThat(left).containsExactly(asked, delete);
    assertThat(delete.stamp).isGreaterThan(asked.stamp);
    assertThat(clock.next()).isGreaterThan(delete.stamp);
  }

  @Test
  void rows_without_a_key_have_nothing_to_do_with_one_another() {
    WaitingRow a = row(null);
    WaitingRow b = row(null);

    assertThat(add(a)).isEqualTo(Turn.NOW);
    queue.asked(a);
    assertThat(add(b)).isEqualTo(Turn.NOW);

    assertThat(superseded).isEmpty();
  }

  @Test
  void a_key_is_asking_from_the_row_that_waits_until_the_answer() {
    assertThat(queue.isAsking("a")).isFalse();
    WaitingRow row = row("a");
    add(row);
    assertThat(queue.isAsking("a")).isTrue();
    queue.asked(row);
    assertThat(queue.isAsking("a")).isTrue();
    assertThat(queue.isAsking("b")).isFalse();

    row.done(new Answer.Missing());
    queue.answered(row);

    assertThat(queue.isAsking("a")).isFalse();
  }
}
