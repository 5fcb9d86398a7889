package dev.backlot.transport;

import java.util.Map;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;

/** What a {@link MarkedSource} makes of the records of its topic: one event each, in order. */
interface EventReader extends KafkaRecordDeserializationSchema<ReadEvent> {

  /** Returns a reader that continues behind these starts, until something is parked. */
  EventReader startingAt(Map<Integer, Starts.Start> starts, Parking parking);

  @Override
  default TypeInformation<ReadEvent> getProducedType() {
    return new SerializedType<>(ReadEvent.class);
  }
}
