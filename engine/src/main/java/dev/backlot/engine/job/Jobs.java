package dev.backlot.engine.job;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.engine.plan.Shapes;
import dev.backlot.engine.plan.SinkPlanner;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.model.plan.PlanSink;
import dev.backlot.model.plan.PlanSource;
import dev.backlot.processors.Processors;
import dev.backlot.sdk.Shape;
import dev.backlot.sink.iceberg.TableMarks;
import dev.backlot.transport.LetterTopics;
import dev.backlot.transport.Letters;
import dev.backlot.transport.Mark;
import dev.backlot.transport.Marks;
import dev.backlot.transport.StartOffsets;
import dev.backlot.transport.publish.PublishedTopic;
import dev.backlot.warehouse.LakeCatalog;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.TableRequest;
import dev.backlot.warehouse.TableShape;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.iceberg.Table;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The jobs of pipelines: at most one runs per pipeline. What is asked for twice happens once: a
 * job's name tells which plan it runs. Thread-safe; calls for one pipeline wait for one another.
 */
public final class Jobs implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Jobs.class);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final FlinkRest flink;
  private final JobComposer composer;
  private final Map<String, String> kafka;
  private final short replication;
  private final LakeCatalog lake;
  private final Publications publications;
  private final Processors processors;
  private final Map<String, Object> locks = new ConcurrentHashMap<>();

  /** Runs jobs on a Flink cluster. The catalog stays the caller's to close. */
  public Jobs(
      String flinkRestUrl,
      Map<String, String> kafka,
      short replication,
      LakeCatalog lake,
      Publications publications,
      Path secretsDirectory,
      Processors processors) {
    this.flink = new FlinkRest(flinkRestUrl);
    this.kafka = Map.copyOf(kafka);
    this.replication = replication;
    this.lake = lake;
    this.publications = publications;
    this.processors = processors;
    this.composer = new JobComposer(kafka, lake.settings(), secretsDirectory, processors);
  }

  /**
   * Makes a plan the pipeline's job and returns the job's id. When a job of this very plan runs
   * already, that is it. Another job of the pipeline runs on while tables are brought to the plan,
   * which does not disturb it, and ends then; the new one goes on where the tables are.
   *
   * @throws ProblemException when a table can't be brought to the planned shape: then the other job
   *     runs on; or when Flink refuses the new one: then none of the pipeline runs
   */
  public String put(PipelinePlan plan) {
    synchronized (lock(plan.pipeline())) {
      Optional<String> running = Optional.empty();
      List<RunningJob> others = new ArrayList<>();
      for (RunningJob job : all()) {
        if (!job.pipeline().equals(plan.pipeline()) || job.ended()) {
          continue;
        }
        if (job.planHash().equals(plan.hash())
            && running.isEmpty()
            && !job.state().equals("CANCELLING")) {
          running = Optional.of(job.jobId());
        } else {
          others.add(job);
        }
      }
      Optional<Prepared> next = running.isPresent() ? Optional.empty() : Optional.of(prepare(plan));
      others.forEach(this::end);
      return running.orElseGet(() -> start(plan, next.orElseThrow()));
    }
  }

  /** Ends the pipeline's job and returns when it has ended; nothing happens when there is none. */
  public void stop(String pipeline) {
    synchronized (lock(pipeline)) {
      all().stream()
          .filter(job -> job.pipeline().equals(pipeline) && !job.ended())
          .forEach(this::end);
    }
  }

  /** Returns every pipeline's newest job, ended ones included as long as Flink remembers them. */
  public List<RunningJob> list() {
    Map<String, RunningJob> newest = new HashMap<>();
    for (RunningJob job : all()) {
      newest.merge(job.pipeline(), job, Jobs::newer);
    }
    return newest.values().stream()
        .map(this::explained)
        .sorted(Comparator.comparing(RunningJob::pipeline))
        .toList();
  }

  /** Returns how many records a pipeline's job has skipped since it started or recovered. */
  public long skippedRecords(String pipeline) {
    Optional<RunningJob> running =
        all().stream().filter(job -> job.pipeline().equals(pipeline) && !job.ended()).findFirst();
    if (running.isEmpty()) {
      return 0;
    }
    JsonNode counters =
        flink
            .get("/jobs/" + running.get().jobId() + "/accumulators")
            .path("user-task-accumulators");
    for (JsonNode counter : counters) {
      if (counter.path("name").asText().equals(Letters.SKIPPED)) {
        return counter.path("value").asLong();
      }
    }
    return 0;
  }

  private static RunningJob newer(RunningJob a, RunningJob b) {
    if (a.ended() != b.ended()) {
      return a.ended() ? b : a;
    }
    return a.startedAt().isAfter(b.startedAt()) ? a : b;
  }

  /** A job, and the topics that are to be taken over for it. */
  private record Prepared(JobGraph job, Map<String, PublishedTopic> published) {}

  /** Brings topics and tables to a plan, and returns its job. */
  private Prepared prepare(PipelinePlan plan) {
    Map<String, Shape> shapes = Shapes.of(plan, type -> processors.find(type).orElseThrow());
    if (plan.keepsLetters()) {
      LetterTopics.create(kafka, plan.pipeline(), replication);
    }
    for (PlanSink sink : plan.sinks()) {
      prepare(plan, sink, Objects.requireNonNull(shapes.get(sink.input())));
    }
    Map<String, PublishedTopic> published = publications.prepare(plan);
    JobGraph job = composer.compose(plan, published).getStreamGraph(false).getJobGraph();
    LOG.info("Tables of pipeline {} are ready for plan {}", plan.pipeline(), plan.hash());
    return new Prepared(job, published);
  }

  private String start(PipelinePlan plan, Prepared prepared) {
    publications.takeOver(plan, prepared.published());
    String id = flink.submit(prepared.job());
    LOG.info("Pipeline {} runs plan {} as job {}", plan.pipeline(), plan.hash(), id);
    return id;
  }

  /** Brings a table to the plan: creates or extends it, and gives it first marks. */
  private void prepare(PipelinePlan plan, PlanSink sink, Shape input) {
    TableName name = TableName.parse(sink.table());
    Optional<String> owner = lake.owner(name);
    if (plan.adopt() && owner.isPresent() && !owner.get().equals(plan.pipeline())) {
      lake.adopt(name, plan.pipeline());
    }
    TableRequest request =
        SinkPlanner.request(plan.pipeline(), name, input, sink.renames(), sink.drops());
    TableShape shape = lake.ensure(request);
    List<String> planned = sink.shape().stream().map(t -> t.name() + " " + t.type()).toList();
    List<String> found =
        shape.columns().stream().map(c -> c.name() + " " + c.type().notation()).toList();
    if (!planned.equals(found)) {
      throw new ProblemException(
          ProblemCode.TABLE_SCHEMA_CONFLICT,
          "Cannot write table '%s': its columns are (%s) and the plan has (%s). Plan the pipeline again."
              .formatted(name, String.join(", ", found), String.join(", ", planned)));
    }
    Table table = lake.load(name);
    Marks present = TableMarks.read(table).orElse(Marks.NONE);
    Map<TopicPartition, Mark> initial = new HashMap<>();
    for (PlanSource source : plan.sources()) {
      if (sink.sources().contains(source.id())
          && !present.covers(source.topic(), source.partitions())) {
        initial.putAll(StartOffsets.resolve(kafka, source).byPartition());
      }
    }
    String replays = LetterTopics.replays(plan.pipeline());
    if (plan.keepsLetters() && !present.covers(replays, 1)) {
      // What was replayed before the table knew of it was for another table.
      initial.putAll(StartOffsets.end(kafka, replays, 1).byPartition());
    }
    TableMarks.initialise(table, new Marks(initial));
  }

  private void end(RunningJob job) {
    flink.cancel(job.jobId());
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!"".equals(state(job.jobId()))) {
      if (System.nanoTime() > deadline) {
        throw new ProblemException(
            ProblemCode.TIMED_OUT,
            "Cannot stop pipeline '%s': its job %s does not end. Try again in a moment."
                .formatted(job.pipeline(), job.jobId()));
      }
      pause();
    }
    LOG.info("Job {} of pipeline {} has ended", job.jobId(), job.pipeline());
  }

  /** Returns the state of a job that still runs, or empty. */
  private String state(String jobId) {
    return all().stream()
        .filter(job -> job.jobId().equals(jobId) && !job.ended())
        .map(RunningJob::state)
        .findFirst()
        .orElse("");
  }

  private static void pause() {
    try {
      Thread.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted", e);
    }
  }

  private List<RunningJob> all() {
    List<RunningJob> jobs = new ArrayList<>();
    for (JsonNode job : flink.get("/jobs/overview").path("jobs")) {
      JobName.parse(job.path("name").asText())
          .ifPresent(
              name ->
                  jobs.add(
                      new RunningJob(
                          name.pipeline(),
                          name.planHash(),
                          job.path("jid").asText(),
                          job.path("state").asText(),
                          Instant.ofEpochMilli(job.path("start-time").asLong()),
                          "",
                          "")));
    }
    return jobs;
  }

  private RunningJob explained(RunningJob job) {
    boolean failing =
        job.state().equals("FAILED")
            || job.state().equals("FAILING")
            || job.state().equals("RESTARTING");
    if (!failing) {
      return job;
    }
    JsonNode history =
        flink
            .get("/jobs/" + job.jobId() + "/exceptions?maxExceptions=1")
            .path("exceptionHistory")
            .path("entries");
    String trace = history.path(0).path("stacktrace").asText("");
    JobFailure failure = JobFailure.of(job.pipeline(), trace);
    return new RunningJob(
        job.pipeline(),
        job.planHash(),
        job.jobId(),
        job.state(),
        job.startedAt(),
        failure.code().name(),
        failure.reason());
  }

  private Object lock(String pipeline) {
    return locks.computeIfAbsent(pipeline, name -> new Object());
  }

  @Override
  public void close() {
    flink.close();
  }
}
