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
  private static final Map<String, Runnable> LISTENERS = new ConcurrentHashMap<>();

  private final Runnable beforeWait;

  /** Makes a factory for the driver, with the token that {@link #register} was given. */
  public ReadAhead(String token) {
    this.beforeWait = LISTENERS.getOrDefault(token, () -> {});
  }

  /**
   * Lets sockets made under this token say when nothing has come for a moment, just before their
   * reader waits; by the thread that reads.
   */
  static void register(String token, Runnable beforeWait) {
    LISTENERS.put(token, beforeWait);
  }

  /** Forgets the token; sockets that exist keep their listener. */
  static void unregister(String token) {
    LISTENERS.remove(token);
  }

  @Override
  public Socket createSocket() {
    return new ReadAheadSocket(beforeWait);
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
    private final Runnable beforeWait;
    private @Nullable ReadAheadStream stream;

    ReadAheadSocket(Runnable beforeWait) {
      this.beforeWait = beforeWait;
    }

    @Override
    public synchronized InputStream getInputStream() throws IOException {
      ReadAheadStream made = stream;
      if (made == null) {
        made = new ReadAheadStream(super.getInputStream(), beforeWait);
        stream = made;
      }
      return made;
    }
  }

  /** For one reading thread. */
  private static final class ReadAheadStream extends InputStream {
    private final InputStream in;
    private final Runnable beforeWait;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int next;
    private int end;

    ReadAheadStream(InputStream in, Runnable beforeWait) {
      this.in = in;
      this.beforeWait = beforeWait;
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
          beforeWait.run();
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
          return in.read(to, offset, length);
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
      return count > 0;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
