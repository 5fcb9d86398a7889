package dev.backlot.transport;

import java.io.Serializable;

/**
 * A reader has passed every record from {@code from} up to {@code nextOffset}, skipped ones
 * included, and has sent on the rows of all of them. Reports of one partition join up: each begins
 * where the one before ended, the first one where the reader started.
 *
 * @param topic the topic read
 * @param partition of the topic
 * @param from the first offset of this report
 * @param nextOffset the offset after the last one passed
 * @param generation the highest generation that a fence has announced so far
 * @param marked whether a mark was among the records: somebody waits for the sinks to pass it
 */
public record Progress(
    String topic, int partition, long from, long nextOffset, long generation, boolean marked)
    implements Serializable {}
