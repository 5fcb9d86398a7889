package dev.backlot.controller.detail;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A Source as its page shows it.
 *
 * @param connection that feeds it, or empty
 * @param pipeline that publishes it, or empty
 * @param table its table as the database writes it, or empty
 * @param owner the team that answers for it, or empty
 * @param revision of the document that describes it; 0 when none does
 * @param mayEdit whether the caller may change that document
 * @param versions how many schemas it has had in this epoch
 * @param tables columns of tables that values of it arrive in, by table
 */
record SourceDetails(
    String name,
    String connection,
    String pipeline,
    String table,
    String owner,
    String domain,
    String description,
    long revision,
    boolean mayEdit,
    String state,
    String reason,
    Instant since,
    int epoch,
    String topic,
    int partitions,
    List<String> key,
    int versions,
    List<FieldDetails> fields,
    List<Consumer> consumers,
    Map<String, List<String>> tables,
    Figures figures) {
  /**
   * A field of it.
   *
   * @param comment of the column in its database, or empty
   * @param tags that its document gives it
   * @param inherited locks of fields that its values come from
   * @param suggestedTags guesses from its name; they lock nothing
   * @param masked whether the caller may not see its values
   * @param missing the tags for which the caller lacks the clearance
   * @param sinceVersion the first schema of this epoch that has it, counted from 1; absent when
   *     unknown
   * @param uses who takes it for what
   */
  record FieldDetails(
      String name,
      String type,
      boolean nullable,
      String comment,
      String description,
      String unit,
      List<String> tags,
      List<Inherited> inherited,
      List<String> suggestedTags,
      boolean key,
      boolean masked,
      List<String> missing,
      Optional<Integer> sinceVersion,
      List<FieldUse> uses) {}

  /** A lock that comes with values of another field. */
  record Inherited(String source, String field, List<String> tags) {}

  /**
   * Who takes a field.
   *
   * @param use {@code consumed}, {@code key}, {@code published} or {@code passed}
   * @param columns where it arrives unchanged
   */
  record FieldUse(String pipeline, String use, List<String> steps, List<String> columns) {}

  /**
   * A pipeline that reads it.
   *
   * @param optedIn whether it takes fields that appear later by itself
   * @param fields how many it takes
   * @param named how many of these by name
   */
  record Consumer(
      String pipeline,
      String owner,
      String state,
      String reason,
      boolean optedIn,
      int fields,
      int named) {}

  /**
   * How much and how new. What is not known is absent.
   *
   * @param messages that its topic holds
   * @param rate changes a second
   * @param newestChangeAt when the last change was written
   * @param freshAsOf until when everything that was committed is in it
   * @param changes that capture has ever written
   */
  record Figures(
      Optional<Long> messages,
      Optional<Double> rate,
      Optional<Instant> newestChangeAt,
      Optional<Instant> freshAsOf,
      Optional<Long> changes,
      long dumpedRows,
      boolean dumping) {}
}
