package dev.backlot.model.spec;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What people say about a Source. The Source itself exists by capture or because a pipeline
 * publishes it; its name is the header's.
 *
 * @param domain the part of the business that it belongs to, or empty
 * @param fields what is said about fields, by their names as the Source has them
 */
public record SourceSpec(SpecHeader header, String domain, Map<String, FieldNote> fields)
    implements Spec {
  /** Copies what is mutable, keeping order. */
  public SourceSpec {
    fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
  }

  /**
   * What people say about a field.
   *
   * @param description plain text, or empty
   * @param unit of its values, such as {@code EUR} or {@code days}; or empty
   * @param tags who lacks the clearance for one of these does not see the values
   */
  public record FieldNote(String description, String unit, List<String> tags) {
    /** Nothing is said. */
    public static final FieldNote NONE = new FieldNote("", "", List.of());

    /** Copies what is mutable. */
    public FieldNote {
      tags = List.copyOf(tags);
    }
  }

  /** Returns what is said about a field. */
  public FieldNote field(String name) {
    return fields.getOrDefault(name, FieldNote.NONE);
  }
}
