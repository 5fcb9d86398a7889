package dev.backlot.sink.iceberg;

import dev.backlot.transport.Progress;
import java.io.Serializable;
import java.util.List;
import org.apache.iceberg.DataFile;

/** What a committer is told before each barrier. */
sealed interface SinkUpdate extends Serializable {

  /**
   * A writer has closed its files.
   *
   * @param files closed since the last barrier, not empty
   * @param ranges which offsets the files' rows have
   */
  record Written(List<DataFile> files, List<Range> ranges) implements SinkUpdate {
    /** Copies what is mutable. */
    public Written {
      files = List.copyOf(files);
      ranges = List.copyOf(ranges);
    }
  }

  /**
   * The rows of one partition in one writer's files.
   *
   * @param topic the topic
   * @param partition of the topic
   * @param lowest offset of a row
   * @param highest offset of a row
   * @param rows how many
   */
  record Range(String topic, int partition, long lowest, long highest, long rows)
      implements Serializable {}

  /** A reader has passed records. */
  record Passed(Progress progress) implements SinkUpdate {}
}
