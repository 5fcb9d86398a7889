package dev.backlot.sink.iceberg;

import dev.backlot.embedded.KafkaServer;
import dev.backlot.embedded.PostgresServer;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.model.spec.PipelineSpec.OnError;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.transport.Mark;
import dev.backlot.transport.MarkReader;
import dev.backlot.transport.Marks;
import dev.backlot.transport.SourceStream;
import dev.backlot.transport.SourceTransport;
import dev.backlot.transport.StartOffsets;
import dev.backlot.warehouse.LakeCatalog;
import dev.backlot.warehouse.LakeSettings;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.TableRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.functions.FilterFunction;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.table.data.RowData;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.awaitility.Awaitility;

/** The servers that all tests of this module share, and short words for what the tests do. */
final class SinkServers {
  private static final SinkServers SHARED = new SinkServers();

  final KafkaServer kafka;
  final LakeCatalog lake;
  final MiniCluster flink;
  private PostgresServer postgres;
  private int tables;
  private int taskManager;

  private SinkServers() {
    try {
      postgres = PostgresServer.temporary().start();
      kafka = KafkaServer.temporary().start();
      Path warehouse = Files.createTempDirectory("backlot-warehouse-");
      lake =
          LakeCatalog.open(
              new LakeSettings(
                  postgres.jdbcUrl(),
                  postgres.user(),
                  postgres.password(),
                  warehouse.toUri().toString()));
      flink = new MiniCluster(cluster());
      flink.start();
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    flink.closeAsync();
                    kafka.close();
                    postgres.close();
                  }));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  static SinkServers shared() {
    return SHARED;
  }

  private static MiniClusterConfiguration cluster() {
    Configuration configuration = new Configuration();
    configuration.set(RestOptions.BIND_PORT, "0");
    configuration.set(JobManagerOptions.EXECUTION_FAILOVER_STRATEGY, "region");
    configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(8));
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MIN, MemorySize.ofMebiBytes(16));
    configuration.set(TaskManagerOptions.NETWORK_MEMORY_MAX, MemorySize.ofMebiBytes(16));
    return new MiniClusterConfiguration.Builder()
        .setConfiguration(configuration)
        .setNumTaskManagers(1)
        .setNumSlotsPerTaskManager(4)
        .build();
  }

  /** Ends the task manager that was started last, and starts another. */
  void replaceTaskManager() throws Exception {
    flink.terminateTaskManager(taskManager++).get(30, TimeUnit.SECONDS);
    flink.startTaskManager();
  }

  /** Kills the catalog's database with -9 and starts it again. */
  void crashPostgres() {
    postgres.kill();
    postgres = postgres.startAgain();
  }

  Map<String, String> kafkaProperties() {
    return Map.of("bootstrap.servers", kafka.bootstrapServers());
  }

  TestTopic topic(int partitions) throws Exception {
    return new TestTopic(kafka.bootstrapServers(), partitions);
  }

  /** Creates a table for rows of test topics, without marks. */
  TableName newTable() {
    TableName name = new TableName("studio", "table_" + ++tables);
    lake.ensure(
        new TableRequest(
            name,
            List.of(
                Field.nullable("id", FieldType.Simple.LONG),
                Field.nullable("title", FieldType.Text.PLAIN)),
            List.of("_source", "id"),
            TableRequest.VersionOrder.OFFSET,
            "test"));
    return name;
  }

  /** Creates a table that begins at its topics' starts. */
  TableName newTable(TestTopic... topics) {
    TableName name = newTable();
    for (TestTopic topic : topics) {
      TableMarks.initialise(lake.load(name), StartOffsets.resolve(kafkaProperties(), topic.plan()));
    }
    return name;
  }

  /** A job under construction. */
  StreamExecutionEnvironment job() {
    Configuration configuration = new Configuration();
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 10_000);
    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(20));
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    env.enableCheckpointing(200);
    env.getConfig().enableObjectReuse();
    return env;
  }

  /** Adds sources, a filter and a sink to a job. */
  void add(
      StreamExecutionEnvironment env,
      String id,
      TableName table,
      FilterFunction<RowData> filter,
      int parallelism,
      TestTopic... topics) {
    List<PlanSource> plans = new ArrayList<>();
    for (TestTopic topic : topics) {
      plans.add(topic.plan());
    }
    IcebergTableSink sink =
        new IcebergTableSink(id, lake.settings(), table, plans, RowIdentity.RECORD);
    List<SourceStream> streams = read(env, List.of(sink.marks()), parallelism, topics);
    attach(sink, streams, filter, parallelism, topics);
  }

  List<SourceStream> read(
      StreamExecutionEnvironment env,
      List<MarkReader> marks,
      int parallelism,
      TestTopic... topics) {
    List<SourceStream> streams = new ArrayList<>();
    for (TestTopic topic : topics) {
      streams.add(
          new SourceTransport(kafkaProperties())
              .read(env, topic.plan(), OnError.STOP, marks, parallelism));
    }
    return streams;
  }

  void attach(
      IcebergTableSink sink,
      List<SourceStream> streams,
      FilterFunction<RowData> filter,
      int parallelism,
      TestTopic... topics) {
    DataStream<RowData> rows = streams.get(0).rows();
    for (SourceStream other : streams.subList(1, streams.size())) {
      rows = rows.union(other.rows());
    }
    sink.attach(
        rows.filter(filter).setParallelism(parallelism),
        SourceTransport.rowType(topics[0].plan()),
        Optional.empty(),
        streams.stream().map(SourceStream::progress).toList(),
        parallelism);
  }

  JobID submit(StreamExecutionEnvironment env) throws Exception {
    return flink.submitJob(env.getStreamGraph().getJobGraph()).get(30, TimeUnit.SECONDS).getJobID();
  }

  void cancel(JobID job) throws Exception {
    flink.cancelJob(job).get(30, TimeUnit.SECONDS);
    Awaitility.await()
        .pollInterval(Duration.ofMillis(5))
        .until(() -> flink.getJobStatus(job).get().isGloballyTerminalState());
  }

  /** Waits until the job has failed for good, and returns the whole chain of causes as text. */
  String failure(JobID job) throws Exception {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> flink.getJobStatus(job).get().isGloballyTerminalState());
    return flink.getArchivedExecutionGraph(job).get().getFailureInfo().getExceptionAsString();
  }

  Marks marks(TableName table) {
    return TableMarks.read(lake.load(table)).orElse(Marks.NONE);
  }

  /** Returns marks at the topic's end. */
  Marks latest(TestTopic topic) {
    PlanSource plan = topic.plan();
    return StartOffsets.resolve(
        kafkaProperties(),
        new PlanSource(
            plan.id(),
            plan.name(),
            plan.topic(),
            plan.epoch(),
            plan.partitions(),
            plan.key(),
            plan.columns(),
            plan.keySchemas(),
            plan.valueSchemas(),
            "latest"));
  }

  void deleteBelow(TestTopic topic, int partition, long offset) throws Exception {
    try (Admin admin = Admin.create(Map.copyOf(kafkaProperties()))) {
      admin
          .incrementalAlterConfigs(
              Map.of(
                  new ConfigResource(ConfigResource.Type.TOPIC, topic.topic),
                  List.of(
                      new AlterConfigOp(
                          new ConfigEntry("cleanup.policy", "compact,delete"),
                          AlterConfigOp.OpType.SET))))
          .all()
          .get();
      admin
          .deleteRecords(
              Map.of(
                  new TopicPartition(topic.topic, partition), RecordsToDelete.beforeOffset(offset)))
          .all()
          .get();
    }
  }

  /** Waits until the table's marks have reached the topic's end as of now. */
  void awaitEnd(TableName table, TestTopic topic, Duration atMost) throws Exception {
    topic.flush();
    Map<TopicPartition, Mark> end = latest(topic).byPartition();
    Awaitility.await()
        .atMost(atMost)
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(
            () -> {
              Marks marks = marks(table);
              end.forEach(
                  (partition, mark) ->
                      org.assertj.core.api.Assertions.assertThat(
                              marks.byPartition().get(partition).nextOffset())
                          .as(partition.toString())
                          .isEqualTo(mark.nextOffset()));
            });
  }

  List<Record> rows(TableName name) throws Exception {
    Table table = lake.load(name);
    try (CloseableIterable<Record> records = IcebergGenerics.read(table).build()) {
      List<Record> rows = new ArrayList<>();
      records.forEach(rows::add);
      return rows;
    }
  }
}
