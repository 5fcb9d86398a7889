package dev.backlot.e2e;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A strict reader of Prometheus' text format, version 0.0.4, written from its description alone:
 * whatever the format forbids fails.
 */
final class Exposition {
  private static final Set<String> TYPES =
      Set.of("counter", "gauge", "histogram", "summary", "untyped");

  private final Map<String, String> types = new LinkedHashMap<>();
  private final Map<String, String> helps = new LinkedHashMap<>();
  private final List<Sample> samples = new ArrayList<>();
  private final Set<String> finished = new HashSet<>();
  private String family = "";

  /** One line with a value. */
  record Sample(String name, Map<String, String> labels, double value) {}

  private Exposition() {}

  static Exposition parse(String text) {
    if (!text.endsWith("\n")) {
      throw new AssertionError("The last line does not end");
    }
    Exposition exposition = new Exposition();
    for (String line : text.split("\n")) {
      try {
        exposition.line(line);
      } catch (RuntimeException e) {
        throw new AssertionError("Not a line of the format: " + line, e);
      }
    }
    Set<String> series = new HashSet<>();
    for (Sample sample : exposition.samples) {
      if (!series.add(sample.name() + sample.labels())) {
        throw new AssertionError("Twice: " + sample);
      }
      exposition.checkHistogram(sample);
    }
    return exposition;
  }

  List<Sample> samples() {
    return samples;
  }

  Map<String, String> types() {
    return types;
  }

  Map<String, String> helps() {
    return helps;
  }

  /** Returns the sum of a name's values whose labels include some; NaN when there are none. */
  double sum(String name, String... labels) {
    return samples.stream()
        .filter(sample -> sample.name().equals(name))
        .filter(
            sample -> {
              for (int i = 0; i < labels.length; i += 2) {
                if (!labels[i + 1].equals(sample.labels().get(labels[i]))) {
                  return false;
                }
              }
              return true;
            })
        .mapToDouble(Sample::value)
        .reduce((a, b) -> a + b)
        .orElse(Double.NaN);
  }

  private void line(String line) {
    if (line.isBlank()) {
      return;
    }
    if (line.startsWith("# HELP ")) {
      String[] parts = line.substring(7).split(" ", 2);
      begin(parts[0]);
      if (helps.put(parts[0], parts[1]) != null) {
        throw new IllegalArgumentException("a second HELP");
      }
    } else if (line.startsWith("# TYPE ")) {
      String[] parts = line.substring(7).split(" ");
      begin(parts[0]);
      if (parts.length != 2 || !TYPES.contains(parts[1]) || types.put(parts[0], parts[1]) != null) {
        throw new IllegalArgumentException("a wrong or second TYPE");
      }
    } else if (!line.startsWith("#")) {
      sample(line);
    }
  }

  private void begin(String name) {
    requireName(name);
    if (!name.equals(family)) {
      finished.add(family);
      if (finished.contains(name)) {
        throw new IllegalArgumentException("the family was interrupted");
      }
      family = name;
    }
  }

  private static void requireName(String name) {
    if (!name.matches("[a-zA-Z_:][a-zA-Z0-9_:]*")) {
      throw new IllegalArgumentException("not a name: " + name);
    }
  }

  private void sample(String line) {
    int end = 0;
    while (end < line.length() && line.charAt(end) != '{' && line.charAt(end) != ' ') {
      end++;
    }
    String name = line.substring(0, end);
    requireName(name);
    if (!name.equals(family)
        && !name.matches(java.util.regex.Pattern.quote(family) + "_(bucket|sum|count)")) {
      throw new IllegalArgumentException("not of family " + family);
    }
    Map<String, String> labels = new LinkedHashMap<>();
    if (line.charAt(end) == '{') {
      end = labels(line, end + 1, labels);
    }
    String[] rest = line.substring(end).strip().split(" ");
    if (rest.length > 2 || rest.length == 2 && !rest[1].matches("-?[0-9]+")) {
      throw new IllegalArgumentException("more than a value and a time");
    }
    samples.add(new Sample(name, labels, value(rest[0])));
  }

  private static int labels(String line, int from, Map<String, String> labels) {
    int at = from;
    while (line.charAt(at) != '}') {
      int equals = line.indexOf('=', at);
      String name = line.substring(at, equals);
      if (!name.matches("[a-zA-Z_][a-zA-Z0-9_]*") || line.charAt(equals + 1) != '"') {
        throw new IllegalArgumentException("not a label: " + name);
      }
      StringBuilder value = new StringBuilder();
      at = equals + 2;
      for (; line.charAt(at) != '"'; at++) {
        char c = line.charAt(at);
        if (c == '\\') {
          at++;
          c =
              switch (line.charAt(at)) {
                case 'n' -> '\n';
                case '\\' -> '\\';
                case '"' -> '"';
                default -> throw new IllegalArgumentException("a wrong escape");
              };
        }
        value.append(c);
      }
      if (labels.put(name, value.toString()) != null) {
        throw new IllegalArgumentException("a label twice: " + name);
      }
      at++;
      if (line.charAt(at) == ',') {
        at++;
      }
    }
    return at + 1;
  }

  private static double value(String text) {
    return switch (text) {
      case "+Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      case "NaN" -> Double.NaN;
      default -> Double.parseDouble(text);
    };
  }

  /** A histogram's last bucket holds all that were counted. */
  private void checkHistogram(Sample sample) {
    if ("+Inf".equals(sample.labels().get("le"))) {
      Map<String, String> labels = new LinkedHashMap<>(sample.labels());
      labels.remove("le");
      String count = sample.name().replaceAll("_bucket$", "_count");
      boolean equal =
          samples.stream()
              .anyMatch(
                  other ->
                      other.name().equals(count)
                          && other.labels().equals(labels)
                          && other.value() == sample.value());
      if (!equal) {
        throw new AssertionError("No count like " + sample);
      }
    }
  }
}
