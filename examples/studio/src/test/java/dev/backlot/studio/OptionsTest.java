package dev.backlot.studio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class OptionsTest {
  @Test
  void given_values_replace_the_defaults() {
    Options options = Options.parse(List.of("--port", "8085", "--rate", "2.5", "--no-workload"));

    assertThat(options.port()).isEqualTo(8085);
    assertThat(options.rate()).isEqualTo(2.5);
    assertThat(options.paused()).isTrue();
    assertThat(options.once()).isFalse();
    assertThat(options.database()).isEqualTo("studio");
    assertThat(options.graphPort()).isEmpty();
  }

  @Test
  void the_graph_is_served_where_it_is_asked_for() {
    assertThat(Options.parse(List.of("--graph-port", "8086")).graphPort()).hasValue(8086);
  }

  @Test
  void an_unknown_option_is_refused_with_the_known_ones() {
    assertThatThrownBy(() -> Options.parse(List.of("--prot", "8085")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'--prot'")
        .hasMessageContaining("--port");
  }

  @Test
  void a_rate_of_nothing_is_refused() {
    assertThatThrownBy(() -> Options.parse(List.of("--rate", "0")))
        .hasMessageContaining("--no-workload");
  }
}
