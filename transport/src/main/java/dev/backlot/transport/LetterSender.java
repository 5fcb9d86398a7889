package dev.backlot.transport;

import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Appends letters to a topic. For one thread. */
final class LetterSender implements AutoCloseable {
  private final String topic;
  private final KafkaProducer<byte[], byte[]> producer;
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

  LetterSender(Map<String, String> kafka, String topic) {
    this.topic = topic;
    this.producer =
        new KafkaProducer<>(
            LetterTopics.producer(kafka), new ByteArraySerializer(), new ByteArraySerializer());
  }

  void send(Letter letter) {
    producer.send(
        LetterFormat.record(topic, letter),
        (sent, problem) -> {
          if (problem != null) {
            failure.compareAndSet(null, problem);
          }
        });
  }

  /**
   * Returns once every letter is where it survives.
   *
   * @throws IllegalStateException when one of them is not
   */
  void flush() {
    producer.flush();
    Exception problem = failure.get();
    if (problem != null) {
      throw new IllegalStateException("Cannot write to topic " + topic, problem);
    }
  }

  @Override
  public void close() {
    producer.close(java.time.Duration.ZERO);
  }
}
