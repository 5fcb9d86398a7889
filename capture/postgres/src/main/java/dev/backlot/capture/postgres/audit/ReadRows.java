package dev.backlot.capture.postgres.audit;

import dev.backlot.model.audit.AuditAnswer;
import dev.backlot.model.audit.AuditRead;
import dev.backlot.schema.canonical.RowDigest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Rows that an audit has read: as much of each as is asked for. For one thread. */
final class ReadRows {
  private static final byte[] BETWEEN = {1};
  private static final int NUMBERS = 4;

  private final ComparedTable table;
  private final CanonicalText[] texts;
  private final AuditRead.Detail detail;
  private final int buckets;
  private final RowDigest digest = new RowDigest();
  private final MessageDigest scopeHash;
  private final TextSlice[] slices;
  private final boolean[] present;

  /** Of each row, one after the other: the key's digest, the row's digest. */
  private long[] numbers = new long[NUMBERS * 1024];

  private int size;
  private final List<List<String>> keys = new ArrayList<>();
  private final List<List<@Nullable String>> values = new ArrayList<>();
  private long bytes;

  private record Digest(long high, long low) {}

  ReadRows(ComparedTable table, AuditRead read) {
    this.table = table;
    this.detail = read.detail();
    this.buckets = Math.max(1, read.buckets());
    this.texts = table.selected().stream().map(ComparedColumn::text).toArray(CanonicalText[]::new);
    this.slices = new TextSlice[texts.length];
    Arrays.setAll(slices, i -> new TextSlice());
    this.present = new boolean[texts.length];
    try {
      this.scopeHash = MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has MD5", e);
    }
  }

  /** Takes a row as the table selects it. */
  void add(byte[] in, int[] offsets, int[] lengths) {
    for (int i = 0; i < texts.length; i++) {
      present[i] = lengths[i] >= 0;
      if (present[i]) {
        texts[i].give(in, offsets[i], lengths[i], slices[i]);
      }
    }
    for (int at : table.keyAt()) {
      digest.add(slices[at].bytes, slices[at].from, slices[at].size);
    }
    RowDigest.Sum key = digest.row();
    for (int at : table.fieldAt()) {
      if (present[at]) {
        digest.add(slices[at].bytes, slices[at].from, slices[at].size);
      } else {
        digest.add(null);
      }
    }
    RowDigest.Sum row = digest.row();
    int at = NUMBERS * size++;
    if (at == numbers.length) {
      numbers = Arrays.copyOf(numbers, 2 * at);
    }
    numbers[at] = key.high();
    numbers[at + 1] = key.low();
    numbers[at + 2] = row.high();
    numbers[at + 3] = row.low();
    if (detail != AuditRead.Detail.SUMS) {
      keep();
    }
  }

  private void keep() {
    keys.add(key());
    for (int at : table.keyAt()) {
      bytes += slices[at].size;
    }
    if (detail == AuditRead.Detail.ROWS) {
      List<@Nullable String> row = new ArrayList<>(table.fieldAt().length);
      for (int at : table.fieldAt()) {
        row.add(present[at] ? slices[at].toString() : null);
        bytes += present[at] ? slices[at].size : 0;
      }
      values.add(row);
    }
  }

  /** Returns the key of the row that was added last. */
  List<String> key() {
    List<String> key = new ArrayList<>(table.keyAt().length);
    for (int at : table.keyAt()) {
      key.add(slices[at].toString());
    }
    return List.copyOf(key);
  }

  int size() {
    return size;
  }

  /** Returns how many bytes of keys and values are kept for the answer. */
  long bytes() {
    return bytes;
  }

  /** Returns whether the hash of the row's key that was added last begins with these digits. */
  boolean isHashed(String prefix) {
    for (int i = 0; i < table.keyAt().length; i++) {
      if (i > 0) {
        scopeHash.update(BETWEEN);
      }
      TextSlice slice = slices[table.keyAt()[i]];
      scopeHash.update(slice.bytes, slice.from, slice.size);
    }
    return HexFormat.of().formatHex(scopeHash.digest()).startsWith(prefix);
  }

  /** Takes back the row that was added last. */
  void removeLast() {
    size--;
    if (detail != AuditRead.Detail.SUMS) {
      keys.remove(size);
    }
    if (detail == AuditRead.Detail.ROWS) {
      values.remove(size);
    }
  }

  /** Returns whether the key's hash begins with these digits. */
  static boolean isHashed(List<String> key, String prefix) {
    try {
      byte[] hash =
          MessageDigest.getInstance("MD5")
              .digest(String.join("\u0001", key).getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash).startsWith(prefix);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has MD5", e);
    }
  }

  /** Returns a sum per bucket over all rows but those of these keys. */
  List<AuditAnswer.Sum> sums(List<List<String>> moving) {
    if (detail != AuditRead.Detail.SUMS) {
      return List.of();
    }
    Set<Digest> without = digests(moving);
    long[] rows = new long[buckets];
    long[] high = new long[buckets];
    long[] low = new long[buckets];
    for (int i = 0; i < size; i++) {
      if (!isAmong(without, i)) {
        int at = NUMBERS * i;
        int bucket = (int) Long.remainderUnsigned(numbers[at], buckets);
        rows[bucket]++;
        high[bucket] += numbers[at + 2];
        low[bucket] += numbers[at + 3];
      }
    }
    List<AuditAnswer.Sum> sums = new ArrayList<>(buckets);
    for (int i = 0; i < buckets; i++) {
      sums.add(new AuditAnswer.Sum(rows[i], high[i], low[i]));
    }
    return sums;
  }

  /** Returns all rows but those of these keys, when rows are asked for. */
  List<AuditAnswer.Row> rows(List<List<String>> moving) {
    if (detail == AuditRead.Detail.SUMS) {
      return List.of();
    }
    Set<Digest> without = digests(moving);
    List<AuditAnswer.Row> rows = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      if (!isAmong(without, i)) {
        int at = NUMBERS * i;
        rows.add(
            new AuditAnswer.Row(
                keys.get(i),
                new AuditAnswer.Sum(1, numbers[at + 2], numbers[at + 3]),
                detail == AuditRead.Detail.ROWS ? values.get(i) : List.of()));
      }
    }
    return rows;
  }

  private boolean isAmong(Set<Digest> some, int row) {
    return !some.isEmpty()
        && some.contains(new Digest(numbers[NUMBERS * row], numbers[NUMBERS * row + 1]));
  }

  private Set<Digest> digests(List<List<String>> some) {
    Set<Digest> digests = new HashSet<>();
    for (List<String> key : some) {
      key.forEach(digest::add);
      RowDigest.Sum sum = digest.row();
      digests.add(new Digest(sum.high(), sum.low()));
    }
    return digests;
  }
}
