package dev.backlot.transport;

import java.util.Map;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the letters of a topic of replays; what is no letter is passed over. */
final class ReplayReader implements EventReader {
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(ReplayReader.class);

  @Override
  public ReplayReader startingAt(Map<Integer, Starts.Start> starts, Parking parking) {
    return this;
  }

  @Override
  public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<ReadEvent> out) {
    long next = record.offset() + 1;
    try {
      out.collect(ReadEvent.replayed(LetterFormat.read(record), record.partition(), next));
    } catch (IllegalArgumentException e) {
      LOG.warn(
          "{}/{}/{} is no dead letter: {}",
          record.topic(),
          record.partition(),
          record.offset(),
          e.getMessage());
      out.collect(ReadEvent.of(null, record.partition(), next, 0));
    }
  }
}
