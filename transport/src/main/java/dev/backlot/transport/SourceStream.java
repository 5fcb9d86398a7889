package dev.backlot.transport;

import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.table.data.RowData;

/**
 * A Source inside a job.
 *
 * @param rows the rows in topic order per partition: the Source's planned columns, then the system
 *     columns. Operators must not change a row that they received
 * @param progress what the reader has passed; goes to the committer of every sink that these rows
 *     reach, and nowhere else
 * @param failures records that can't be decoded; empty when those stop the job
 */
public record SourceStream(
    DataStream<RowData> rows, DataStream<Progress> progress, DataStream<DeadLetter> failures) {}
