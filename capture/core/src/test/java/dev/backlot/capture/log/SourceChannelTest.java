package dev.backlot.capture.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.event.EventHeader;
import dev.backlot.event.Position;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class SourceChannelTest {
  private static final int PARTITIONS = 4;
  private static final byte[] VALUE = {1};

  private final MockProducer<byte[], byte[]> kafka =
      new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final OrderedWriter writer =
      new OrderedWriter(
          kafka,
          () -> true,
          0,
          new WriteListener() {
            @Override
            public void acknowledged(int size) {}

            @Override
            public void batchAcknowledged(int size, long after) {}
          });

  private List<ProducerRecord<byte[], byte[]>> written(Position[] tails) {
    kafka.clear();
    SourceChannel channel = new SourceChannel(writer, "t", tails, 1, 1);
    for (int transaction = 1; transaction <= 20; transaction++) {
      for (int change = 0; change < 5; change++) {
        int ordinal = change * SourceChannel.ORDINALS_PER_CHANGE;
        for (int offset = 0; offset <= 2; offset += 2) {
          Position position = new Position(1, transaction * 100L, ordinal + offset);
          channel.writeChange(SourceChannel.NO_KEY, VALUE, position, 0, 0);
        }
      }
    }
    return new ArrayList<>(kafka.history());
  }

  private static Position position(ProducerRecord<byte[], byte[]> record) {
    return EventHeader.decode(record.headers().lastHeader(EventHeader.NAME).value()).position();
  }

  @Test
  void changes_without_a_key_are_written_once_whatever_was_written_before_a_death() {
    Position[] none = new Position[PARTITIONS];
    Arrays.fill(none, Position.START);
    List<ProducerRecord<byte[], byte[]>> all = written(none);
    assertThat(all).hasSize(200).allMatch(record -> record.key() == null);
    assertThat(all.stream().map(ProducerRecord::partition).distinct()).hasSize(PARTITIONS);

    for (int death = 0; death <= all.size(); death++) {
      Position[] tails = none.clone();
      for (ProducerRecord<byte[], byte[]> record : all.subList(0, death)) {
        tails[record.partition()] = position(record);
      }

      List<Position> rest = written(tails).stream().map(SourceChannelTest::position).toList();

      assertThat(rest)
          .isEqualTo(
              all.subList(death, all.size()).stream().map(SourceChannelTest::position).toList());
    }
  }
}
