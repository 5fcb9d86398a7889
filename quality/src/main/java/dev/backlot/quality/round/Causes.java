package dev.backlot.quality.round;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backlot.quality.audit.Finding;
import dev.backlot.quality.audit.Finding.Kind;
import dev.backlot.quality.audit.Subject;
import dev.backlot.quality.mapping.TableMapping.Column;
import dev.backlot.quality.table.TableReader;
import dev.backlot.quality.table.TableReader.Version;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Finds out why rows differ, as far as the table's versions and dead letters tell. */
final class Causes {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final AuditHost host;
  private final TableReader reader;

  Causes(AuditHost host, TableReader reader) {
    this.host = host;
    this.reader = reader;
  }

  /**
   * A cause.
   *
   * @param text in plain words, or empty when it is not known
   * @param letter whether a dead letter waits, which a repair would only add to
   */
  record Cause(String text, boolean letter) {
    static final Cause UNKNOWN = new Cause("", false);
  }

  /** Returns the causes of findings, in their order. */
  List<Cause> of(Subject subject, List<Finding> findings) {
    if (findings.isEmpty()) {
      return List.of();
    }
    Map<List<String>, String> letters = letters(subject);
    List<List<String>> keys = findings.stream().map(Finding::key).distinct().toList();
    Map<List<String>, List<Version>> versions =
        reader.versions(subject.mapping(), keys).stream()
            .collect(Collectors.groupingBy(Version::key));
    List<Cause> causes = new ArrayList<>();
    for (Finding finding : findings) {
      String letter = letters.get(finding.key());
      causes.add(
          letter != null && finding.kind() != Kind.DOUBLED && finding.kind() != Kind.UNEXPLAINED
              ? new Cause(letter, true)
              : cause(finding, versions.getOrDefault(finding.key(), List.of())));
    }
    return causes;
  }

  private static Cause cause(Finding finding, List<Version> versions) {
    return switch (finding.kind()) {
      case UNEXPLAINED ->
          new Cause("No record of the topic explains the row: somebody wrote it.", false);
      case DOUBLED -> new Cause("The same change stands in the table twice.", false);
      case EXTRA, DIFFERENT ->
          isStale(versions)
              ? new Cause("An older change came after a newer one.", false)
              : Cause.UNKNOWN;
      case MISSING -> Cause.UNKNOWN;
    };
  }

  /** The newest version by offset says an earlier position than another one. */
  private static boolean isStale(List<Version> versions) {
    return versions.size() > 1
        && versions.stream()
            .skip(1)
            .anyMatch(older -> older.position().compareTo(versions.get(0).position()) > 0);
  }

  private Map<List<String>, String> letters(Subject subject) {
    Map<List<String>, String> found = new HashMap<>();
    for (Map<String, Object> letter : host.letters(subject.mapping().pipeline())) {
      boolean waits =
          "waiting".equals(letter.get("state"))
              && subject.mapping().source().equals(letter.get("source"));
      if (waits) {
        found.put(
            key(subject, String.valueOf(letter.get("key"))),
            "Dead letter %s of step '%s': %s"
                .formatted(letter.get("id"), letter.get("step"), letter.get("reason")));
      }
    }
    return found;
  }

  private static List<String> key(Subject subject, String json) {
    try {
      JsonNode key = JSON.readTree(json);
      List<String> texts = new ArrayList<>();
      for (Column column : subject.mapping().key()) {
        texts.add(key.path(column.source()).asText());
      }
      return texts;
    } catch (JsonProcessingException e) {
      return List.of();
    }
  }
}
