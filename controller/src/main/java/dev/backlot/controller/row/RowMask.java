package dev.backlot.controller.row;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.backlot.controller.access.Caller;
import dev.backlot.controller.mask.Masks;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Hides from a caller what a row's history tells of masked columns. */
final class RowMask {
  private static final String HIDDEN = "Hidden: it may quote a value that you may not see.";

  private final Masks masks;
  private final Caller caller;

  RowMask(Masks masks, Caller caller) {
    this.masks = masks;
    this.caller = caller;
  }

  /**
   * Refuses a look by a masked key: whether there is a row would tell its values, guess by guess.
   *
   * @param what as in {@code table 'studio.movie_report'}
   */
  void refuseKey(Collection<String> key, Set<String> masked, String what) {
    if (key.stream().anyMatch(masked::contains)) {
      throw new ProblemException(
          ProblemCode.FORBIDDEN,
          "Cannot find a row of "
              + what
              + ": its key is masked for you. Ask the owner of its Source for the clearance.");
    }
  }

  RowHistories.TableRow hide(RowHistories.TableRow row) {
    Set<String> masked = masks.ofTable(caller, row.table());
    refuseKey(row.key().keySet(), masked, "table '" + row.table() + "'");
    boolean any =
        !masked.isEmpty()
            || row.sources().stream()
                .anyMatch(source -> !masks.ofSource(caller, source.source()).isEmpty());
    return any
        ? new RowHistories.TableRow(
            row.table(),
            row.view(),
            row.pipeline(),
            row.key(),
            hide(row.current(), masked),
            row.versions().stream().map(version -> hide(version, masked)).toList(),
            row.capped(),
            row.sources().stream().map(this::hide).toList(),
            row.letters().stream().map(this::hideLetter).toList(),
            row.differences().stream().map(RowMask::hideDifference).toList())
        : row;
  }

  SourceEvents hide(SourceEvents events) {
    Set<String> masked = masks.ofSource(caller, events.source());
    if (masked.isEmpty()) {
      return events;
    }
    JsonNode shown = events.events().deepCopy();
    for (JsonNode event : shown) {
      hideWithin(event, masked);
    }
    return new SourceEvents(
        events.source(),
        events.key(),
        events.reason(),
        events.scanned(),
        events.complete(),
        events.since(),
        shown,
        events.outcomes().stream()
            .map(
                outcome ->
                    outcome.state().equals("failed")
                        ? new SourceEvents.Outcome("failed", HIDDEN)
                        : outcome)
            .toList());
  }

  /** Every object below an event that has a masked field is a row, before or after. */
  private static void hideWithin(JsonNode node, Set<String> masked) {
    if (node instanceof ObjectNode object) {
      for (String field : masked) {
        if (object.has(field)) {
          object.set(field, TextNode.valueOf(Masks.MASKED));
        }
      }
    }
    node.forEach(child -> hideWithin(child, masked));
  }

  private static JsonNode hide(JsonNode row, Set<String> masked) {
    JsonNode shown = row.deepCopy();
    hideWithin(shown, masked);
    return shown;
  }

  private static RowVersion hide(RowVersion version, Set<String> masked) {
    Map<String, JsonNode> values = new LinkedHashMap<>(version.values());
    values.replaceAll(
        (column, value) -> masked.contains(column) ? TextNode.valueOf(Masks.MASKED) : value);
    List<String> changed = new ArrayList<>(version.changed());
    changed.removeAll(masked);
    return version.with(values, changed);
  }

  private Map<String, Object> hideLetter(Map<String, Object> letter) {
    Set<String> masked = masks.ofSource(caller, String.valueOf(letter.get("source")));
    if (masked.isEmpty()) {
      return letter;
    }
    Map<String, Object> shown = new LinkedHashMap<>(letter);
    shown.computeIfPresent("reason", (name, reason) -> HIDDEN);
    shown.computeIfPresent("original", (name, row) -> Masks.hideAll(List.of(row), masked));
    return shown;
  }

  private static Map<String, Object> hideDifference(Map<String, Object> difference) {
    Map<String, Object> shown = new LinkedHashMap<>(difference);
    shown.put("columns", List.of());
    shown.put("masked", true);
    return shown;
  }
}
