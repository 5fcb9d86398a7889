package dev.backlot.engine;

import dev.backlot.event.ControlRecord;
import dev.backlot.event.EventHeader;
import dev.backlot.event.flink.SourceDecoder;
import dev.backlot.model.source.SourceDescriptor;
import dev.backlot.schema.AvroSchemas;
import dev.backlot.schema.Field;
import dev.backlot.schema.RowSchema;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.flink.table.data.RowData;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** What a published topic holds for its readers: records of ended generations left out. */
final class PublishedRecords {
  private PublishedRecords() {}

  /**
   * A record that is neither a fence nor a mark.
   *
   * @param row its row, or null for a tombstone
   */
  record Published(int partition, long offset, EventHeader header, @Nullable RowData row) {
    String text(int column) {
      return row == null || row.isNullAt(column) ? "" : row.getString(column).toString();
    }
  }

  static List<Published> of(EngineServers servers, String source) {
    SourceDescriptor descriptor =
        servers.metadata.sources().find(source).orElseThrow().descriptor();
    RowSchema schema = AvroSchemas.rowSchema(AvroSchemas.parse(descriptor.valueSchema()));
    Map<Integer, String> schemas = new HashMap<>();
    descriptor
        .valueSchemaIds()
        .forEach(id -> schemas.put(id, servers.schemas.byId(id).orElseThrow()));
    SourceDecoder decoder =
        new SourceDecoder(
            source,
            descriptor.epoch(),
            schema.fieldNames(),
            schema.fields().stream().map(Field::type).toList(),
            schemas);
    List<Published> all = new ArrayList<>();
    long[] generations = new long[descriptor.partitions()];
    for (ConsumerRecord<byte[], byte[]> record : records(servers, descriptor)) {
      EventHeader header =
          EventHeader.decode(record.headers().lastHeader(EventHeader.NAME).value());
      int partition = record.partition();
      if (header.generation() < generations[partition]) {
        continue;
      }
      if (header.isControl()) {
        ControlRecord control = ControlRecord.decode(record.key());
        if (control.kind() == ControlRecord.Kind.FENCE) {
          generations[partition] = control.generation();
        }
        if (control.kind() != ControlRecord.Kind.TRUNCATE) {
          continue;
        }
      }
      RowData row =
          record.value() == null
              ? null
              : decoder.decode(
                  partition, record.offset(), record.timestamp(), header, record.value());
      all.add(new Published(partition, record.offset(), header, row));
    }
    return all;
  }

  private static List<ConsumerRecord<byte[], byte[]>> records(
      EngineServers servers, SourceDescriptor descriptor) {
    List<TopicPartition> partitions =
        IntStream.range(0, descriptor.partitions())
            .mapToObj(partition -> new TopicPartition(descriptor.topic(), partition))
            .toList();
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", servers.kafka.bootstrapServers()),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
    }
    return records;
  }
}
