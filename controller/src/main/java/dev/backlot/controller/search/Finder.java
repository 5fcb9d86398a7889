package dev.backlot.controller.search;

import dev.backlot.controller.search.SearchAnswer.Facet;
import dev.backlot.controller.search.SearchAnswer.Found;
import dev.backlot.controller.search.SearchAnswer.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Answers a search over an index: filters, counts, a page. Pure. */
final class Finder {
  private static final int MOST_VALUES = 50;
  private static final Map<String, Function<Entry, List<String>>> FACETS = new LinkedHashMap<>();

  static {
    FACETS.put("kind", entry -> List.of(entry.kind()));
    FACETS.put("owner", entry -> List.of(entry.owner()));
    FACETS.put("domain", entry -> List.of(entry.domain()));
    FACETS.put("tag", entry -> entry.tags().isEmpty() ? List.of("") : entry.tags());
    FACETS.put("state", entry -> List.of(entry.state()));
  }

  private Finder() {}

  /**
   * What is looked for.
   *
   * @param chosen values by facet; a facet without any lets everything through, values of one facet
   *     widen, facets narrow
   * @param byName whether sorted by name instead of by rank
   */
  record Query(
      String text, Map<String, Set<String>> chosen, int offset, int limit, boolean byName) {}

  static SearchAnswer answer(Index index, Query query) {
    long begin = System.nanoTime();
    Index.Hits hits = index.find(query.text());
    List<Entry> found = new ArrayList<>();
    Map<String, Map<String, Integer>> counts = new HashMap<>();
    for (int number : hits.numbers()) {
      Entry entry = index.entry(number);
      String refused = "";
      int refusals = 0;
      for (Map.Entry<String, Function<Entry, List<String>>> facet : FACETS.entrySet()) {
        Set<String> chosen = query.chosen().getOrDefault(facet.getKey(), Set.of());
        if (!chosen.isEmpty()
            && facet.getValue().apply(entry).stream().noneMatch(chosen::contains)) {
          refused = facet.getKey();
          refusals++;
        }
      }
      if (refusals == 0) {
        found.add(entry);
      }
      // A facet's own choice does not narrow what it offers.
      for (Map.Entry<String, Function<Entry, List<String>>> facet : FACETS.entrySet()) {
        if (refusals == 0 || (refusals == 1 && refused.equals(facet.getKey()))) {
          Map<String, Integer> values =
              counts.computeIfAbsent(facet.getKey(), any -> new HashMap<>());
          facet.getValue().apply(entry).forEach(value -> values.merge(value, 1, Integer::sum));
        }
      }
    }
    if (query.byName()) {
      found.sort(Comparator.comparing(Entry::name));
    }
    Highlights highlights = new Highlights(query.text(), hits.words());
    List<Found> page =
        found.stream()
            .skip(query.offset())
            .limit(query.limit())
            .map(entry -> found(entry, highlights))
            .toList();
    double millis = (System.nanoTime() - begin) / 1e6;
    return new SearchAnswer(
        found.size(), index.size(), millis, page, facets(counts, query.chosen()));
  }

  private static Found found(Entry entry, Highlights highlights) {
    return new Found(
        entry.kind(),
        entry.name(),
        entry.description(),
        entry.owner(),
        entry.domain(),
        entry.origin(),
        entry.state(),
        entry.reason(),
        entry.tags(),
        entry.fields().size(),
        entry.since(),
        highlights.of(entry));
  }

  private static List<Facet> facets(
      Map<String, Map<String, Integer>> counts, Map<String, Set<String>> chosen) {
    List<Facet> facets = new ArrayList<>();
    for (String name : FACETS.keySet()) {
      Set<String> its = chosen.getOrDefault(name, Set.of());
      Map<String, Integer> values = new HashMap<>(counts.getOrDefault(name, Map.of()));
      its.forEach(value -> values.putIfAbsent(value, 0));
      facets.add(
          new Facet(
              name,
              values.entrySet().stream()
                  .map(
                      value ->
                          new Value(value.getKey(), value.getValue(), its.contains(value.getKey())))
                  .sorted(
                      Comparator.comparing(Value::chosen)
                          .reversed()
                          .thenComparing(Comparator.comparingInt(Value::count).reversed())
                          .thenComparing(Value::value))
                  .limit(MOST_VALUES)
                  .toList()));
    }
    return facets;
  }
}
