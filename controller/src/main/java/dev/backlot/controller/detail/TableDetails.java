package dev.backlot.controller.detail;

import dev.backlot.controller.detail.SourceDetails.Inherited;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A table as its page shows it.
 *
 * @param view its business view, or empty
 * @param pipeline that writes it, or empty
 * @param owner that pipeline's, or empty
 * @param rows versions of rows, not live rows
 * @param committedAt when it was last written
 * @param freshAsOf until when everything that was committed in its Sources is in it, where known
 */
record TableDetails(
    String name,
    String view,
    String pipeline,
    String owner,
    String description,
    List<String> key,
    List<ColumnDetails> columns,
    long rows,
    long files,
    long bytes,
    Optional<Long> snapshot,
    Optional<Instant> committedAt,
    Optional<Instant> freshAsOf) {
  /**
   * A column.
   *
   * @param description of the one field that it is a copy of, or empty
   * @param origins the fields of Sources that its values come from
   * @param locks why its values may not be seen by everybody
   * @param masked whether the caller may not see them
   * @param missing the tags for which the caller lacks the clearance
   */
  record ColumnDetails(
      String name,
      String type,
      boolean key,
      String description,
      String unit,
      List<Origin> origins,
      List<Inherited> locks,
      List<String> tags,
      boolean masked,
      List<String> missing) {}

  /**
   * Where values come from.
   *
   * @param how {@code copied}, {@code renamed} or {@code derived}
   */
  record Origin(String source, String field, String how) {}
}
