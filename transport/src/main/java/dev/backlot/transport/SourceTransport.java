package dev.backlot.transport;

import dev.backlot.model.plan.PlanSource;
import java.util.List;
import java.util.Map;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.types.logical.RowType;

/**
 * Reads planned Sources from Kafka into a job.
 *
 * <p>A reader starts at the lowest mark of the sinks that its rows reach, whatever Flink remembers:
 * the tables are the checkpoint. It refuses to start where a sink has no mark, or where a mark is
 * beyond the topic's end.
 */
public final class SourceTransport {
  private final Map<String, String> kafka;

  /** Reads with these Kafka client properties, {@code bootstrap.servers} among them. */
  public SourceTransport(Map<String, String> kafka) {
    this.kafka = Map.copyOf(kafka);
  }

  /**
   * Adds a Source to a job.
   *
   * @param source what to read and which schemas may be met
   * @param sinks marks of every sink that the rows reach
   * @param parallelism how many readers share the partitions
   */
  public SourceStream read(
      StreamExecutionEnvironment env, PlanSource source, List<MarkReader> sinks, int parallelism) {
    throw new UnsupportedOperationException(kafka.toString());
  }

  /** Returns the type of the rows: the planned columns, then the system columns. */
  public static RowType rowType(PlanSource source) {
    throw new UnsupportedOperationException(source.id());
  }
}
