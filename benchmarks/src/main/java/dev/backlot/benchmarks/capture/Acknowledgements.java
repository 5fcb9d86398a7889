package dev.backlot.benchmarks.capture;

import dev.backlot.event.EventHeader;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerInterceptor;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * Notes when Kafka acknowledged each change from the log: an interceptor, set by configuration, so
 * that capture itself runs as it is. One process's clients share the notes. It is a consumer's
 * interceptor too since one configuration serves all clients, and does nothing there.
 */
public final class Acknowledgements
    implements ProducerInterceptor<byte[], byte[]>, ConsumerInterceptor<byte[], byte[]> {
  private static final int MOST = 2_000_000;
  private static final long[] NOTES = new long[2 * MOST];
  private static int count;

  @Override
  public ProducerRecord<byte[], byte[]> onSend(ProducerRecord<byte[], byte[]> sent) {
    return sent;
  }

  @Override
  public void onAcknowledgement(
      @Nullable RecordMetadata metadata, @Nullable Exception exception, Headers headers) {
    if (metadata == null || exception != null || isDump(headers)) {
      return;
    }
    synchronized (NOTES) {
      if (count < MOST) {
        NOTES[2 * count] = id(metadata.partition(), metadata.offset());
        NOTES[2 * count + 1] = System.nanoTime();
        count++;
      }
    }
  }

  /** A dump's rows were committed long ago: they are not what is timed. */
  private static boolean isDump(Headers headers) {
    Header header = headers.lastHeader(EventHeader.NAME);
    return header != null && EventHeader.decode(header.value()).isDump();
  }

  /** Returns one number for a partition and an offset. */
  static long id(int partition, long offset) {
    return ((long) partition << 48) | offset;
  }

  /** Writes pairs of record and time on this machine's monotonic clock, and forgets them. */
  static String write(Path file) throws IOException {
    synchronized (NOTES) {
      try (DataOutputStream out =
          new DataOutputStream(new java.io.BufferedOutputStream(Files.newOutputStream(file)))) {
        for (int i = 0; i < 2 * count; i++) {
          out.writeLong(NOTES[i]);
        }
      }
      String answer = String.valueOf(count);
      count = 0;
      return answer;
    }
  }

  @Override
  public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> consumed) {
    return consumed;
  }

  @Override
  public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {}

  @Override
  public void configure(Map<String, ?> configuration) {}

  @Override
  public void close() {}
}
