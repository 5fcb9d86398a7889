package dev.backlot.engine.batch;

import dev.backlot.sdk.BatchFunction.Answer;
import dev.backlot.sdk.BatchFunction.Question;
import org.apache.flink.table.data.RowData;
import org.jspecify.annotations.Nullable;

/** A row between its arrival and its emission. For one thread. */
final class WaitingRow {
  final RowData row;
  final @Nullable Object key;

  /** What is asked about it; null when nothing is. */
  final @Nullable Question question;

  /** Cached answers must have been asked for after this; microseconds since the epoch. */
  final long changedMicros;

  final long arrivedMillis;

  /** When its answer was asked for, or, without one, when it arrived; microseconds. */
  long stamp;

  /** Whether it was handed over to be asked about; see {@link Conversation}. */
  boolean isQueued;

  private State state = State.WAITING;
  private @Nullable Answer answer;

  /** How far a row is. */
  enum State {
    /** Nothing has been asked yet. */
    WAITING,
    /** Its question is on its way. */
    ASKED,
    /** It can be emitted. */
    DONE,
    /** A newer row of its key takes its place. */
    SUPERSEDED
  }

  WaitingRow(
      RowData row,
      @Nullable Object key,
      @Nullable Question question,
      long changedMicros,
      long arrivedMillis,
      long stamp) {
    this.row = row;
    this.key = key;
    this.question = question;
    this.changedMicros = changedMicros;
    this.arrivedMillis = arrivedMillis;
    this.stamp = stamp;
  }

  boolean isWaiting() {
    return state == State.WAITING;
  }

  boolean isSettled() {
    return state == State.DONE || state == State.SUPERSEDED;
  }

  boolean isSuperseded() {
    return state == State.SUPERSEDED;
  }

  void asked() {
    state = State.ASKED;
  }

  void supersede() {
    state = State.SUPERSEDED;
  }

  /** Ends the wait; without an answer the row passes as it is. */
  void done(@Nullable Answer found) {
    state = State.DONE;
    answer = found;
  }

  @Nullable Answer answer() {
    return answer;
  }
}
