package dev.backlot.controller.work;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A piece of long work. What is not known is left out, never zero.
 *
 * @param id such as {@code dump-12}
 * @param kind {@code dump}, {@code backfill}, {@code maintenance}, {@code audit} or {@code repair}
 * @param what it is about
 * @param pipeline that it belongs to
 * @param state {@code requested}, {@code running}, {@code paused}, {@code done}, {@code failed} or
 *     {@code cancelled}
 * @param phase what it does just now, in plain words
 * @param reason why it failed or what it waits for, or empty
 * @param asked whether somebody asked for it; else it was due
 * @param total of what it has to do
 * @param estimated whether the total is a guess
 * @param unit of done and total
 * @param rate units a second, over the last seconds
 * @param eta when it will probably be done: known after half a minute and with a known total only
 * @param stillSince since when it has made no progress, if that is more than two minutes ago
 * @param can what may be done with it now: {@code pause}, {@code resume}, {@code cancel}
 * @param effect what it does to data, in plain words
 * @param details figures of its kind
 */
@JsonInclude(JsonInclude.Include.NON_ABSENT)
public record WorkItem(
    String id,
    String kind,
    Subject what,
    Optional<String> pipeline,
    String state,
    String phase,
    String reason,
    boolean asked,
    Optional<Long> done,
    Optional<Long> total,
    boolean estimated,
    String unit,
    Optional<Double> rate,
    Instant requestedAt,
    Optional<Instant> startedAt,
    Optional<Instant> finishedAt,
    Optional<Double> elapsedSeconds,
    Optional<Eta> eta,
    Optional<Instant> stillSince,
    List<Action> can,
    String effect,
    Map<String, Object> details) {

  /** A Source or a table. */
  public record Subject(String kind, String name) {}

  /** Seconds until it is done, from a quick guess to a slow one. */
  public record Eta(long fromSeconds, long toSeconds) {}

  /**
   * Something that may be done.
   *
   * @param path to which it is posted
   * @param means what it does, in plain words
   */
  public record Action(String name, String path, String means) {}

  /** Returns whether it has not ended. */
  public boolean isOpen() {
    return state.equals("requested") || state.equals("running") || state.equals("paused");
  }
}
