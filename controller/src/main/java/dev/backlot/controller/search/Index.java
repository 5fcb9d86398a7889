package dev.backlot.controller.search;

import dev.backlot.controller.search.Words.Word;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * An inverted index over entries, in memory: every distinct word of their names, fields and
 * descriptions, sorted, with the entries that have it. A query's word matches a word that is the
 * same, begins with it, contains it, or, where none does, nearly is it; an entry is found when
 * every word of the query matches, and ranks by how well and where. Immutable.
 *
 * <p>Scanning the distinct words takes milliseconds for a million fields, since names repeat: so
 * parts of words need no further structure.
 */
final class Index {
  /** Where a word stands, the heaviest first. */
  enum Slot {
    TITLE(10),
    FIELD(6),
    TAG(5),
    OWNER(5),
    NAME(4),
    DESCRIPTION(3),
    FIELD_DESCRIPTION(2);

    private final float weight;

    Slot(float weight) {
      this.weight = weight;
    }
  }

  private static final int SLOTS = 8;
  private static final float PREFIX = 0.7f;
  private static final float PART = 0.45f;
  private static final float NEARLY = 0.3f;
  private static final int MOST_WORDS = 8;

  private final List<Entry> entries;
  private final String[] words;
  private final int[][] postings;

  /** Indexes entries; their order is that of equal ranks. */
  Index(Collection<Entry> given) {
    entries = given.stream().sorted(Comparator.comparing(Entry::name)).toList();
    Map<String, Postings> found = new HashMap<>();
    for (int i = 0; i < entries.size(); i++) {
      add(entries.get(i), i, found);
    }
    words = new String[found.size()];
    postings = new int[words.length][];
    int at = 0;
    for (Map.Entry<String, Postings> word : new TreeMap<>(found).entrySet()) {
      words[at] = word.getKey();
      postings[at++] = word.getValue().trimmed();
    }
  }

  private static final class Postings {
    private int[] values = new int[2];
    private int size;

    void add(int value) {
      if (size > 0 && values[size - 1] == value) {
        return;
      }
      if (size == values.length) {
        values = Arrays.copyOf(values, size * 2);
      }
      values[size++] = value;
    }

    int[] trimmed() {
      return Arrays.copyOf(values, size);
    }
  }

  private static void add(Entry entry, int number, Map<String, Postings> found) {
    List<Word> name = Words.of(entry.name());
    int title = Math.max(0, titleStart(entry.name()));
    for (Word word : name) {
      add(word, number, word.from() >= title ? Slot.TITLE : Slot.NAME, found);
    }
    add(entry.owner(), number, Slot.OWNER, found);
    add(entry.domain(), number, Slot.OWNER, found);
    add(entry.origin(), number, Slot.NAME, found);
    add(entry.description(), number, Slot.DESCRIPTION, found);
    entry.tags().forEach(tag -> add(tag, number, Slot.TAG, found));
    for (Entry.Field field : entry.fields()) {
      add(field.name(), number, Slot.FIELD, found);
      add(field.description(), number, Slot.FIELD_DESCRIPTION, found);
    }
  }

  /** Returns where the last part of a dotted name begins. */
  static int titleStart(String name) {
    return name.endsWith("\"") ? name.lastIndexOf(".\"") + 1 : name.lastIndexOf('.') + 1;
  }

  private static void add(String text, int number, Slot slot, Map<String, Postings> found) {
    for (Word word : Words.of(text)) {
      add(word, number, slot, found);
    }
  }

  private static void add(Word word, int number, Slot slot, Map<String, Postings> found) {
    found.computeIfAbsent(word.text(), any -> new Postings()).add(number * SLOTS + slot.ordinal());
  }

  /** Returns how many entries there are. */
  int size() {
    return entries.size();
  }

  /** Returns an entry by its number. */
  Entry entry(int number) {
    return entries.get(number);
  }

  /**
   * What was found.
   *
   * @param numbers of entries, best first
   * @param words of the catalog that the query's words match
   */
  record Hits(int[] numbers, List<String> words) {}

  /** Returns all entries that match a query; all of them, by name, for one without words. */
  Hits find(String query) {
    List<String> asked =
        Words.of(query).stream().map(Word::text).distinct().limit(MOST_WORDS).toList();
    if (asked.isEmpty()) {
      int[] all = new int[entries.size()];
      Arrays.setAll(all, i -> i);
      return new Hits(query.isBlank() ? all : new int[0], List.of());
    }
    float[] total = new float[entries.size()];
    BitSet left = new BitSet(entries.size());
    left.set(0, entries.size());
    List<String> matched = new ArrayList<>();
    for (String word : asked) {
      float[] scores = scores(word, matched);
      for (int i = left.nextSetBit(0); i >= 0; i = left.nextSetBit(i + 1)) {
        if (scores[i] == 0) {
          left.clear(i);
        } else {
          total[i] += scores[i];
        }
      }
    }
    favourWholeNames(query, left, total);
    int[] numbers =
        left.stream()
            .boxed()
            .sorted(Comparator.<Integer>comparingDouble(i -> -total[i]).thenComparingInt(i -> i))
            .mapToInt(Integer::intValue)
            .toArray();
    return new Hits(numbers, matched);
  }

  private void favourWholeNames(String query, BitSet left, float[] total) {
    String whole = query.strip().toLowerCase(Locale.ROOT);
    for (int i = left.nextSetBit(0); i >= 0; i = left.nextSetBit(i + 1)) {
      String name = entries.get(i).name().toLowerCase(Locale.ROOT);
      if (name.equals(whole)) {
        total[i] += 1000;
      } else if (name.startsWith(whole, titleStart(name))) {
        total[i] += name.length() - titleStart(name) == whole.length() ? 100 : 20;
      } else if (name.startsWith(whole)) {
        total[i] += 10;
      }
    }
  }

  private float[] scores(String asked, List<String> matched) {
    float[] scores = new float[entries.size()];
    boolean any = false;
    for (int i = 0; i < words.length; i++) {
      float quality = quality(words[i], asked);
      if (quality > 0) {
        any = true;
        matched.add(words[i]);
        raise(scores, postings[i], quality);
      }
    }
    if (!any && asked.length() >= 4) {
      int most = asked.length() >= 8 ? 2 : 1;
      for (int i = 0; i < words.length; i++) {
        if (Words.near(words[i], asked, most)) {
          matched.add(words[i]);
          raise(scores, postings[i], NEARLY);
        }
      }
    }
    return scores;
  }

  private static float quality(String word, String asked) {
    if (word.length() < asked.length()) {
      return 0;
    }
    if (word.startsWith(asked)) {
      return word.length() == asked.length() ? 1 : PREFIX;
    }
    return asked.length() >= 3 && word.contains(asked) ? PART : 0;
  }

  private static void raise(float[] scores, int[] postings, float quality) {
    Slot[] slots = Slot.values();
    for (int posting : postings) {
      float score = quality * slots[posting % SLOTS].weight;
      if (score > scores[posting / SLOTS]) {
        scores[posting / SLOTS] = score;
      }
    }
  }
}
