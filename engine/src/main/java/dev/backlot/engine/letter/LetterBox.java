package dev.backlot.engine.letter;

import dev.backlot.engine.source.RecordTexts;
import dev.backlot.engine.source.TopicReader;
import dev.backlot.transport.Letter;
import dev.backlot.transport.LetterFormat;
import dev.backlot.transport.LetterTopics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * What stands in one pipeline's topics of letters and replays, as far as they were read; reads on
 * when it is asked. Not thread-safe.
 */
final class LetterBox {
  /** Older letters are not listed any more; their records stay in the topic. */
  private static final int MOST_LISTED = 100_000;

  private static final int CHUNK = 500;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final TopicReader topics;
  private final RecordTexts texts;
  private final TopicPartition letters;
  private final TopicPartition replays;
  private final Map<String, StoredLetter> byId = new LinkedHashMap<>();
  private final Map<String, Replay> replayed = new HashMap<>();
  private long nextLetter;
  private long nextReplay;

  LetterBox(String pipeline, TopicReader topics, RecordTexts texts) {
    this.topics = topics;
    this.texts = texts;
    this.letters = new TopicPartition(LetterTopics.letters(pipeline), 0);
    this.replays = new TopicPartition(LetterTopics.replays(pipeline), 0);
  }

  /**
   * A letter's newest replay.
   *
   * @param offset in the topic of replays
   * @param copy the offset of the copy that it replays in the topic of letters
   */
  record Replay(long offset, long copy) {}

  /** Reads what has been written since the last call. */
  void refresh() {
    nextReplay = read(replays, nextReplay, this::addReplay);
    nextLetter = read(letters, nextLetter, this::addLetter);
    while (byId.size() > MOST_LISTED) {
      byId.remove(byId.keySet().iterator().next());
    }
  }

  private long read(
      TopicPartition topic, long from, BiConsumer<ConsumerRecord<byte[], byte[]>, Letter> to) {
    long end = TopicReader.offset(topics.ends(List.of(topic)), topic);
    long next = from;
    if (from > end) {
      forget();
      next = 0;
    }
    if (next == 0 && end > 0) {
      next = TopicReader.offset(topics.begins(List.of(topic)), topic);
    }
    while (next < end) {
      List<ConsumerRecord<byte[], byte[]>> records =
          topics.read(Map.of(topic, next), Map.of(topic, end), CHUNK, PATIENCE);
      if (records.isEmpty()) {
        break;
      }
      for (ConsumerRecord<byte[], byte[]> record : records) {
        try {
          to.accept(record, LetterFormat.read(record));
        } catch (IllegalArgumentException e) {
          // Not ours; jobs pass over it as well.
        }
        next = record.offset() + 1;
      }
    }
    return next;
  }

  /** The topics were deleted and made anew. */
  private void forget() {
    byId.clear();
    replayed.clear();
    nextLetter = 0;
    nextReplay = 0;
  }

  private void addLetter(ConsumerRecord<byte[], byte[]> record, Letter letter) {
    StoredLetter stored =
        new StoredLetter(
            letter.id(),
            letter.failure(),
            letter.attempt(),
            letter.sink(),
            letter.since(),
            !letter.original().isGone(),
            letter.original().key().map(texts::key).orElse(""),
            letter.root(),
            record.offset());
    byId.remove(stored.id());
    byId.put(stored.id(), stored);
  }

  private void addReplay(ConsumerRecord<byte[], byte[]> record, Letter letter) {
    replayed.put(letter.id(), new Replay(record.offset(), LetterFormat.copy(record)));
  }

  /** Returns all letters, oldest first. */
  List<StoredLetter> all() {
    return new ArrayList<>(byId.values());
  }

  Optional<StoredLetter> find(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  /**
   * Returns the replay of a letter. One before the letter's newest copy does not count: the record
   * has failed since.
   */
  Optional<Replay> replay(StoredLetter letter) {
    return Optional.ofNullable(replayed.get(letter.id()))
        .filter(replay -> replay.copy() >= letter.offset());
  }

  /** Reads a letter whole, unless the topic no longer has it. */
  Optional<Letter> whole(StoredLetter letter) {
    return topics
        .read(Map.of(letters, letter.offset()), Map.of(letters, letter.offset() + 1), 1, PATIENCE)
        .stream()
        .filter(record -> record.offset() == letter.offset())
        .findFirst()
        .map(LetterFormat::read);
  }
}
