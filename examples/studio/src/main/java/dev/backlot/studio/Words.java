package dev.backlot.studio;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/** Lists of words and names from which the studio's data are composed. Immutable. */
final class Words {
  private final Map<String, List<String>> lists;
  private final List<Culture> cultures;

  private Words(Map<String, List<String>> lists, List<Culture> cultures) {
    this.lists = lists;
    this.cultures = cultures;
  }

  /** Reads the lists that come with the program. */
  static Words load() {
    Map<String, List<String>> lists = new TreeMap<>();
    for (String line : lines("words.txt")) {
      int colon = line.indexOf(':');
      lists.put(line.substring(0, colon), split(line.substring(colon + 1), ";"));
    }
    List<Culture> cultures = lines("names.txt").stream().map(Culture::parse).toList();
    return new Words(Map.copyOf(lists), cultures);
  }

  /** One word of the named list. */
  String pick(String list, RandomGenerator random) {
    List<String> words = list(list);
    return words.get(random.nextInt(words.size()));
  }

  /** Between {@code least} and {@code most} different words of the named list, sorted. */
  List<String> pickSome(String list, int least, int most, RandomGenerator random) {
    int count = least + random.nextInt(most - least + 1);
    TreeSet<String> picked = new TreeSet<>();
    while (picked.size() < count) {
      picked.add(pick(list, random));
    }
    return List.copyOf(picked);
  }

  /** Somebody who has never lived. */
  Person person(RandomGenerator random) {
    Culture culture = cultures.get(random.nextInt(cultures.size()));
    String given = culture.given().get(random.nextInt(culture.given().size()));
    String family = culture.family().get(random.nextInt(culture.family().size()));
    String city = culture.cities().get(random.nextInt(culture.cities().size()));
    if (family.equals("-")) {
      return new Person(given, given, "", city);
    }
    String display = culture.familyFirst() ? family + " " + given : given + " " + family;
    return new Person(display, given, family, city);
  }

  private List<String> list(String name) {
    return Optional.ofNullable(lists.get(name))
        .orElseThrow(() -> new IllegalArgumentException("No list of words: " + name));
  }

  private static List<String> lines(String resource) {
    try (InputStream in = Words.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("No resource: " + resource);
      }
      return new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> split(String text, String separator) {
    return Arrays.stream(text.split(separator, -1)).map(String::strip).toList();
  }

  /**
   * A person's name.
   *
   * @param familyName empty for people who go by one name
   */
  record Person(String displayName, String givenName, String familyName, String city) {}

  private record Culture(
      boolean familyFirst, List<String> cities, List<String> given, List<String> family) {
    static Culture parse(String line) {
      List<String> parts = split(line, "\\|");
      return new Culture(
          parts.get(1).equals("family"),
          split(parts.get(2), ";"),
          split(parts.get(3), ","),
          split(parts.get(4), ","));
    }
  }
}
