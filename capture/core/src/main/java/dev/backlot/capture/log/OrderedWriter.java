package dev.backlot.capture.log;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/**
 * The one way of a capture's events into Kafka. Events go out asynchronously in the order of {@link
 * #send}; {@link #confirmed} follows as Kafka acknowledges everything before a boundary.
 *
 * <p>One thread sends and sets boundaries; any thread may ask what is confirmed. A failed send is
 * final: later calls throw, since going on would leave a gap.
 */
public final class OrderedWriter implements AutoCloseable {
  private static final int BUCKET_RECORDS = 512;
  private static final long BUCKET_NANOS = 5_000_000;

  private final Producer<byte[], byte[]> producer;
  private final BooleanSupplier allowed;
  private final WriteListener listener;
  private final Map<String, AtomicLongArray> nextOffsets = new ConcurrentHashMap<>();
  private final Deque<Bucket> closed = new ArrayDeque<>();
  private final Semaphore pushes = new Semaphore(0);
  private final Thread pusher = new Thread(this::pushWhenAsked, "capture-push");
  private final LongSupplier nanoTime;
  private Bucket open;
  private boolean unpushed;
  private volatile @Nullable Exception failure;
  private volatile long confirmed;
  private long lastBoundary;

  /**
   * Takes over the producer.
   *
   * @param allowed asked before every send; false, because the lease is lost, stops writing at once
   * @param confirmed what was confirmed before
   * @param listener hears of what is acknowledged
   */
  public OrderedWriter(
      Producer<byte[], byte[]> producer,
      BooleanSupplier allowed,
      long confirmed,
      WriteListener listener) {
    this(producer, allowed, confirmed, listener, System::nanoTime);
  }

  OrderedWriter(
      Producer<byte[], byte[]> producer,
      BooleanSupplier allowed,
      long confirmed,
      WriteListener listener,
      LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.open = new Bucket(nanoTime.getAsLong());
    this.producer = producer;
    this.allowed = allowed;
    this.listener = listener;
    this.confirmed = confirmed;
    this.lastBoundary = confirmed;
    pusher.setDaemon(true);
    pusher.start();
  }

  /** Makes the next offsets of a topic known; they only grow from here. */
  public void track(String topic, long[] offsets) {
    nextOffsets.put(topic, new AtomicLongArray(offsets));
  }

  /** Forgets a topic that is not written to any more. */
  public void untrack(String topic) {
    nextOffsets.remove(topic);
  }

  /**
   * Sends one record. Blocks while Kafka is slower than the source.
   *
   * @throws WriterStoppedException when an earlier send failed or writing is not allowed any more
   */
  public void send(ProducerRecord<byte[], byte[]> record) {
    sendWith(record, open);
  }

  /**
   * Sends one record that is no change, and is not counted as one, as {@link #send(ProducerRecord)}
   * does.
   *
   * @param where hears where it was written, before {@link #whenAcknowledged} of a later call
   */
  public void send(ProducerRecord<byte[], byte[]> record, OffsetListener where) {
    Bucket bucket = open;
    sendWith(
        record,
        (metadata, exception) -> {
          if (exception == null && metadata != null) {
            where.written(metadata.partition(), metadata.offset());
          }
          if (bucket.completed(metadata, exception)) {
            bucket.release();
          }
        });
  }

  private void sendWith(ProducerRecord<byte[], byte[]> record, Callback callback) {
    check();
    Bucket bucket = open;
    bucket.pending.incrementAndGet();
    bucket.sent++;
    unpushed = true;
    try {
      producer.send(record, callback);
    } catch (RuntimeException e) {
      fail(e);
      throw new WriterStoppedException("Cannot write to Kafka", failure);
    }
  }

  /**
   * Says that everything of the log up to this place has been sent.
   *
   * @param place grows from call to call
   */
  public void boundary(long place) {
    lastBoundary = place;
    Bucket bucket = open;
    bucket.place = place;
    if (bucket.sent >= BUCKET_RECORDS || nanoTime.getAsLong() - bucket.openedAt > BUCKET_NANOS) {
      roll();
    }
  }

  /**
   * Runs the action once everything sent so far is acknowledged; by the thread that calls {@link
   * #advance}. Only at a boundary.
   */
  public void whenAcknowledged(Runnable action) {
    open.place = lastBoundary;
    open.actions.add(action);
    roll();
  }

