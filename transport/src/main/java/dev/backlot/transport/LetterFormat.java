package dev.backlot.transport;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backlot.model.ProblemCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;

/**
 * Letters as Kafka records: key, value and headers are the original record's own, so that whatever
 * reads the Source reads them too; the header {@value #HEADER} says the rest, as JSON.
 */
public final class LetterFormat {
  /** The header that makes a record a letter. */
  public static final String HEADER = "backlot.dead_letter";

  /** In topics of replays: the offset of the letter's copy that is replayed, as text. */
  private static final String COPY = "backlot.dead_letter_offset";

  private static final ObjectMapper JSON = new ObjectMapper();

  private LetterFormat() {}

  /** Returns the record that carries a letter. */
  public static ProducerRecord<byte[], byte[]> record(String topic, Letter letter) {
    DeadLetter failure = letter.failure();
    OriginalRecord original = letter.original();
    ObjectNode json = JSON.createObjectNode();
    json.put("step", failure.step());
    json.put("source", failure.source());
    json.put("epoch", failure.epoch());
    json.put("partition", failure.partition());
    json.put("offset", failure.offset());
    json.put("code", failure.code().name());
    json.put("reason", failure.reason());
    json.put("attempt", letter.attempt());
    json.put("sink", letter.sink());
    json.put("time", failure.time().toString());
    json.put("since", letter.since().toString());
    json.put("original", original.isGone() ? "gone" : "kept");
    json.put("timestamp_ms", original.timestampMillis());
    List<Header> headers = new ArrayList<>();
    original.headers().forEach(head -> headers.add(new RecordHeader(head.name(), head.value())));
    try {
      headers.add(new RecordHeader(HEADER, JSON.writeValueAsBytes(json)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write a letter", e);
    }
    return new ProducerRecord<>(
        topic, 0, null, original.key().orElse(null), original.value().orElse(null), headers);
  }

  /**
   * Returns the record that replays a letter.
   *
   * @param copy the offset of the letter in the topic of letters
   */
  public static ProducerRecord<byte[], byte[]> replay(String topic, Letter letter, long copy) {
    ProducerRecord<byte[], byte[]> record = record(topic, letter);
    record.headers().add(COPY, String.valueOf(copy).getBytes(StandardCharsets.UTF_8));
    return record;
  }

  /**
   * Returns which copy of a letter a record replays.
   *
   * @throws IllegalArgumentException when the record replays none
   */
  public static long copy(ConsumerRecord<byte[], byte[]> record) {
    Header header = record.headers().lastHeader(COPY);
    if (header == null) {
      throw new IllegalArgumentException("it has no header '" + COPY + "'");
    }
    return Long.parseLong(new String(header.value(), StandardCharsets.UTF_8));
  }

  /**
   * Reads a letter.
   *
   * @throws IllegalArgumentException when the record is none
   */
  public static Letter read(ConsumerRecord<byte[], byte[]> record) {
    Header header = record.headers().lastHeader(HEADER);
    if (header == null) {
      throw new IllegalArgumentException("it has no header '" + HEADER + "'");
    }
    try {
      JsonNode json = JSON.readTree(header.value());
      DeadLetter failure =
          new DeadLetter(
              json.path("step").asText(),
              json.path("source").asText(),
              json.path("epoch").asInt(),
              json.path("partition").asInt(),
              json.path("offset").asLong(),
              ProblemCode.valueOf(json.path("code").asText()),
              json.path("reason").asText(),
              Instant.parse(json.path("time").asText()));
      return new Letter(
          failure,
          json.path("attempt").asInt(),
          json.path("sink").asText(),
          Instant.parse(json.path("since").asText()),
          original(record, json));
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException("its header '" + HEADER + "' can't be read", e);
    }
  }

  private static OriginalRecord original(ConsumerRecord<byte[], byte[]> record, JsonNode json) {
    if (json.path("original").asText().equals("gone")) {
      return OriginalRecord.GONE;
    }
    List<OriginalRecord.Head> heads = OriginalRecord.heads(record.headers());
    heads.removeIf(head -> head.name().equals(HEADER) || head.name().equals(COPY));
    return new OriginalRecord(
        json.path("timestamp_ms").asLong(), record.key(), record.value(), heads);
  }
}
