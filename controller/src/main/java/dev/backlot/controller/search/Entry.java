package dev.backlot.controller.search;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A thing that can be found.
 *
 * @param kind {@code source}, {@code table}, {@code pipeline} or {@code connection}
 * @param name as it is written elsewhere
 * @param owner the team that answers for it, or empty
 * @param domain or empty
 * @param origin the connection or pipeline that it comes from, or empty
 * @param tags of the thing's fields, each once, sorted
 * @param since when it came to be
 */
record Entry(
    String kind,
    String name,
    String description,
    String owner,
    String domain,
    String origin,
    String state,
    String reason,
    List<String> tags,
    List<Field> fields,
    Optional<Instant> since) {
  Entry {
    tags = List.copyOf(tags);
    fields = List.copyOf(fields);
  }

  /**
   * A field or column.
   *
   * @param description what people say, or else the column's comment; or empty
   * @param tags those that lock it
   */
  record Field(String name, String type, String description, List<String> tags) {
    Field {
      tags = List.copyOf(tags);
    }
  }

  String key() {
    return kind + "/" + name;
  }
}
