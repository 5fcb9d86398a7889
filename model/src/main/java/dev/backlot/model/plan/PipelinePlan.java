package dev.backlot.model.plan;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.io.Serializable;
import java.util.List;

/**
 * The concrete job computed from a pipeline. A pure function of the spec, the source schemas, the
 * processors and the tables' current shapes: the same inputs give the same bytes. Its JSON is
 * stored, shown and diffed, and is all that a job needs.
 *
 * @param format version of this structure
 * @param pipeline the pipeline's name
 * @param adopt whether tables that another, deleted pipeline left behind are taken over
 * @param parallelism how many instances of each step run; readers never outnumber partitions
 * @param onError {@code stop}, {@code dead_letter} or {@code skip}
 * @param sources what is read, in the order of the document
 * @param steps processors, every step after its inputs
 * @param sinks what is written, in the order of the document
 * @param publications which outputs become Sources, in the order of the document
 * @param hash SHA-256 in hex over the JSON of everything else
 */
@JsonPropertyOrder({
  "format",
  "pipeline",
  "adopt",
  "parallelism",
  "on_error",
  "sources",
  "steps",
  "sinks",
  "publications",
  "hash"
})
public record PipelinePlan(
    int format,
    String pipeline,
    boolean adopt,
    int parallelism,
    String onError,
    List<PlanSource> sources,
    List<PlanStep> steps,
    List<PlanSink> sinks,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) List<PlanPublication> publications,
    String hash)
    implements Serializable {
  /** The structure that this code writes. */
  public static final int FORMAT = 2;

  /** Copies what is mutable. */
  public PipelinePlan {
    sources = List.copyOf(sources);
    steps = List.copyOf(steps);
    sinks = List.copyOf(sinks);
    // Plans without any leave them out.
    publications = publications == null ? List.of() : List.copyOf(publications);
  }

  /** A plan that publishes nothing. */
  public PipelinePlan(
      int format,
      String pipeline,
      boolean adopt,
      int parallelism,
      String onError,
      List<PlanSource> sources,
      List<PlanStep> steps,
      List<PlanSink> sinks,
      String hash) {
    this(format, pipeline, adopt, parallelism, onError, sources, steps, sinks, List.of(), hash);
  }

  /** Returns whether records that fail are kept, and can be replayed. */
  public boolean keepsLetters() {
    return onError.equals("dead_letter");
  }

  /** Returns the same plan under a hash. */
  public PipelinePlan withHash(String newHash) {
    return new PipelinePlan(
        format,
        pipeline,
        adopt,
        parallelism,
        onError,
        sources,
        steps,
        sinks,
        publications,
        newHash);
  }
}
