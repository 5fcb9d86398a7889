package dev.backlot.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialsTest {
  @TempDir private Path home;
  private Path other;

  @BeforeEach
  void writeTokens() throws IOException {
    other = home.resolve("other");
    Files.createDirectories(home.resolve(".backlot/servers"));
    Files.createDirectories(other);
    Files.writeString(home.resolve(".backlot/token"), "default\n");
    Files.writeString(other.resolve("token"), "others\n");
    Files.writeString(home.resolve(".backlot/servers/8101"), other + "\n");
  }

  private String token(String environment, Optional<Path> dataDir, String server) {
    return new Credentials(environment, dataDir, home).token(server);
  }

  @Test
  void the_platform_on_a_port_of_this_machine_is_found_by_it() {
    assertThat(token("", Optional.empty(), "http://localhost:8080")).isEqualTo("default");
    assertThat(token("", Optional.empty(), "http://localhost:8101/")).isEqualTo("others");
    assertThat(token("", Optional.empty(), "http://127.0.0.1:8101")).isEqualTo("others");
  }

  @Test
  void what_is_named_wins_and_the_environment_is_next() {
    assertThat(token("given", Optional.of(other), "http://localhost:8080")).isEqualTo("others");
    assertThat(token("given", Optional.empty(), "http://localhost:8101")).isEqualTo("given");
    assertThat(token("given", Optional.empty(), "https://data.example")).isEqualTo("given");
  }

  @Test
  void a_token_from_a_file_goes_to_no_other_machine() {
    for (String server :
        List.of(
            "http://evil.example:8080",
            "http://localhost.evil.example",
            "http://localhost@evil.example",
            "nonsense")) {
      assertThat(token("", Optional.empty(), server)).isEmpty();
      assertThat(token("", Optional.of(other), server)).isEmpty();
    }
  }
}
