package dev.backlot.capture.postgres.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TimelinesTest {
  @Test
  void a_place_belongs_to_the_timeline_that_was_written_there() {
    Timelines timelines =
        new Timelines(
            3,
            Timelines.parse(
                "1\t0/3000148\tno recovery target specified\n\n2\t1/A0\tfailed over\n"));
    assertThat(timelines.at(0x3000147L)).isEqualTo(1);
    assertThat(timelines.at(0x3000148L)).isEqualTo(2);
    assertThat(timelines.at((1L << 32) + 0x9f)).isEqualTo(2);
    assertThat(timelines.at((1L << 32) + 0xa0)).isEqualTo(3);
    assertThat(new Timelines(1, Timelines.parse("")).at(7)).isEqualTo(1);
  }
}
