package dev.backlot.cli;

import dev.backlot.spec.Suggestion;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;

/** What commands name, in any case, singular or plural. */
enum Kind {
  CONNECTION,
  ENDPOINT,
  SOURCE,
  DUMP,
  PIPELINE,
  TABLE,
  JOB,
  SCHEMA,
  DEADLETTER,
  INCIDENT,
  AUDIT,
  PROCESSOR,
  ROUTE,
  USER,
  TOKEN;

  String noun() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns the kind's place in the API. */
  String path() {
    return "/api/v1/" + noun() + "s";
  }

  String path(String name) {
    return path() + "/" + Api.segment(name);
  }

  static Kind parse(String word) {
    String lower = word.toLowerCase(Locale.ROOT);
    for (Kind kind : values()) {
      if (lower.equals(kind.noun()) || lower.equals(kind.noun() + "s")) {
        return kind;
      }
    }
    List<String> nouns = Arrays.stream(values()).map(Kind::noun).toList();
    throw new CommandLine.TypeConversionException(
        "'" + word + "' is not a kind. " + Suggestion.sentence(word, nouns));
  }
}
