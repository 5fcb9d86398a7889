package dev.backlot.capture.postgres;

import dev.backlot.capture.dump.Touches;
import dev.backlot.capture.log.SourceChannel;
import dev.backlot.capture.postgres.catalog.Catalog;
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
  private volatile int oid;
  private volatile long beganAt;
  private volatile boolean partitioned;
  private volatile List<Catalog.Column> firstColumns = List.of();

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

  /**
   * Takes note of the table that the catalog has under this name.
   *
   * @param newBeganAt a place of the log before which nothing is needed for this epoch
   */
  void found(Catalog.Table table, long newBeganAt) {
    oid = table.oid();
    partitioned = table.partitioned();
    beganAt = newBeganAt;
  }

  /**
   * Takes note of how the table's epoch begins.
   *
   * @param place of the log behind which its events are
   * @param columns as they are there
   */
  void began(long place, List<Catalog.Column> columns) {
    beganAt = place;
    firstColumns = List.copyOf(columns);
  }

  /** Returns the columns with which the table's epoch began, unless an earlier owner began it. */
  public List<Catalog.Column> firstColumns() {
    return firstColumns;
  }

  /** Returns the table's number, 0 while it was not found yet. */
  public int oid() {
    return oid;
  }

  /** Returns the place of the log before which nothing is needed for this epoch. */
  public long beganAt() {
    return beganAt;
  }

  /**
   * Returns the table as {@code FROM} and {@code LOCK TABLE} need it: without the tables that
   * inherit from it, which are Sources of their own, but with its partitions, which are not.
   */
  public String rowsSql() {
    return partitioned ? id.sql() : "ONLY " + id.sql();
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

  /**
   * Returns what of this table is written when it has no key; for the thread that reads the log.
   */
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
