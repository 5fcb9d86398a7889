package dev.backlot.controller.home;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.backlot.controller.work.WorkItem;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a person sees first. Bounded however much there is: lists have their most important entries
 * and say how many there are. What is not known is left out, never zero.
 *
 * @param startedAt when the server began
 * @param services that the platform consists of
 * @param proofs how many tables are in which state of proof
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record Home(
    Instant now,
    Instant startedAt,
    List<Service> services,
    Counts counts,
    NeedsYou needsYou,
    Pipelines pipelines,
    Work work,
    Movement movement,
    Map<String, Long> proofs) {

  /** A part of the platform: {@code healthy} or {@code down}. */
  public record Service(String name, String state) {}

  /**
   * How much there is.
   *
   * @param dumping Sources whose first dump is not finished
   * @param troubledConnections connections that do not run
   */
  public record Counts(
      int connections, int troubledConnections, int sources, int dumping, int pipelines) {}

  /**
   * Incidents that are not over: open ones first, of one's own teams before others'.
   *
   * @param mine how many are of one's own teams
   */
  public record NeedsYou(int total, int mine, List<Trouble> items) {}

  /** An incident in short. */
  public record Trouble(
      long id,
      String kind,
      String severity,
      String state,
      boolean mine,
      String owner,
      String subjectKind,
      String subject,
      String reason,
      Instant since) {}

  /**
   * Pipelines: one's own teams' first, and of these what is in trouble or behind.
   *
   * @param byState how many are in which state
   * @param rate records a second that all of them take in, as far as they know theirs
   */
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  public record Pipelines(
      int total, Map<String, Long> byState, Optional<Double> rate, List<Pipeline> items) {}

  /** A pipeline in short. */
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  public record Pipeline(
      String name,
      String owner,
      boolean mine,
      String state,
      String reason,
      Instant since,
      Optional<Double> rate,
      Optional<Double> lagSeconds,
      Optional<Long> lagRecords,
      Optional<Long> deadLetters,
      Optional<Double> heartbeatSeconds) {}

  /** What is being done, the oldest first. */
  public record Work(int open, List<WorkItem> items) {}

  /**
   * What moves now.
   *
   * @param changeRate changes a second that capture passes on, over about half a minute
   * @param sources where most moves
   */
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  public record Movement(Optional<Double> changeRate, List<MovingSource> sources) {}

  /** A Source with its newest changes, newest first. */
  @JsonInclude(JsonInclude.Include.NON_ABSENT)
  public record MovingSource(
      String name, Optional<Double> rate, List<String> columns, List<Row> rows) {}

  /**
   * A change.
   *
   * @param id unique, and the same at every look
   * @param op c, u, d or r
   */
  public record Row(
      String id,
      String op,
      @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> at,
      @JsonProperty("values") Map<String, Object> values) {}
}
