package dev.backlot.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Finds ports on loopback that nothing listens on. */
public final class FreePorts {
  private FreePorts() {}

  /**
   * Returns a port that is free now. Another process may take it before the caller does: callers
   * that can't fail try again.
   */
  public static int next() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException("No port is free on loopback", e);
    }
  }

  static int orNext(int port) {
    return port == 0 ? next() : port;
  }
}