  /** Closes what is open, so that {@link #advance} can reach the last boundary. */
  public void roll() {
    Bucket bucket = open;
    if (bucket.place == Long.MIN_VALUE
        || (bucket.sent == 0 && bucket.actions.isEmpty() && bucket.place <= confirmed)) {
      return;
    }
    open = new Bucket(nanoTime.getAsLong());
    bucket.closedAt = open.openedAt;
    synchronized (closed) {
      closed.add(bucket);
    }
    bucket.release();
  }

  /** Takes note of what has been acknowledged, runs what waited for it, returns the new place. */
  public long advance() {
    List<Runnable> actions = new ArrayList<>();
    synchronized (closed) {
      while (!closed.isEmpty() && closed.peekFirst().pending.get() == 0 && failure == null) {
        Bucket bucket = closed.removeFirst();
        confirmed = Math.max(confirmed, bucket.place);
        actions.addAll(bucket.actions);
      }
    }
    actions.forEach(Runnable::run);
    return confirmed;
  }

  /** Returns the last boundary; for the thread that sends. */
  public long lastBoundary() {
    return lastBoundary;
  }

  /** Returns the highest place up to which everything is acknowledged. */
  public long confirmed() {
    return confirmed;
  }

  /** Returns the next offset of each partition, by topic, as acknowledged. */
  public Map<String, List<Long>> nextOffsets() {
    Map<String, List<Long>> copy = new ConcurrentHashMap<>();
    nextOffsets.forEach(
        (topic, offsets) -> {
          Long[] values = new Long[offsets.length()];
          Arrays.setAll(values, offsets::get);
          copy.put(topic, List.of(values));
        });
    return copy;
  }

  /** Throws when an earlier send failed or writing is not allowed any more. */
  public void check() {
    Exception cause = failure;
    if (cause != null) {
      throw new WriterStoppedException("Cannot write to Kafka", cause);
    }
    if (!allowed.getAsBoolean()) {
      throw new WriterStoppedException("The lease is lost", null);
    }
  }

  /**
   * Pushes out what lingers in the producer, without waiting for it: nothing follows for a moment.
   * By the thread that sends.
   */
  public void push() {
    if (unpushed) {
      unpushed = false;
      pushes.release();
    }
  }

  /** Flushing waits until all is acknowledged, which the thread that sends must not. */
  private void pushWhenAsked() {
    try {
      while (true) {
        pushes.acquire();
        pushes.drainPermits();
        producer.flush();
      }
    } catch (InterruptedException | InterruptException e) {
      // Closed.
    }
  }

  /** Pushes out what lingers and waits until it is acknowledged. */
  public void flush() {
    roll();
    producer.flush();
  }

  /** Drops what has not been acknowledged; the next owner writes it again. */
  @Override
  public void close() {
    pusher.interrupt();
    producer.close(Duration.ZERO);
  }

  /**
   * Ends writing for good, and at once: what waits behind a record that could not be written must
   * not be written either, or it would be taken for the tail of a partition that lacks that record.
   */
  private void fail(Exception e) {
    synchronized (closed) {
      if (failure != null) {
        return;
      }
      failure = e;
    }
    producer.close(Duration.ZERO);
  }

  /** Thrown when nothing may be written any more. */
  public static final class WriterStoppedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    WriterStoppedException(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** Some sends in a row; complete when all are acknowledged. */
  private final class Bucket implements Callback {
    /** One for being open, and one per send that is not acknowledged. */
    final AtomicInteger pending = new AtomicInteger(1);

    final long openedAt;
    final List<Runnable> actions = new ArrayList<>(0);
    int sent;
    long place = Long.MIN_VALUE;
    volatile long closedAt;

    Bucket(long openedAt) {
      this.openedAt = openedAt;
    }

    @Override
    public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception exception) {
      if (completed(metadata, exception) && metadata != null) {
        listener.acknowledged(
            Math.max(0, metadata.serializedKeySize())
                + Math.max(0, metadata.serializedValueSize()));
        release();
      }
    }

    /** Takes note of where a record stands. Returns whether it was written. */
    boolean completed(@Nullable RecordMetadata metadata, @Nullable Exception exception) {
      if (exception != null || metadata == null) {
        fail(exception == null ? new IllegalStateException("No metadata") : exception);
        return false;
      }
      AtomicLongArray offsets = nextOffsets.get(metadata.topic());
      if (offsets != null) {
        offsets.lazySet(metadata.partition(), metadata.offset() + 1);
      }
      return true;
    }

    void release() {
      if (pending.decrementAndGet() == 0 && sent > 0) {
        listener.batchAcknowledged(sent, nanoTime.getAsLong() - closedAt);
      }
    }
  }
}
