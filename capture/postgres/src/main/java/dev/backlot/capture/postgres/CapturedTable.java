package dev.backlot.capture.postgres;

import dev.backlot.capture.dump.Touches;
import dev.backlot.capture.log.SourceChannel;
import dev.backlot.capture.postgres.catalog.TableId;
import dev.backlot.capture.postgres.keyless.KeylessFeed;
import dev.backlot.model.source.SourceDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A table that is being captured. Fields without a note are for any thread. */
public final class CapturedTable {
  private final TableId id;
  private final SourceDescriptor source;
  private final SourceChannel channel;
  private final @Nullable KeylessFeed keyless;
  private volatile String stoppedReason = "";

  /** For the thread that reads the log. */
  private final List<Touches> touches = new ArrayList<>();

  /**
   * Captures a table into a channel.
   *
   * @param keyless what of a table without a key is written; null for one with a key
   */
  public CapturedTable(
      TableId id, SourceDescriptor source, SourceChannel channel, @Nullable KeylessFeed keyless) {
    this.id = id;
    this.source = source;
    this.channel = channel;
    this.keyless = keyless;
  }

  /** Returns what was known of the Source when its capture began. */
  public SourceDescriptor descriptor() {
    return source;
  }

  public TableId id() {
    return id;
  }

  /** Returns the Source's name. */
  public String source() {
    return source.name();
  }

  public int epoch() {
    return source.epoch();
  }

  public String topic() {
    return source.topic();
  }

  public int partitions() {
    return source.partitions();
  }

  /** Returns the key's columns, which don't change in an epoch. */
  public List<String> keyColumns() {
    return source.keyColumns();
  }

  /** Returns the way into the topic; for the thread that reads the log. */
  public SourceChannel channel() {
    return channel;
  }

  /** Returns what of this table is written when it has no key; for the thread that reads the log. */
  public Optional<KeylessFeed> keyless() {
    return Optional.ofNullable(keyless);
  }

  /** Returns why nothing more of this table is written, or empty while it is. */
  public String stoppedReason() {
    return stoppedReason;
  }

  /** Ends the writing of this table only. */
  public void stop(String reason) {
    stoppedReason = reason;
  }

  /**
   * Returns who notes which keys the log touches: dumps and audits that read the table. For the
   * thread that reads the log.
   */
  public List<Touches> touches() {
    return touches;
  }
}
