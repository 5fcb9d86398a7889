package dev.backlot.engine.plan;

import dev.backlot.model.plan.PlanSchema;
import dev.backlot.model.source.SourceDescriptor;
import dev.backlot.sdk.KnownEndpoint;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.TableShape;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything besides the spec that a plan depends on.
 *
 * @param sources what is known of the Sources that the spec names, by name
 * @param knownSources names of all Sources, for suggestions; no plan depends on them
 * @param tables what is known of the tables that the spec names; a missing one does not exist
 * @param published what is known of the Sources that the spec publishes, by name; a missing one is
 *     new
 * @param endpoints all endpoints, by name, with the schemas of those that the spec names
 */
public record PlanInputs(
    Map<String, SourceInput> sources,
    List<String> knownSources,
    Map<TableName, TableInput> tables,
    Map<String, PublishedInput> published,
    Map<String, KnownEndpoint> endpoints) {
  /** Copies what is mutable. */
  public PlanInputs {
    sources = Map.copyOf(sources);
    knownSources = List.copyOf(knownSources);
    tables = Map.copyOf(tables);
    published = Map.copyOf(published);
    endpoints = Map.copyOf(endpoints);
  }

  /**
   * A Source.
   *
   * @param keySchemas every key schema of the epoch, oldest first
   * @param valueSchemas every envelope schema of the epoch, oldest first; at least one
   * @param captured whether there is a topic to read
   */
  public record SourceInput(
      SourceDescriptor descriptor,
      List<PlanSchema> keySchemas,
      List<PlanSchema> valueSchemas,
      boolean captured) {
    /** Copies what is mutable. */
    public SourceInput {
      keySchemas = List.copyOf(keySchemas);
      valueSchemas = List.copyOf(valueSchemas);
    }
  }

  /**
   * A Source that a pipeline publishes, or has published.
   *
   * @param removed whether it was deleted, its topic as well
   * @param ownerExists whether the pipeline that publishes it is still declared
   */
  public record PublishedInput(SourceDescriptor descriptor, boolean removed, boolean ownerExists) {}

  /**
   * A table.
   *
   * @param owner the pipeline that writes it, if any
   * @param ownerExists whether that pipeline is still declared
   */
  public record TableInput(TableShape shape, Optional<String> owner, boolean ownerExists) {}
}
