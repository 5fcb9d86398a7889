package dev.backlot.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ListeningPortsTest {
  @Test
  void aTakenPortIsExplained() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      List<Problem> problems = ListeningPorts.taken(Map.of("kafka", socket.getLocalPort()));

      assertThat(problems).hasSize(1);
      assertThat(problems.get(0).code()).isEqualTo(ProblemCode.PORT_TAKEN);
      assertThat(problems.get(0).message())
          .startsWith("Cannot start service 'kafka': port " + socket.getLocalPort() + " is taken");
    }
  }

  @Test
  void aFreePortIsNoProblem() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }

    assertThat(ListeningPorts.taken(Map.of("kafka", port))).isEmpty();
  }
}
