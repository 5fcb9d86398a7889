package dev.backlot.capture.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A way to a server on loopback that can lose whatever passes, in both directions, while every
 * connection still looks well. Connections of before never recover.
 */
final class CutNetwork implements AutoCloseable {
  private final ServerSocket entrance;
  private final int target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private volatile boolean cut;
  private volatile int age;

  CutNetwork(int target) throws IOException {
    this.target = target;
    this.entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    start(this::accept);
  }

  int port() {
    return entrance.getLocalPort();
  }

  void cut() {
    cut = true;
    age++;
  }

  void mend() {
    cut = false;
  }

  private void accept() throws IOException {
    while (!entrance.isClosed()) {
      Socket client = entrance.accept();
      Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
      client.setTcpNoDelay(true);
      server.setTcpNoDelay(true);
      sockets.add(client);
      sockets.add(server);
      int born = age;
      start(() -> pass(client, server, born));
      start(() -> pass(server, client, born));
    }
  }

  private void pass(Socket from, Socket to, int born) throws IOException {
    InputStream in = from.getInputStream();
    OutputStream out = to.getOutputStream();
    byte[] buffer = new byte[65_536];
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      if (!cut && born == age) {
        out.write(buffer, 0, count);
      }
    }
    if (!cut && born == age) {
      to.close();
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void start(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // One end is gone.
              }
            },
            "cut-network");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try {
      entrance.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
