package dev.backlot.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class WireTest {
  @Test
  void numbersAreReadAsTheyWereWritten() {
    long[] longs = {0, 1, -1, 63, 64, -64, -65, 1L << 40, Long.MAX_VALUE, Long.MIN_VALUE};
    AvroOutput out = new AvroOutput(0);
    for (long value : longs) {
      out.writeLong(value);
      out.writeInt((int) value);
      out.writeDoubleBits(Double.doubleToRawLongBits(value / 3.0));
      out.writeFloatBits(Float.floatToRawIntBits(value / 3.0f));
    }
    AvroInput in = new AvroInput();
    in.reset(out.toByteArray(), 0, out.size());
    for (long value : longs) {
      assertThat(in.readLong()).isEqualTo(value);
      assertThat(in.readInt()).isEqualTo((int) value);
      assertThat(in.readDouble()).isEqualTo(value / 3.0);
      assertThat(in.readFloat()).isEqualTo(value / 3.0f);
    }
    assertThat(in.atEnd()).isTrue();
  }

  @Test
  void brokenBytesAreRefusedAndNotReadPastTheEnd() {
    AvroInput in = new AvroInput();
    in.reset(new byte[] {-1, -1}, 0, 2);
    assertThatThrownBy(in::readLong).isInstanceOf(IndexOutOfBoundsException.class);
    in.reset(new byte[] {20, 'a'}, 0, 2);
    assertThatThrownBy(in::readString).isInstanceOf(IndexOutOfBoundsException.class);
    in.reset(new byte[] {1}, 0, 1);
    assertThatThrownBy(in::readString).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void positionsAndTheirTextsSortAlike() {
    List<Position> sorted =
        List.of(
            Position.START,
            new Position(1, 0x0A, 0),
            new Position(1, 0x0A, 10),
            new Position(1, 0x0B, 2),
            new Position(1, 0x7FFFFFFFFFFFFFFFL, 0),
            new Position(1, -1L, 0),
            new Position(2, 3, -1));
    List<Position> shuffled = new ArrayList<>(sorted);
    Collections.reverse(shuffled);
    Collections.sort(shuffled);
    assertThat(shuffled).isEqualTo(sorted);
    List<String> texts = sorted.stream().map(Position::toString).toList();
    assertThat(texts).isSorted().allMatch(text -> text.length() == Position.TEXT_LENGTH);
    assertThat(texts.get(2)).isEqualTo("00000001/000000000000000A/0000000A");
    assertThat(texts.stream().map(Position::parse)).isEqualTo(sorted);
    assertThatThrownBy(() -> Position.parse("0/1/2")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aHeaderIsReadAsItWasWritten() {
    EventHeader header =
        new EventHeader(
            EventHeader.DUMP | EventHeader.CONTROL, 1L << 40, new Position(3, -5, 77), -123_456L);
    byte[] bytes = header.encode();
    assertThat(bytes).hasSize(EventHeader.SIZE);
    assertThat(EventHeader.decode(bytes)).isEqualTo(header);
    assertThat(header.isDump()).isTrue();
    assertThat(header.isControl()).isTrue();
    bytes[0] = 2;
    assertThatThrownBy(() -> EventHeader.decode(bytes))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aControlRecordIsReadAsItWasWritten() {
    ControlRecord fence =
        new ControlRecord(ControlRecord.Kind.FENCE, 7, new Position(1, 0x1234, 0));
    byte[] bytes = fence.encode(42);
    assertThat(Confluent.schemaId(bytes)).isEqualTo(42);
    assertThat(ControlRecord.decode(bytes)).isEqualTo(fence);
    assertThat(ControlRecord.decode(ControlRecord.MARK.encode(42))).isEqualTo(ControlRecord.MARK);
    assertThatThrownBy(() -> ControlRecord.decode(Arrays.copyOf(bytes, 9)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Expected values: org.apache.kafka.common.utils.Utils.murmur2, Kafka 4.3. */
  @Test
  void aKeysPartitionIsThatOfKafkasDefaultPartitioner() {
    assertThat(murmur2("21")).isEqualTo(-973932308);
    assertThat(murmur2("foobar")).isEqualTo(-790332482);
    assertThat(murmur2("a-little-bit-long-string")).isEqualTo(-985981536);
    assertThat(murmur2("a-little-bit-longer-string")).isEqualTo(-1486304829);
    assertThat(murmur2("lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8")).isEqualTo(-58897971);
    assertThat(murmur2("abc")).isEqualTo(479470107);
  }

  @Test
  void theSchemaIdOfAKeyDoesNotMoveIt() {
    AvroOutput first = new AvroOutput();
    Confluent.frame(first, 1);
    first.writeString("key");
    AvroOutput second = new AvroOutput();
    Confluent.frame(second, 900);
    second.writeString("key");
    assertThat(Partitioning.partition(first.toByteArray(), 1000))
        .isEqualTo(Partitioning.partition(second.toByteArray(), 1000));
  }

  private static int murmur2(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return Partitioning.murmur2(bytes, 0, bytes.length);
  }
}
