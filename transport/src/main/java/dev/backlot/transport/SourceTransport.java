package dev.backlot.transport;

import dev.backlot.event.flink.FlinkTypes;
import dev.backlot.model.plan.PlanColumn;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.model.spec.PipelineSpec.OnError;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.SystemColumn;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.runtime.typeutils.InternalTypeInfo;
import org.apache.flink.table.types.logical.RowType;
import org.apache.kafka.clients.consumer.ConsumerConfig;

/**
 * Reads planned Sources from Kafka into a job.
 *
 * <p>A reader starts at the lowest mark of the sinks that its rows reach, whatever Flink remembers:
 * the tables are the checkpoint. It refuses to start where a sink has no mark, or where a mark is
 * beyond the topic's end.
 */
public final class SourceTransport {
  private final Properties kafka;
  private final SchemaLookup schemas;

  /** Reads with these Kafka client properties, {@code bootstrap.servers} among them. */
  public SourceTransport(Map<String, String> kafka) {
    this.kafka = Topics.properties(kafka);
    this.schemas = new SchemaLookup(kafka);
    this.kafka.setProperty(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    this.kafka.setProperty("commit.offsets.on.checkpoint", "false");
    this.kafka.setProperty("partition.discovery.interval.ms", "-1");
    this.kafka.putIfAbsent(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "4000");
  }

  Properties properties() {
    return kafka;
  }

  /**
   * Adds a Source to a job.
   *
   * @param source what to read and which schemas may be met
   * @param onError what becomes of records that can't be decoded
   * @param sinks marks of every sink that the rows reach
   * @param parallelism how many readers share the partitions
   */
  public SourceStream read(
      StreamExecutionEnvironment env,
      PlanSource source,
      OnError onError,
      List<MarkReader> sinks,
      int parallelism) {
    boolean compacted = !source.key().isEmpty();
    Starts starts = new Starts(kafka, source.topic(), source.partitions(), compacted, sinks);
    MarkedSource marked =
        new MarkedSource(
            kafka,
            source.topic(),
            source.partitions(),
            RecordReader.of(source, onError, schemas),
            starts);
    SingleOutputStreamOperator<RowData> rows =
        env.fromSource(marked, WatermarkStrategy.noWatermarks(), "read " + source.name())
            .uid(source.id() + ":read")
            .setParallelism(parallelism)
            .transform(
                operator(source),
                InternalTypeInfo.of(rowType(source)),
                new ProgressOperator(source.topic(), committed(source)))
            .uid(source.id() + ":pass")
            .setParallelism(parallelism);
    return new SourceStream(
        rows, rows.getSideOutput(ProgressOperator.PROGRESS), rows.getSideOutput(DeadLetter.TAG));
  }

  /** Returns the name of the operator that gives out a Source's rows. */
  public static String operator(PlanSource source) {
    return "pass " + source.name();
  }

  /** Returns where the rows have the time of their commit. */
  private static int committed(PlanSource source) {
    return source.columns().size() + SystemColumn.SOURCE_TS.ordinal();
  }

  /** Returns the type of the rows: the planned columns, then the system columns. */
  public static RowType rowType(PlanSource source) {
    return FlinkTypes.rowType(
        source.columns().stream().map(PlanColumn::name).toList(),
        source.columns().stream().map(column -> FieldType.parse(column.type())).toList(),
        source.before());
  }
}
