package dev.backlot.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.jdbc.JdbcCatalog;
import org.apache.iceberg.parquet.Parquet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Does wrong to a platform's table and topic, with the tools that anybody has: Iceberg's Java
 * library on the JDBC catalog, and a plain Kafka client.
 */
final class PlantedFaults implements AutoCloseable {
  private final JdbcCatalog catalog = new JdbcCatalog();
  private final TableIdentifier table;
  private final String topic;
  private final Map<String, Object> kafka;

  PlantedFaults(Path dataDir, String topic, String table) throws IOException {
    JsonNode platform = new ObjectMapper().readTree(dataDir.resolve("run/platform.json").toFile());
    JsonNode metadata = platform.path("metadata");
    this.catalog.setConf(new org.apache.hadoop.conf.Configuration(false));
    this.catalog.initialize(
        "lake",
        Map.of(
            "uri", metadata.path("jdbc_url").asText(),
            "jdbc.user", metadata.path("user").asText(),
            "jdbc.password", metadata.path("password").asText(),
            "jdbc.schema-version", "V1",
            "warehouse", platform.path("warehouse_uri").asText(),
            "io-impl", "dev.backlot.warehouse.LocalFileIO"));
    this.table = TableIdentifier.parse(table);
    this.topic = topic;
    this.kafka = Map.of("bootstrap.servers", platform.path("bootstrap_servers").asText());
  }

  /** Copies the newest event that names a key and contains a text to the end of its partition. */
  void repeatEvent(int id, String text) throws Exception {
    try (KafkaConsumer<byte[], byte[]> consumer =
            new KafkaConsumer<>(kafka, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        KafkaProducer<byte[], byte[]> producer =
            new KafkaProducer<>(kafka, new ByteArraySerializer(), new ByteArraySerializer())) {
      List<TopicPartition> partitions = new ArrayList<>();
      for (PartitionInfo partition : consumer.partitionsFor(topic)) {
        partitions.add(new TopicPartition(topic, partition.partition()));
      }
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      ConsumerRecord<byte[], byte[]> found = null;
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(1))) {
          boolean matches =
              record.value() != null
                  && new String(record.value(), StandardCharsets.ISO_8859_1).contains(text);
          found = matches ? record : found;
        }
      }
      if (found == null) {
        throw new AssertionError("No event of " + id + " says '" + text + "'");
      }
      producer
          .send(
              new ProducerRecord<>(
                  topic, found.partition(), null, found.key(), found.value(), found.headers()))
          .get();
    }
  }

  /**
   * Rewrites every file of the table, keeping the rows that pass, which may be changed on the way.
   */
  void rewrite(Predicate<Record> change) throws IOException {
    Table loaded = catalog.loadTable(table);
    for (int attempt = 1; ; attempt++) {
      List<DataFile> old = new ArrayList<>();
      List<Record> rows = new ArrayList<>();
      for (FileScanTask task : loaded.newScan().planFiles()) {
        old.add(task.file());
        rows(loaded, task.file()).forEach(rows::add);
      }
      rows.removeIf(row -> row.getField("id") != null && !change.test(row));
      RewriteFiles rewrite =
          loaded.newRewrite().validateFromSnapshot(loaded.currentSnapshot().snapshotId());
      old.forEach(rewrite::deleteFile);
      rewrite.addFile(write(loaded, rows));
      try {
        rewrite.commit();
        return;
      } catch (CommitFailedException | org.apache.iceberg.exceptions.ValidationException e) {
        if (attempt == 10) {
          throw e;
        }
        loaded.refresh();
      }
    }
  }

  /** Appends a copy of a key's row under another key, as if it came from another offset. */
  void insertCopyOf(int id, int as, long offset) throws IOException {
    Table loaded = catalog.loadTable(table);
    for (FileScanTask task : loaded.newScan().planFiles()) {
      for (Record row : rows(loaded, task.file())) {
        if (Integer.valueOf(id).equals(row.getField("id"))) {
          Record copy = row.copy();
          copy.setField("id", as);
          copy.setField("_offset", offset);
          loaded.newAppend().appendFile(write(loaded, List.of(copy))).commit();
          return;
        }
      }
    }
    throw new AssertionError("No row has id " + id);
  }

  private static List<Record> rows(Table loaded, DataFile file) throws IOException {
    List<Record> rows = new ArrayList<>();
    try (CloseableIterable<Record> records =
        Parquet.read(loaded.io().newInputFile(file.location()))
            .project(loaded.schema())
            .createReaderFunc(type -> GenericParquetReaders.buildReader(loaded.schema(), type))
            .build()) {
      records.forEach(rows::add);
    }
    return rows;
  }

  private static DataFile write(Table loaded, List<Record> rows) throws IOException {
    String location = loaded.locationProvider().newDataLocation(UUID.randomUUID() + ".parquet");
    DataWriter<Record> writer =
        Parquet.writeData(loaded.io().newOutputFile(location))
            .forTable(loaded)
            .createWriterFunc(GenericParquetWriter::create)
            .build();
    try (writer) {
      rows.forEach(writer::write);
    }
    return writer.toDataFile();
  }

  @Override
  public void close() {
    catalog.close();
  }
}
