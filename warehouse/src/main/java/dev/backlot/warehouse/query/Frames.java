package dev.backlot.warehouse.query;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Messages between a query process and its parent: a type byte, a length of four bytes and a body,
 * on standard input and output. Bodies are UTF-8 JSON, except {@link #ROWS}: JSON rows, each ended
 * by a line feed (which JSON escapes inside of texts).
 *
 * <p>The parent sends {@link #PARSE}, answered by {@link #PARSED} or {@link #FAILED}, and {@link
 * #RUN}, answered by {@link #COLUMNS}, any number of {@link #ROWS} and {@link #DONE}, or by {@link
 * #FAILED} at any point; {@link #CANCEL} at any time makes a run fail, and is ignored when none is
 * running. The child ends when its input does.
 */
final class Frames {
  static final byte PARSE = 'P';
  static final byte RUN = 'Q';
  static final byte CANCEL = 'C';
  static final byte PARSED = 'A';
  static final byte COLUMNS = 'H';
  static final byte ROWS = 'R';
  static final byte DONE = 'D';
  static final byte FAILED = 'E';

  private Frames() {}

  /** A message as read. */
  record Frame(byte type, byte[] body) {
    String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  /** Writes messages; safe for use by several threads. */
  static final class Writer {
    private final DataOutputStream out;

    Writer(OutputStream out) {
      this.out = new DataOutputStream(out);
    }

    synchronized void write(byte type, byte[] body, int length) throws IOException {
      out.writeByte(type);
      out.writeInt(length);
      out.write(body, 0, length);
      out.flush();
    }

    void write(byte type, String body) throws IOException {
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      write(type, bytes, bytes.length);
    }
  }

  /** Reads the next message. */
  static Frame read(DataInputStream in) throws IOException {
    byte type = in.readByte();
    byte[] body = new byte[in.readInt()];
    in.readFully(body);
    return new Frame(type, body);
  }

  static DataInputStream reader(InputStream in) {
    return new DataInputStream(new java.io.BufferedInputStream(in, 1 << 16));
  }

  static boolean isEnd(IOException e) {
    return e instanceof EOFException;
  }
}
