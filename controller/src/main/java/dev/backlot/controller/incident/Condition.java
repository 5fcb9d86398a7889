package dev.backlot.controller.incident;

import dev.backlot.model.alert.AlertKind;
import dev.backlot.model.alert.Severity;
import dev.backlot.model.alert.Subject;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Something that holds now and needs a person when it goes on.
 *
 * @param kind together with the subject it names one incident
 * @param subject what it is about
 * @param document the pipeline, connection or endpoint that declares the subject, or the platform:
 *     its owner is told, and what happens to subjects of one document at once is told at once
 * @param summary a sentence or two for a person: what is wrong and what to do
 * @param facts plain JSON values by name, such as {@code lag_seconds}; they may change while it
 *     holds
 * @param since when it began as far as is known
 */
public record Condition(
    AlertKind kind,
    Subject subject,
    Subject document,
    Severity severity,
    String summary,
    Map<String, Object> facts,
    Instant since) {
  /** Copies what is mutable, keeping order. */
  public Condition {
    facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
  }

  /** Describes a declared thing itself. */
  public static Condition of(
      AlertKind kind,
      Subject document,
      Severity severity,
      String summary,
      Map<String, Object> facts,
      Instant since) {
    return new Condition(kind, document, document, severity, summary, facts, since);
  }
}
