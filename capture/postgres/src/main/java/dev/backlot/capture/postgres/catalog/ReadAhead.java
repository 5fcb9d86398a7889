package dev.backlot.capture.postgres.catalog;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes the socket of a replication connection, which reads far ahead. The server sends each change
 * by itself; a reader that waits for each is woken for each, which costs both more than the change.
 * This one lets some gather before it looks again, and says when it is going to wait.
 *
 * <p>The driver makes one by name, hence public; {@link SourceConnections#openReplication} tells
 * it, by a token, whom to say it to.
 */
public final class ReadAhead extends SocketFactory {
  private static final int BUFFER_BYTES = 256 * 1024;
  private static final long GATHER_NANOS = 100_000;
  private static final Map<String, Listener> LISTENERS = new ConcurrentHashMap<>();
  private static final Listener NOBODY = new Listener(() -> {}, () -> {});

  private final Listener listener;

  /**
   * Whom a socket tells, by the thread that reads.
   *
   * @param beforeWait when nothing has come for a moment
   * @param heard when something has come from the server
   */
  record Listener(Runnable beforeWait, Runnable heard) {}

  /** Makes a factory for the driver, with the token that {@link #register} was given. */
  public ReadAhead(String token) {
    this.listener = LISTENERS.getOrDefault(token, NOBODY);
  }

  /** Lets sockets made under this token tell this listener. */
  static void register(String token, Listener listener) {
    LISTENERS.put(token, listener);
  }

  /** Forgets the token; sockets that exist keep their listener. */
  static void unregister(String token) {
    LISTENERS.remove(token);
  }

  @Override
  public Socket createSocket() {
    return new ReadAheadSocket(listener);
  }

  @Override
  public Socket createSocket(String host, int port) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
    throw new UnsupportedOperationException();
  }

  private static final class ReadAheadSocket extends Socket {
    private final Listener listener;
    private @Nullable ReadAheadStream stream;

    ReadAheadSocket(Listener listener) {
      this.listener = listener;
    }

    @Override
    public synchronized InputStream getInputStream() throws IOException {
      ReadAheadStream made = stream;
      if (made == null) {
        made = new ReadAheadStream(super.getInputStream(), listener);
        stream = made;
      }
      return made;
    }
  }

  /** For one reading thread. */
  private static final class ReadAheadStream extends InputStream {
    private final InputStream in;
    private final Listener listener;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int next;
    private int end;

    ReadAheadStream(InputStream in, Listener listener) {
      this.in = in;
      this.listener = listener;
    }

    @Override
    public int available() throws IOException {
      if (next < end) {
        return end - next;
      }
      int there = in.available();
      if (there == 0) {
        LockSupport.parkNanos(GATHER_NANOS);
        there = in.available();
        if (there == 0) {
          listener.beforeWait().run();
        }
      }
      return there;
    }

    @Override
    public int read() throws IOException {
      if (next == end && !fill()) {
        return -1;
      }
      return buffer[next++] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      if (next == end) {
        if (length >= BUFFER_BYTES) {
          int count = in.read(to, offset, length);
          listener.heard().run();
          return count;
        }
        if (length > 0 && !fill()) {
          return -1;
        }
      }
      int count = Math.min(length, end - next);
      System.arraycopy(buffer, next, to, offset, count);
      next += count;
      return count;
    }

    private boolean fill() throws IOException {
      int count = in.read(buffer, 0, BUFFER_BYTES);
      next = 0;
      end = Math.max(count, 0);
      listener.heard().run();
      return count > 0;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
