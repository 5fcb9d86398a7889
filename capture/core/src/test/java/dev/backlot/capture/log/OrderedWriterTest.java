package dev.backlot.capture.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class OrderedWriterTest {
  private final MockProducer<byte[], byte[]> kafka =
      new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final AtomicBoolean allowed = new AtomicBoolean(true);
  private final List<String> heard = new ArrayList<>();
  private long nanos;
  private final OrderedWriter writer =
      new OrderedWriter(kafka, allowed::get, 5, new Listening(), () -> nanos);

  private void send() {
    writer.send(new ProducerRecord<>("t", 0, new byte[0], new byte[0]));
  }

  private final class Listening implements WriteListener {
    @Override
    public void acknowledged(int size) {
      heard.add("record");
    }

    @Override
    public void batchAcknowledged(int size, long after) {
      heard.add(size + " records after " + after);
    }
  }

  @Test
  void a_listener_hears_of_records_and_of_whole_batches() {
    send();
    send();
    writer.boundary(10);
    writer.roll();
    nanos = 7;
    kafka.completeNext();
    kafka.completeNext();

    assertThat(heard).containsExactly("record", "record", "2 records after 7");
  }

  @Test
  void who_sends_hears_where_a_record_stands_before_what_waits_for_it_runs() {
    writer.send(
        new ProducerRecord<>("t", 0, new byte[0], new byte[0]),
        (partition, offset) -> heard.add("at " + partition + "/" + offset));
    writer.whenAcknowledged(() -> heard.add("acknowledged"));
    kafka.completeNext();
    writer.advance();

    assertThat(heard).containsSubsequence("at 0/0", "acknowledged");
  }

  @Test
  void a_place_is_confirmed_when_everything_before_it_is_acknowledged() {
    writer.track("t", new long[] {0});
    send();
    writer.boundary(10);
    writer.roll();
    send();
    send();
    writer.boundary(20);
    writer.roll();
    assertThat(writer.advance()).isEqualTo(5);
    kafka.completeNext();
    assertThat(writer.advance()).isEqualTo(10);
    kafka.completeNext();
    assertThat(writer.advance()).isEqualTo(10);
    kafka.completeNext();
    assertThat(writer.advance()).isEqualTo(20);
    assertThat(writer.nextOffsets().get("t")).containsExactly(3L);
  }

  @Test
  void what_is_sent_behind_a_boundary_does_not_count_before_the_next() {
    send();
    writer.boundary(10);
    send();
    writer.roll();
    kafka.completeNext();
    assertThat(writer.advance()).isEqualTo(5);
    kafka.completeNext();
    assertThat(writer.advance()).isEqualTo(10);
  }

  @Test
  void an_action_waits_for_what_was_sent_before_it_only() {
    List<String> done = new ArrayList<>();
    send();
    writer.boundary(10);
    writer.whenAcknowledged(() -> done.add("first"));
    send();
    writer.boundary(20);
    writer.whenAcknowledged(() -> done.add("second"));
    kafka.completeNext();
    writer.advance();
    assertThat(done).containsExactly("first");
    kafka.completeNext();
    writer.advance();
    assertThat(done).containsExactly("first", "second");
  }

  @Test
  void after_a_failure_nothing_more_is_confirmed_or_sent() {
    send();
    writer.boundary(10);
    writer.roll();
    send();
    writer.boundary(20);
    writer.roll();
    kafka.errorNext(new IllegalStateException("refused"));
    kafka.completeNext();
    assertThat(writer.advance()).isEqualTo(5);
    assertThat(kafka.closed()).as("what waits behind the failed record is dropped").isTrue();
    assertThatThrownBy(this::send)
        .isInstanceOf(OrderedWriter.WriterStoppedException.class)
        .hasRootCauseMessage("refused");
  }

  @Test
  void without_the_lease_nothing_is_sent() {
    allowed.set(false);
    assertThatThrownBy(this::send).isInstanceOf(OrderedWriter.WriterStoppedException.class);
    assertThat(kafka.history()).isEmpty();
  }

  @Test
  void a_push_flushes_what_was_sent_without_the_sender_waiting() {
    send();
    writer.boundary(10);
    writer.roll();
    assertThat(writer.advance()).isEqualTo(5);

    writer.push();

    await().untilAsserted(() -> assertThat(writer.advance()).isEqualTo(10));
  }
}
