package dev.backlot.capture.postgres.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ReadAheadTest {
  private final AtomicInteger waits = new AtomicInteger();

  private interface Reader {
    void read(Socket socket, Socket server) throws Exception;
  }

  private void connected(Reader reader) throws Exception {
    ReadAhead.register("test", new ReadAhead.Listener(waits::incrementAndGet, () -> {}));
    try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket socket = new ReadAhead("test").createSocket()) {
      ReadAhead.unregister("test");
      socket.connect(listening.getLocalSocketAddress());
      try (Socket server = listening.accept()) {
        reader.read(socket, server);
      }
    }
  }

  @Test
  void every_byte_arrives_once_and_in_order() throws Exception {
    connected(
        (socket, server) -> {
          byte[] sent = new byte[3_000_000];
          new Random(7).nextBytes(sent);
          CompletableFuture<Void> sending =
              CompletableFuture.runAsync(
                  () -> {
                    try {
                      server.getOutputStream().write(sent);
                      server.close();
                    } catch (java.io.IOException e) {
                      throw new java.io.UncheckedIOException(e);
                    }
                  });

          byte[] read = new byte[sent.length];
          InputStream in = socket.getInputStream();
          int at = 0;
          int next = 1;
          while (at < read.length) {
            if (next % 3 == 0) {
              read[at++] = (byte) in.read();
            } else {
              at += in.readNBytes(read, at, Math.min(next * 7 % 9_000, read.length - at));
            }
            next++;
          }

          assertThat(read).isEqualTo(sent);
          assertThat(in.read()).isEqualTo(-1);
          sending.join();
        });
  }

  @Test
  void it_says_before_it_waits_and_only_then() throws Exception {
    connected(
        (socket, server) -> {
          InputStream in = socket.getInputStream();
          server.getOutputStream().write(new byte[] {1, 2});
          assertThat(in.read()).isEqualTo(1);
          assertThat(in.available()).isEqualTo(1);
          assertThat(waits).hasValue(0);
          assertThat(in.read()).isEqualTo(2);

          assertThat(in.available()).isZero();

          assertThat(waits).hasValue(1);
        });
  }

  @Test
  void a_timeout_of_the_socket_holds() throws Exception {
    connected(
        (socket, server) -> {
          socket.setSoTimeout(1);
          InputStream in = socket.getInputStream();
          assertThatThrownBy(in::read).isInstanceOf(SocketTimeoutException.class);
          server.getOutputStream().write(5);
          socket.setSoTimeout(5_000);
          assertThat(in.read()).isEqualTo(5);
        });
  }
}
