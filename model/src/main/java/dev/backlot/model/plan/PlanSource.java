package dev.backlot.model.plan;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.io.Serializable;
import java.util.List;

/**
 * One Source that a job reads. A Source that several steps name is read once.
 *
 * @param id the step by which other steps name it as input
 * @param name the Source's name, which rows carry as {@code _source}
 * @param topic the Kafka topic of this epoch
 * @param epoch of the topic, which rows carry as {@code _epoch}
 * @param partitions of the topic
 * @param key the key columns in key order; empty when the Source is append-only
 * @param columns what the reader puts into rows, before the system columns: what the pipeline has a
 *     use for
 * @param uses what each of them is for, in the same order
 * @param open whether fields that appear in the Source arrive somewhere by themselves
 * @param keySchemas every key schema that may be met, oldest first
 * @param valueSchemas every envelope schema that may be met, oldest first
 * @param startFrom where reading begins while no table has a mark: {@code earliest}, {@code latest}
 *     or an ISO-8601 instant
 * @param before columns whose values before a change the rows carry as well
 * @param beforeSince since when every change tells them, as an ISO-8601 instant; empty when the key
 *     alone does
 * @param orderedByTime whether the later {@code _ts} is the newer version of a key; otherwise it is
 *     the higher epoch and offset
 */
@JsonPropertyOrder({
  "id",
  "name",
  "topic",
  "epoch",
  "partitions",
  "key",
  "columns",
  "uses",
  "open",
  "key_schemas",
  "value_schemas",
  "start_from",
  "before",
  "before_since",
  "ordered_by_time"
})
public record PlanSource(
    String id,
    String name,
    String topic,
    int epoch,
    int partitions,
    List<String> key,
    List<PlanColumn> columns,
    List<PlanUse> uses,
    boolean open,
    List<PlanSchema> keySchemas,
    List<PlanSchema> valueSchemas,
    String startFrom,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> before,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) String beforeSince,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean orderedByTime)
    implements Serializable {
  /** Copies what is mutable. */
  public PlanSource {
    key = List.copyOf(key);
    columns = List.copyOf(columns);
    uses = uses == null ? List.of() : List.copyOf(uses);
    keySchemas = List.copyOf(keySchemas);
    valueSchemas = List.copyOf(valueSchemas);
    // Plans of Sources of which nothing earlier is wanted leave both out.
    before = before == null ? List.of() : List.copyOf(before);
    beforeSince = before.isEmpty() || beforeSince == null ? "" : beforeSince;
  }

  /** A Source that is passed on as it is, and of which nothing earlier is wanted. */
  public PlanSource(
      String id,
      String name,
      String topic,
      int epoch,
      int partitions,
      List<String> key,
      List<PlanColumn> columns,
      List<PlanSchema> keySchemas,
      List<PlanSchema> valueSchemas,
      String startFrom) {
    this(
        id,
        name,
        topic,
        epoch,
        partitions,
        key,
        columns,
        List.of(),
        true,
        keySchemas,
        valueSchemas,
        startFrom,
        List.of(),
        "",
        false);
  }

  /** Returns the newest schema that the plan was made for. */
  public PlanSchema newestSchema() {
    return valueSchemas.get(valueSchemas.size() - 1);
  }

  /** Returns what the pipeline uses a field for; one that a plan does not tell is passed on. */
  public PlanUse use(String field) {
    return uses.stream()
        .filter(use -> use.field().equals(field))
        .findFirst()
        .orElseGet(
            () ->
                new PlanUse(
                    field, key.contains(field) ? "key" : "passed", List.of(), List.of(), ""));
  }
}
