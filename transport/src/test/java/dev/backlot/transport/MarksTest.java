package dev.backlot.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

final class MarksTest {
  private static final TopicPartition ZERO = new TopicPartition("movie", 0);
  private static final TopicPartition ONE = new TopicPartition("movie", 1);

  @Test
  void aMarkReadsBackFromItsText() {
    Mark mark = new Mark(9_007_199_254_740_993L, 7);

    assertThat(Mark.parse(mark.toString())).isEqualTo(mark);
    assertThat(mark).hasToString("9007199254740993:7");
    assertThatThrownBy(() -> Mark.parse("12")).hasMessage("No mark '12'");
  }

  @Test
  void theLowestMarkOfSeveralTablesKeepsItsOwnGeneration() {
    Marks ahead = new Marks(Map.of(ZERO, new Mark(20, 3), ONE, new Mark(5, 1)));
    Marks behind = new Marks(Map.of(ZERO, new Mark(10, 2), ONE, new Mark(9, 4)));

    assertThat(Marks.lowest(List.of(ahead, behind)))
        .isEqualTo(new Marks(Map.of(ZERO, new Mark(10, 2), ONE, new Mark(5, 1))));
  }

  @Test
  void aTopicIsCoveredWhenEachOfItsPartitionsHasAMark() {
    Marks marks = new Marks(Map.of(ZERO, new Mark(0, 0), ONE, new Mark(0, 0)));

    assertThat(marks.covers("movie", 2)).isTrue();
    assertThat(marks.covers("movie", 3)).isFalse();
    assertThat(marks.covers("talent", 1)).isFalse();
  }
}
