package dev.backlot.engine.letter;

import dev.backlot.transport.DeadLetter;
import java.time.Instant;

/**
 * A dead letter as it is listed, without the record's own bytes.
 *
 * @param id names it among all letters of the pipeline
 * @param failure which record failed in which step, and why
 * @param attempt how many times the record has been tried
 * @param sink the only sink that lacks the record's rows, or empty when all behind the step do
 * @param since when it failed first
 * @param original whether the record is kept in the letter
 * @param key the record's key as JSON text, or empty
 * @param root what is the same in all letters of one record from one step
 * @param offset of the letter's newest copy in the topic of letters
 */
record StoredLetter(
    String id,
    DeadLetter failure,
    int attempt,
    String sink,
    Instant since,
    boolean original,
    String key,
    String root,
    long offset) {}
