package dev.backlot.model.source;

import java.util.List;

/**
 * The pipeline that publishes a Source, and how its topic comes about.
 *
 * @param pipeline its name; empty for a Source that a connection feeds
 * @param lanes the Sources that it comes from, each with its own partitions of the topic, in their
 *     order
 * @param orderedByTime whether the later {@code _ts} is the newer version of a key, since different
 *     Sources share it; otherwise it is the higher offset
 */
public record SourcePublisher(String pipeline, List<Lane> lanes, boolean orderedByTime) {
  /** A connection feeds the Source. */
  public static final SourcePublisher NONE = new SourcePublisher("", List.of(), false);

  /** Copies what is mutable. */
  public SourcePublisher {
    lanes = List.copyOf(lanes);
  }

  /** Returns whether there is one. */
  public boolean exists() {
    return !pipeline.isEmpty();
  }

  /**
   * One Source whose partitions become as many partitions of the published topic, so that order and
   * truncations stay what they are.
   *
   * @param source its name
   * @param partitions of its topic
   */
  public record Lane(String source, int partitions) {}
}
