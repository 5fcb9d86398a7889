package dev.backlot.controller.dataplane;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.model.Problem;
import dev.backlot.model.audit.QueryAnswer;
import dev.backlot.model.audit.QueryRead;
import dev.backlot.model.checkup.CheckupEvent;
import dev.backlot.model.source.SourceDescriptor;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the controller asks of the data plane. Every method blocks, is bounded in time and throws
 * {@link dev.backlot.model.ProblemException}: with DATA_PLANE_UNREACHABLE when nobody answers, else
 * with the data plane's own problems. Thread-safe.
 */
public interface DataPlane {
  /**
   * What a connection's preflight found.
   *
   * @param advice what should be changed, though nothing forbids to capture without
   */
  record Preflight(List<Problem> problems, List<SourceDescriptor> sources, List<String> advice) {
    /** Copies what is mutable. */
    public Preflight {
      problems = List.copyOf(problems);
      sources = List.copyOf(sources);
      advice = List.copyOf(advice);
    }
  }

  /**
   * A pipeline's plan, or why there is none.
   *
   * @param plan its JSON as an ordered map; empty when there are problems or Sources to wait for
   * @param waitingFor Sources that are not captured yet
   * @param published the Sources that it publishes, as they will be
   */
  record Planned(
      Optional<Map<String, Object>> plan,
      String hash,
      List<Problem> problems,
      List<String> waitingFor,
      List<SourceDescriptor> published) {
    /** Copies what is mutable. */
    public Planned {
      published = List.copyOf(published);
      problems = List.copyOf(problems);
      waitingFor = List.copyOf(waitingFor);
    }
  }

  /**
   * A job as Flink sees it.
   *
   * @param state Flink's word: CREATED, RUNNING, RESTARTING, FAILED, …
   * @param code a problem code's name when it failed, or empty
   * @param reason why it failed, or empty
   */
  record Job(
      String pipeline,
      String planHash,
      String jobId,
      String state,
      Optional<Instant> startedAt,
      String code,
      String reason) {}

  /**
   * How far a pipeline is; what is not known is empty.
   *
   * @param deadLetters records that failed and wait to be replayed
   * @param skipped records that failed and were skipped since the job started
   * @param reason why it has not caught up, or empty
   * @param tables how far each table is
   * @param sources what is lacked of each Source
   */
  record Progress(
      Optional<Long> lagRecords,
      Optional<Double> lagSeconds,
      Optional<Double> rate,
      Optional<Long> deadLetters,
      Optional<Long> skipped,
      Optional<Boolean> caughtUp,
      String reason,
      List<TableProgress> tables,
      List<SourceProgress> sources) {
    /** Copies what is mutable. */
    public Progress {
      tables = List.copyOf(tables);
      sources = List.copyOf(sources);
    }

    /** Nothing is known. */
    public static final Progress UNKNOWN =
        new Progress(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            "",
            List.of(),
            List.of());
  }

  /** How far one of a pipeline's tables is. */
  record TableProgress(String table, Optional<Long> lagRecords, Optional<Double> lagSeconds) {}

  /**
   * What a pipeline lacks of one of its Sources.
   *
   * @param id of the step that reads it
   * @param partitionsWithoutMark partitions of which nobody has said how far the pipeline is
   */
  record SourceProgress(
      String id,
      String source,
      int partitions,
      int partitionsWithoutMark,
      Optional<Long> lagRecords,
      Optional<Double> lagSeconds) {}

  /**
   * What a step of a running job has counted since the job began; what is not known is empty.
   *
   * @param id the step's; {@code publish:} and a name for a published Source
   * @param busy share of the last second spent working
   * @param backPressured share of it spent waiting for what comes after
   * @param latency how long changes took from their commit until the step had them
   * @param request how long requests to another service took, if it sends any
   */
  record StepFigures(
      String id,
      Optional<Long> recordsIn,
      Optional<Long> recordsOut,
      Optional<Long> failed,
      Optional<Double> busy,
      Optional<Double> backPressured,
      Optional<Percentiles> latency,
      Optional<Percentiles> request) {}

  /** Percentiles of a time, in seconds. */
  record Percentiles(double p50, double p95, double p99) {}

  /** What a Source's topic holds. */
  record SourceStats(Optional<Long> messages, Optional<Double> rate, Optional<Instant> newest) {}

  /** Checks a connection from the data plane, and discovers the Sources that it would have. */
  Preflight preflight(String connectionDocument);

  /**
   * Checks a connection's server step by step and lists its tables.
   *
   * @param listener hears each event as it happens; what it throws ends the checkup
   */
  void checkup(String connectionDocument, Consumer<CheckupEvent> listener);

  /**
   * Returns references to the secrets that there are, as documents write them: {@code {"env"}} or
   * {@code {"file"}} each. Their values stay where they are.
   */
  List<Map<String, String>> secrets();

