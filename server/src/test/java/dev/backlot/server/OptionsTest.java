package dev.backlot.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {
  @Test
  void bothWaysToGiveAValueMeanTheSame() {
    Options spaced =
        Options.parse(List.of("up", "--data-dir", "/d", "--port", "9000", "--config", "c.yaml"));
    Options joined =
        Options.parse(List.of("up", "--data-dir=/d", "--port=9000", "--config=c.yaml"));

    assertThat(spaced)
        .isEqualTo(joined)
        .isEqualTo(
            new Options(
                false,
                true,
                Optional.of(Path.of("/d")),
                Optional.of(9000),
                Optional.of(Path.of("c.yaml"))));
  }

  @Test
  void theDemoMayStartPaused() {
    assertThat(Options.parse(List.of("demo", "--no-workload")).workload()).isFalse();
    assertThat(Options.parse(List.of("demo")).workload()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "down",
        "up --port",
        "up --port 0",
        "up --port x",
        "up --speed 9",
        "up --no-workload"
      })
  void whatCantBeMeantIsWrongUsage(String words) {
    assertThatThrownBy(() -> Options.parse(List.of(words.split(" "))))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> assertThat(e.problems().get(0).code()).isEqualTo(ProblemCode.USAGE));
  }
}
