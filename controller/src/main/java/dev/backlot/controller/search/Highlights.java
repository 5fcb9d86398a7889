package dev.backlot.controller.search;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Says where in an entry a query's words stand. */
final class Highlights {
  private static final int MOST = 5;

  private final Set<String> words;
  private final List<String> asked;

  /**
   * Looks for words.
   *
   * @param words of the catalog that match
   */
  Highlights(String query, List<String> words) {
    this.words = new HashSet<>(words);
    this.asked = Words.of(query).stream().map(Words.Word::text).toList();
  }

  /**
   * A text with what matches in it.
   *
   * @param where {@code name}, {@code description}, {@code owner}, {@code domain}, {@code tag},
   *     {@code field} or {@code field_description}
   * @param field of which field, or empty
   * @param ranges from and to, in UTF-16 units
   */
  record Highlight(String where, String field, String text, List<List<Integer>> ranges) {}

  List<Highlight> of(Entry entry) {
    List<Highlight> found = new ArrayList<>();
    add(found, "name", "", entry.name());
    add(found, "description", "", entry.description());
    add(found, "owner", "", entry.owner());
    add(found, "domain", "", entry.domain());
    entry.tags().forEach(tag -> add(found, "tag", "", tag));
    for (Entry.Field field : entry.fields()) {
      add(found, "field", field.name(), field.name());
      add(found, "field_description", field.name(), field.description());
      if (found.size() >= MOST) {
        break;
      }
    }
    return found.subList(0, Math.min(MOST, found.size()));
  }

  private void add(List<Highlight> found, String where, String field, String text) {
    if (text.isEmpty() || words.isEmpty()) {
      return;
    }
    List<List<Integer>> ranges = new ArrayList<>();
    for (Words.Word word : Words.of(text)) {
      if (words.contains(word.text())) {
        ranges.add(range(word));
      }
    }
    if (!ranges.isEmpty()) {
      found.add(new Highlight(where, field, text, ranges));
    }
  }

  /** The part of the word that was asked for; the whole word where it only nearly was. */
  private List<Integer> range(Words.Word word) {
    for (String part : asked) {
      int at = word.text().toLowerCase(Locale.ROOT).indexOf(part);
      if (at >= 0 && word.text().length() == word.to() - word.from()) {
        return List.of(word.from() + at, word.from() + at + part.length());
      }
    }
    return List.of(word.from(), word.to());
  }
}
