package dev.backlot.engine.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlot.sdk.BatchFunction.Answer;
import dev.backlot.sdk.BatchFunction.Fault;
import dev.backlot.sdk.BatchFunction.Question;
import dev.backlot.sdk.BatchFunction.Reply;
import dev.backlot.sdk.Batching;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.table.data.GenericRowData;
import org.junit.jupiter.api.Test;

class ConversationTest {
  private static final Answer FOUND = new Answer.Found(List.of());
  private final FakeHost host = new FakeHost(ConversationTest::all);

  private static Reply all(List<Question> questions) {
    return new Reply.Answers(questions.stream().map(question -> FOUND).toList());
  }

  private static Reply down(List<Question> questions) {
    return new Reply.Failed(Fault.PASSING, "it is away", Optional.empty());
  }

  private static Reply.Failed failed(Fault fault) {
    return new Reply.Failed(fault, "it failed", Optional.empty());
  }

  private static Batching batching(int size, int inFlight, OptionalInt requests) {
    return new Batching(
        size,
        Duration.ofMillis(5),
        inFlight,
        requests,
        OptionalInt.empty(),
        new Batching.Cache(Duration.ofMinutes(1), 100, Duration.ZERO),
        new Batching.Retry(3, Duration.ofMillis(100), Duration.ofSeconds(1)),
        Batching.Missing.KEEP);
  }

  private Conversation conversation(Batching batching) {
    return new Conversation(
        batching,
        1,
        host,
        new StampClock(() -> host.millis() * 1000),
        new Random(7),
        new BatchMetrics(new UnregisteredMetricsGroup()));
  }

  private List<WaitingRow> add(Conversation conversation, int from, int to) {
    List<WaitingRow> rows = new ArrayList<>();
    IntStream.range(from, to)
        .forEach(
            id -> {
              Question question = new Question(List.of(id));
              WaitingRow row =
                  new WaitingRow(new GenericRowData(0), id, question, 0, host.millis(), 0);
              rows.add(row);
              conversation.add(row);
            });
    return rows;
  }

  /** A graph that answers a batch only when no question in it is bad. */
  private static Reply poisoned(List<Question> questions, Predicate<Integer> bad, Fault fault) {
    boolean fails = questions.stream().anyMatch(q -> bad.test((Integer) q.values().get(0)));
    return fails ? failed(fault) : all(questions);
  }

  @Test
  void full_batches_go_at_once_and_a_rest_after_the_wait() {
    Conversation conversation = conversation(batching(10, 4, OptionalInt.empty()));

    add(conversation, 0, 25);

    assertThat(host.asked).hasSize(2).allMatch(batch -> batch.size() == 10);
    host.run(4);
    assertThat(host.asked).hasSize(2);
    host.run(50);
    assertThat(host.asked).hasSize(3);
    assertThat(host.settled).hasSize(25);
  }

  @Test
  void no_more_requests_are_in_flight_than_allowed() {
    Conversation conversation = conversation(batching(10, 3, OptionalInt.empty()));

    add(conversation, 0, 200);
    host.run(1_000);

    assertThat(host.mostInFlight).isEqualTo(3);
    assertThat(host.settled).hasSize(200);
  }

  @Test
  void what_fails_for_a_passing_reason_is_asked_again_after_random_waits() {
    int[] failures = {2};
    host.graph = questions -> failures[0]-- > 0 ? down(questions) : all(questions);
    Conversation conversation = conversation(batching(10, 1, OptionalInt.empty()));

    add(conversation, 0, 10);
    host.run(2_000);

    assertThat(host.asked).hasSize(3);
    assertThat(host.settled)
        .hasSize(10)
        .allSatisfy((id, answer) -> assertThat(answer).isEqualTo(FOUND));
    assertThat(host.askedAt.get(1) - host.askedAt.get(0)).isBetween(10L, 110L);
    assertThat(host.askedAt.get(2) - host.askedAt.get(1)).isBetween(10L, 210L);
  }

  @Test
  void nothing_fails_in_an_outage_however_long_and_all_goes_on_after_it() {
    Conversation conversation = conversation(batching(10, 4, OptionalInt.empty()));
    add(conversation, 0, 10);
    host.run(100);
    host.graph = ConversationTest::down;

    add(conversation, 100, 200);
    host.run(3_600_000);

    assertThat(host.settled).hasSize(10);
    assertThat(conversation.breakerState()).isEqualTo(2);
    // a control question every half a minute, and nothing else
    assertThat(host.asked.size()).isLessThan(200);
    assertThat(host.asked.get(host.asked.size() - 1)).hasSize(1);
    host.graph = ConversationTest::all;
    host.run(40_000);
    assertThat(host.settled)
        .hasSize(110)
        .allSatisfy((id, answer) -> assertThat(answer).isEqualTo(FOUND));
    assertThat(conversation.breakerState()).isZero();
  }

  @Test
  void nothing_fails_when_the_graph_was_never_there() {
    host.graph = ConversationTest::down;
    host.probe = now -> failed(Fault.PASSING);
    Conversation conversation = conversation(batching(10, 4, OptionalInt.empty()));

    add(conversation, 0, 30);
    host.run(600_000);

    assertThat(host.settled).isEmpty();
    assertThat(conversation.breakerState()).isEqualTo(2);
  }

  @Test
  void a_poisonous_question_is_found_by_halving_and_fails_alone() {
    host.graph = questions -> poisoned(questions, id -> id == 37, Fault.QUESTION);
    Conversation conversation = conversation(batching(100, 2, OptionalInt.empty()));

    add(conversation, 0, 100);
    host.run(10_000);

    assertThat(host.settled).hasSize(100);
    assertThat(host.settled.get(37)).isInstanceOf(Answer.Failed.class);
    assertThat(host.settled.values().stream().filter(Answer.Failed.class::isInstance)).hasSize(1);
    assertThat(host.asked.size()).isLessThan(20);
  }

