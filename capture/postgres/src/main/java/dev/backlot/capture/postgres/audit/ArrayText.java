package dev.backlot.capture.postgres.audit;

import dev.backlot.schema.canonical.Canonical;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@code array_out} prints (PostgreSQL documentation, "Arrays", "Array Input and Output
 * Syntax"). Arrays of several dimensions, or whose first index is not 1, are not lists.
 */
final class ArrayText implements CanonicalText {
  private static final byte[] NULL = {'N', 'U', 'L', 'L'};

  private final CanonicalText element;
  private final byte delimiter;
  private final ByteArrayOutputStream unescaped = new ByteArrayOutputStream();
  private final TextSlice slice = new TextSlice();

  ArrayText(CanonicalText element, char delimiter) {
    this.element = element;
    this.delimiter = (byte) delimiter;
  }

  @Override
  public boolean canonical(byte[] in, int from, int size, TextSlice out) {
    if (in[from] != '{') {
      return false;
    }
    List<@Nullable String> elements = new ArrayList<>();
    int end = from + size - 1;
    int at = from + 1;
    while (at < end) {
      if (in[at] == '{') {
        return false;
      }
      unescaped.reset();
      boolean quoted = in[at] == '"';
      at = quoted ? quoted(in, at + 1) : plain(in, at, end);
      byte[] bytes = unescaped.toByteArray();
      if (!quoted && java.util.Arrays.equals(bytes, NULL)) {
        elements.add(null);
      } else if (element.canonical(bytes, 0, bytes.length, slice)) {
        elements.add(slice.toString());
      } else {
        return false;
      }
      at++;
    }
    out.set(Canonical.list(elements));
    return true;
  }

  /** Takes an element up to its closing quote, and returns where the delimiter stands. */
  private int quoted(byte[] in, int start) {
    int at = start;
    while (in[at] != '"') {
      if (in[at] == '\\') {
        at++;
      }
      unescaped.write(in[at++]);
    }
    return at + 1;
  }

  private int plain(byte[] in, int start, int end) {
    int at = start;
    while (at < end && in[at] != delimiter) {
      unescaped.write(in[at++]);
    }
    return at;
  }
}