  /**
   * Returns the events of a key in a Source's topic, newest first, as far as they are found within
   * bounds: {@code {"events", "scanned", "complete", "since"}}.
   *
   * @param key texts of the key's columns in key order
   */
  Map<String, Object> rowEvents(String source, List<String> key);

  /** Runs a query in a connection's database, for an audit. */
  QueryAnswer query(String connectionDocument, QueryRead read);

  /**
   * Plans a pipeline.
   *
   * @param extraSources those that are only discovered yet
   * @param extraEndpoints documents of endpoints that are about to be applied with it
   * @param upTo by Source, the newest schema that the plan may know, by its id; all unless told
   */
  Planned plan(
      String pipelineDocument,
      List<SourceDescriptor> extraSources,
      List<String> extraEndpoints,
      Map<String, Integer> upTo);

  /**
   * Plans a pipeline as if Sources had one more schema; not for running.
   *
   * @param proposed by Source, the Avro JSON of its envelope
   */
  Planned planProposed(String pipelineDocument, Map<String, String> proposed);

  /** Plans a pipeline as its Sources are now. */
  default Planned plan(
      String pipelineDocument, List<SourceDescriptor> extraSources, List<String> extraEndpoints) {
    return plan(pipelineDocument, extraSources, extraEndpoints, Map.of());
  }

  /**
   * Returns the records before which a pipeline stands still since its plan does not cover their
   * schema: {@code {"source", "topic", "partition", "offset", "schema_id", "written_at",
   * "kept_until"}} each.
   */
  List<Map<String, Object>> parked(String pipeline);

  /** Makes a plan the pipeline's job, in place of any other; does nothing when it already is. */
  String putJob(String pipeline, Map<String, Object> plan, long revision);

  /** Stops a pipeline's job, committing what is in flight; does nothing when there is none. */
  void deleteJob(String pipeline);

  /** Returns every job, failed ones included until they are deleted or replaced. */
  List<Job> jobs();

  /** Returns what the steps of running jobs have counted, by pipeline; none where nobody counts. */
  Map<String, List<StepFigures>> figures();

  /** Returns a pipeline's progress, cheaply. */
  Progress progress(String pipeline);

  /** Proves, within a time, that all that was committed before this call is visible. */
  Progress caughtUp(String pipeline, Duration timeout);

  /**
   * Asks a step's graph about rows, as things are now.
   *
   * @param rows canonical texts by the names of the step's input fields
   * @return per row {@code {"outcome": "found"|"missing"|"deleted"|"unknown", "values"|"reason"}}
   */
  List<JsonNode> ask(String pipeline, String step, List<Map<String, @Nullable String>> rows);

  /** Returns a pipeline's newest dead letters, newest first, without their records. */
  List<Map<String, Object>> deadLetters(String pipeline, int limit);

  /** Returns a dead letter with its record under {@code original}. */
  Map<String, Object> deadLetter(String pipeline, String id);

  /**
   * Replays waiting dead letters: those of a step unless it is empty, those of ids unless there are
   * none. Returns {@code {"replayed": [ids], "refused": [{"id", "reason"}]}}.
   */
  Map<String, Object> replay(String pipeline, String step, List<String> ids);

  /** Deletes a pipeline's dead letters and what was replayed of them. */
  void deleteDeadLetters(String pipeline);

  /**
   * Ends what a pipeline publishes, once its job is gone.
   *
   * @param purge whether the topics are deleted; otherwise they stay as they are
   * @throws ProblemException when Kafka can't be reached
   */
  void endPublications(String pipeline, boolean purge);

  /** Returns what processors and sinks say about themselves. */
  JsonNode processors();

  /**
   * Checks a pipeline that is still being written.
   *
   * @param document YAML or JSON
   * @return {@code {"problems", "hash", "waiting_for", "steps"}}
   */
  JsonNode check(String document);

  /**
   * Runs what is sound of a pipeline on newest events; writes nothing.
   *
   * @param step the only one that matters, or empty
   * @param limit how many rows of each Source
   * @param keys only rows with these keys; any when empty
   * @param hidden by Source, the fields whose values neither the asker nor the steps may see
   */
  JsonNode preview(
      String document, String step, int limit, List<String> keys, Map<String, Set<String>> hidden);

  /** Returns what the graph behind an endpoint offers: {@code {"query", "types"}}. */
  JsonNode graph(String endpoint);

  /** Returns what a query asks the graph behind an endpoint for. */
  JsonNode outline(String endpoint, String query);

  /** Returns a Source's newest rows: {@code {"rows": […], …}}. */
  Map<String, Object> sample(String source, int limit);

  /** Returns what a Source's topic holds. */
  SourceStats stats(String source);

  /** Returns whether the data plane accepts commands. */
  boolean isHealthy();
}