  @Test
  void a_question_that_always_times_out_fails_alone_once_others_have_answers() {
    host.graph = questions -> poisoned(questions, Set.of(3, 4)::contains, Fault.PASSING);
    Conversation conversation = conversation(batching(8, 2, OptionalInt.empty()));

    add(conversation, 0, 8);
    host.run(60_000);

    assertThat(host.settled).hasSize(8);
    assertThat(host.settled.entrySet().stream().filter(e -> e.getValue() instanceof Answer.Failed))
        .extracting(java.util.Map.Entry::getKey)
        .containsExactlyInAnyOrder(3, 4);
  }

  @Test
  void one_poisonous_question_in_an_idle_stream_fails_after_a_control_question() {
    Conversation conversation = conversation(batching(8, 2, OptionalInt.empty()));
    add(conversation, 0, 1);
    host.run(100);
    host.graph = questions -> poisoned(questions, id -> id == 9, Fault.PASSING);

    add(conversation, 9, 10);
    host.run(60_000);

    assertThat(host.settled.get(9)).isInstanceOf(Answer.Failed.class);
    assertThat(host.asked).contains(List.of(0));
    assertThat(conversation.breakerState()).isZero();
  }

  @Test
  void an_error_of_one_item_fails_it_at_once_while_others_have_answers() {
    host.graph =
        questions ->
            new Reply.Answers(
                questions.stream()
                    .map(
                        q ->
                            q.values().get(0).equals(5)
                                ? new Answer.Failed(false, "it said no")
                                : FOUND)
                    .toList());
    Conversation conversation = conversation(batching(10, 2, OptionalInt.empty()));

    add(conversation, 0, 10);
    host.run(100);

    assertThat(host.asked).hasSize(1);
    assertThat(host.settled.get(5)).isEqualTo(new Answer.Failed(false, "it said no"));
  }

  @Test
  void errors_of_every_item_are_an_outage_when_the_control_question_fails_too() {
    Conversation conversation = conversation(batching(10, 2, OptionalInt.empty()));
    add(conversation, 0, 10);
    host.run(100);
    host.graph =
        questions ->
            new Reply.Answers(
                questions.stream()
                    .map(q -> (Answer) new Answer.Failed(false, "subgraph"))
                    .toList());

    add(conversation, 20, 30);
    host.run(60_000);

    assertThat(host.settled).hasSize(10);
    host.graph = ConversationTest::all;
    host.run(60_000);
    assertThat(host.settled).hasSize(20);
    assertThat(host.settled.values()).noneMatch(Answer.Failed.class::isInstance);
  }

  @Test
  void what_a_reply_does_not_tell_is_asked_alone() {
    host.graph =
        questions ->
            questions.size() == 1
                ? all(questions)
                : new Reply.Answers(
                    questions.stream()
                        .map(q -> q.values().get(0).equals(2) ? new Answer.Unclear() : FOUND)
                        .toList());
    Conversation conversation = conversation(batching(4, 2, OptionalInt.empty()));

    add(conversation, 0, 4);
    host.run(100);

    assertThat(host.asked).containsExactly(List.of(0, 1, 2, 3), List.of(2));
    assertThat(host.settled).hasSize(4);
  }

  @Test
  void a_refused_request_ends_it() {
    host.graph = questions -> failed(Fault.REQUEST);
    Conversation conversation = conversation(batching(4, 2, OptionalInt.empty()));

    add(conversation, 0, 4);

    assertThatThrownBy(() -> host.run(100)).hasMessage("refused: it failed");
  }

  @Test
  void retry_after_holds_every_request() {
    boolean[] first = {true};
    host.graph =
        questions -> {
          if (first[0]) {
            first[0] = false;
            return new Reply.Failed(Fault.PASSING, "busy", Optional.of(Duration.ofSeconds(7)));
          }
          return all(questions);
        };
    Conversation conversation = conversation(batching(4, 1, OptionalInt.empty()));

    add(conversation, 0, 12);
    host.run(6_900);

    assertThat(host.asked).hasSize(1);
    host.run(2_000);
    assertThat(host.settled).hasSize(12);
  }

  @Test
  void requests_keep_to_their_rate() {
    Conversation conversation = conversation(batching(1, 4, OptionalInt.of(10)));

    add(conversation, 0, 100);
    host.run(5_000);

    // ten at once, then ten a second
    assertThat(host.asked.size()).isBetween(55, 65);
    host.run(60_000);
    assertThat(host.settled).hasSize(100);
  }

  @Test
  void a_cached_answer_serves_only_changes_before_it_was_asked_for() {
    Conversation conversation = conversation(batching(4, 2, OptionalInt.empty()));
    long before = host.millis() * 1000;
    add(conversation, 0, 4);
    host.run(100);

    assertThat(conversation.known(new Question(List.of(0)), before - 1)).contains(FOUND);
    assertThat(conversation.known(new Question(List.of(0)), host.millis() * 1000)).isEmpty();
    assertThat(conversation.known(new Question(List.of(50)), before - 1)).isEmpty();
    host.run(60_001);
    assertThat(conversation.known(new Question(List.of(0)), before - 1)).isEmpty();
  }

  @Test
  void nothing_waits_to_fill_a_batch_while_it_is_hurried() {
    Conversation conversation = conversation(batching(10, 2, OptionalInt.empty()));
    add(conversation, 0, 3);
    assertThat(host.asked).isEmpty();

    conversation.hurry();

    assertThat(host.asked).hasSize(1);
  }
}
