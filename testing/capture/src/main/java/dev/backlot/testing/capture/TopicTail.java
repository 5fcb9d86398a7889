package dev.backlot.testing.capture;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Reads topics from their beginning on, as they grow, and decodes them by Avro alone. */
public final class TopicTail implements AutoCloseable {
  private static final int FLAG_DUMP = 1;
  private static final int FLAG_RESELECTED = 2;
  private static final int FLAG_CONTROL = 4;

  private final Map<String, String> tables;
  private final int partitions;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final SchemaTexts schemas;
  private final ConcurrentLinkedQueue<Told> told = new ConcurrentLinkedQueue<>();
  private final AtomicReference<Exception> failure = new AtomicReference<>();
  private final Consumer<Told> listener;
  private final Thread thread;
  private volatile boolean closed;

  /**
   * Begins to read.
   *
   * @param tables the table that each topic is of
   * @param listener hears of each record at once, by the reading thread
   */
  public TopicTail(
      String bootstrapServers,
      Map<String, String> tables,
      int partitions,
      Consumer<Told> listener) {
    this.tables = Map.copyOf(tables);
    this.partitions = partitions;
    this.listener = listener;
    Properties properties = new Properties();
    properties.put("bootstrap.servers", bootstrapServers);
    properties.put("enable.auto.commit", "false");
    properties.put("auto.offset.reset", "none");
    properties.put("allow.auto.create.topics", "false");
    properties.put("fetch.max.wait.ms", "50");
    properties.put("reconnect.backoff.max.ms", "100");
    this.consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    this.schemas = new SchemaTexts(properties);
    this.thread = new Thread(this::run, "topic-tail");
    thread.start();
  }

  /** Returns what has been read since this was last asked; a partition's records in their order. */
  public List<Told> take() throws Exception {
    Exception failed = failure.get();
    if (failed != null) {
      throw failed;
    }
    List<Told> taken = new ArrayList<>();
    for (Told next = told.poll(); next != null; next = told.poll()) {
      taken.add(next);
    }
    return taken;
  }

  private void run() {
    try {
      List<TopicPartition> all = new ArrayList<>();
      for (String topic : tables.keySet()) {
        for (int p = 0; p < partitions; p++) {
          all.add(new TopicPartition(topic, p));
        }
      }
      consumer.assign(all);
      all.forEach(partition -> consumer.seek(partition, 0));
      while (!closed) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          Told next = decode(record);
          told.add(next);
          listener.accept(next);
        }
      }
    } catch (Exception e) {
      failure.compareAndSet(null, e);
    }
  }

  private Told decode(ConsumerRecord<byte[], byte[]> record) throws Exception {
    Header header = record.headers().lastHeader("backlot");
    if (header == null) {
      return told(record, 0, 0, Told.Kind.UNKNOWN, 0, 0, 0);
    }
    ByteBuffer in = ByteBuffer.wrap(header.value());
    in.get();
    int flags = in.get();
    long generation = in.getLong();
    if ((flags & FLAG_CONTROL) != 0) {
      String kind = String.valueOf(decode(record.key()).get("kind")).toUpperCase(Locale.ROOT);
      return told(record, flags, generation, Told.Kind.valueOf(kind), 0, 0, 0);
    }
    int key = (Integer) decode(record.key()).get("id");
    if (record.value() == null) {
      return told(record, flags, generation, Told.Kind.TOMBSTONE, key, 0, 0);
    }
    GenericRecord envelope = decode(record.value());
    Told.Kind kind =
        switch (String.valueOf(envelope.get("op"))) {
          case "c" -> Told.Kind.CREATE;
          case "u" -> Told.Kind.UPDATE;
          case "d" -> Told.Kind.DELETE;
          case "r" -> Told.Kind.READ;
          default -> Told.Kind.UNKNOWN;
        };
    if (!(envelope.get("after") instanceof GenericRecord row)) {
      return told(record, flags, generation, kind, key, 0, 0);
    }
    long version = (Long) row.get("n");
    if (!row.get("id").equals(key)) {
      version = -1;
    }
    if (row.getSchema().getField("title") != null
        && Texts.version(text(row.get("title")), false) != version) {
      version = -1;
    }
    long body =
        row.getSchema().getField("large") == null ? 0 : Texts.version(text(row.get("large")), true);
    return told(record, flags, generation, kind, key, version, body);
  }

  private static CharSequence text(@Nullable Object value) {
    return value instanceof CharSequence text ? text : "";
  }

  private Told told(
      ConsumerRecord<byte[], byte[]> record,
      int flags,
      long generation,
      Told.Kind kind,
      int key,
      long version,
      long body) {
    return new Told(
        tables.getOrDefault(record.topic(), record.topic()),
        record.partition(),
        record.offset(),
        generation,
        kind,
        (flags & FLAG_DUMP) != 0,
        (flags & FLAG_RESELECTED) != 0,
        key,
        version,
        body,
        record.timestamp(),
        System.currentTimeMillis());
  }

  private GenericRecord decode(byte[] framed) throws Exception {
    Schema schema = schemas.schema(ByteBuffer.wrap(framed, 1, 4).getInt());
    return new GenericDatumReader<GenericRecord>(schema)
        .read(null, DecoderFactory.get().binaryDecoder(framed, 5, framed.length - 5, null));
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    thread.join();
    consumer.close(org.apache.kafka.clients.consumer.CloseOptions.timeout(Duration.ZERO));
    schemas.close();
  }
}
