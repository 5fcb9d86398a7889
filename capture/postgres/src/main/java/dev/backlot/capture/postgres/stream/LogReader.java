package dev.backlot.capture.postgres.stream;

import static java.util.Objects.requireNonNull;

import dev.backlot.capture.dump.KeyBytes;
import dev.backlot.capture.log.OrderedWriter;
import dev.backlot.capture.postgres.catalog.Snapshot;
import dev.backlot.event.Confluent;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decodes pgoutput messages, protocol version 1 with binary values, in the order of the log
 * (PostgreSQL documentation, "Logical Replication Message Formats"), and writes what they tell of
 * captured tables. For one thread, but for {@link #execute}.
 */
public final class LogReader {
  private static final long POSTGRES_EPOCH_MICROS = 946_684_800_000_000L;
  private static final int MOST_HELD = 2_000;
  private static final long MOST_HELD_BYTES = 16L * 1024 * 1024;

  private final Shapes shapes;
  private final Messages messages;
  private final OrderedWriter writer;
  private final EmittedTransactions emitted;
  private final Reselector reselector;
  private final Timelines timelines;
  private final Map<Integer, TableLog> logs = new HashMap<>();
  private final Map<Integer, Relation> relations = new HashMap<>();
  private final Set<Integer> toldAgain = new HashSet<>();
  private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();

  private final TableLog.Place place = new TableLog.Place();
  private final Tuple row = new Tuple();
  private final Tuple old = new Tuple();
  private final List<String> contents = new ArrayList<>();
  private byte @Nullable [] parsedUpdate;
  private boolean inTransaction;
  private long opened;
  private int changes;
  private long events;

  private final ArrayDeque<Held> held = new ArrayDeque<>();
  private long heldBytes;
  private int reselectedAtOnce = MOST_HELD;
  private @Nullable Snapshot reselectedBy;
  private BooleanSupplier stop = () -> false;
  private @Nullable Beside beside;

  /** Finds out how a table is written. */
  public interface Shapes {
    /**
     * Returns how to write this table, or null when it is not captured.
     *
     * @param place of the commit of the transaction that told it, or -1 when it was told earlier
     */
    @Nullable TableLog open(Relation relation, long place) throws SQLException;

    /**
     * Hears of a message at its place in the log, ahead of its transaction's end.
     *
     * @return whether it is about the shape of a table, and for nobody else
     */
    boolean takes(String content);

    /** Returns a number that grows whenever {@link #open} may answer differently. */
    long changes();
  }

  /** Hears of messages that capture wrote into the log itself. */
  public interface Messages {
    /**
     * The log passed a message.
     *
     * @param at place of its transaction's commit
     */
    void passed(String content, int timeline, long at, long commitMicros);
  }

  /** Writes beside the log, between its transactions. */
  public interface Beside {
    /** Returns whether there is something to write, which must be cheap to say. */
    boolean waits();

    /**
     * Writes some of it, so little that what the log says next need not wait long.
     *
     * @param lsn place of the last transaction's commit
     * @param nextOrdinal above every ordinal of that transaction
     * @param idle whether the log has nothing to say at this moment
     * @return whether more could be written at once
     */
    boolean write(int timeline, long lsn, int nextOrdinal, boolean idle);
  }

  private record Held(byte[] bytes, int from) {}

  LogReader(
      Timelines timelines,
      Shapes shapes,
      Messages messages,
      OrderedWriter writer,
      EmittedTransactions emitted,
      Reselector reselector) {
    this.shapes = shapes;
    this.messages = messages;
    this.writer = writer;
    this.emitted = emitted;
    this.reselector = reselector;
    this.timelines = timelines;
    this.place.timeline = timelines.current();
  }

  /** Runs something between two transactions, by the thread that reads. */
  public void execute(Runnable command) {
    commands.add(command);
  }

  /** Lets this write beside the log; before it is read. */
  public void beside(Beside writes) {
    beside = writes;
  }

  /** Ends a wait for the database when this says so. */
  void stopWhen(BooleanSupplier newStop) {
    stop = newStop;
  }

  /** Returns whether everything taken has been written and no transaction is open. */
  boolean isBetweenTransactions() {
    return !inTransaction && held.isEmpty();
  }

  /** Returns how many row changes were decoded. */
  long events() {
    return events;
  }

  /** Takes the next message, which must not change afterwards. */
  void take(byte[] message, int from) throws SQLException {
    if (message[from] == 'B' && shapes.changes() != opened) {
      resolveHeld();
      reopen();
    }
    if (held.isEmpty() && !lacksValues(message, from)) {
      handle(message, from, null);
      return;
    }
    if (message[from] == 'R') {
      resolveHeld();
      handle(message, from, null);
      return;
    }
    held.add(new Held(message, from));
    heldBytes += message.length - from;
    if (held.size() >= MOST_HELD || heldBytes > MOST_HELD_BYTES) {
      resolveHeld();
    }
  }

  /**
   * Does what waits until there is nothing to read. Returns whether there is more of it: then it is
   * no time to wait.
   */
  boolean idle() throws SQLException {
    resolveHeld();
    if (inTransaction) {
      return false;
    }
    runCommands();
    return writeBeside(true);
  }

  private boolean writeBeside(boolean idle) {
    Beside writes = beside;
    return writes != null
        && writes.waits()
        && writes.write(
            place.timeline, place.lsn, (changes + 1) * TableLog.ORDINALS_PER_CHANGE, idle);
  }

  /** An update whose new row leaves out values that its old row does not tell. */
  private boolean lacksValues(byte[] in, int from) {
    if (in[from] != 'U') {
      return false;
    }
    TableLog log = logs.get(Bytes.int32(in, from + 1));
    if (log == null) {
      return false;
    }
    boolean hasOld = parseUpdate(in, from);
    return row.hasUnchanged && !completes(hasOld);
  }

  private boolean completes(boolean hasOld) {
    for (int i = 0; i < row.count; i++) {
      if (row.kinds[i] == Tuple.UNCHANGED
          && !(hasOld && (old.kinds[i] == Tuple.BINARY || old.kinds[i] == Tuple.TEXT))) {
        return false;
      }
    }
    return true;
  }

  private void resolveHeld() throws SQLException {
    while (!held.isEmpty()) {
      resolveSome();
    }
    heldBytes = 0;
  }

  /**
   * Reads again what some of the held updates lack, and handles all that is held before the next
   * that lacks something. Large rows are read few at once, so that what is in memory is bounded.
   */
  private void resolveSome() throws SQLException {
    Map<TableLog, Reselector.Wanted> wanted = new HashMap<>();
    Set<Long> transactions = new HashSet<>();
    int covered = want(wanted, transactions);
    reselector.awaitVisible(transactions, stop);
    Map<TableLog, Map<KeyBytes, Reselected>> found = new HashMap<>();
    for (Map.Entry<TableLog, Reselector.Wanted> entry : wanted.entrySet()) {
      Optional<Map<KeyBytes, Reselected>> rows =
          reselector.read(entry.getValue(), MOST_HELD_BYTES / wanted.size());
      if (rows.isEmpty()) {
        reselectedAtOnce = Math.max(1, reselectedAtOnce / 2);
        return;
      }
      found.put(entry.getKey(), rows.get());
    }
    reselectedAtOnce = Math.min(MOST_HELD, reselectedAtOnce + 1 + reselectedAtOnce / 16);
    boolean noted = wanted.keySet().stream().anyMatch(log -> !log.table().touches().isEmpty());
    reselectedBy = noted ? reselector.snapshot() : null;
    for (int i = 0; i < covered; i++) {
      Held message = held.removeFirst();
      handle(message.bytes, message.from, found);
    }
  }

  /** Asks for what the first held updates lack and returns how many messages can go on with it. */
  private int want(Map<TableLog, Reselector.Wanted> wanted, Set<Long> transactions) {
    long transaction = place.transaction;
    int rows = 0;
    int covered = 0;
    for (Held message : held) {
      if (message.bytes[message.from] == 'B') {
        transaction = transaction(message.bytes, message.from);
      }
      if (lacksValues(message.bytes, message.from)) {
        if (rows == reselectedAtOnce) {
          return covered;
        }
        rows++;
        TableLog log = requireNonNull(logs.get(Bytes.int32(message.bytes, message.from + 1)));
        boolean hasOld = message.bytes[message.from + 5] != 'N';
        // The row's own key finds it now; its identity columns may be told by the old row only.
        byte[] key = log.key(row, hasOld ? old : null);
        wanted.computeIfAbsent(log, Reselector.Wanted::new).add(row, keySource(log, hasOld), key);
        transactions.add(transaction);
      }
      covered++;
    }
    return covered;
  }

  private Tuple keySource(TableLog log, boolean hasOld) {
    for (int index : log.shape().keyIndexes()) {
      if (row.kinds[index] == Tuple.UNCHANGED && hasOld) {
        return old;
      }
    }
    return row;
  }

  private void handle(
      byte[] in, int from, @Nullable Map<TableLog, Map<KeyBytes, Reselected>> current)
      throws SQLException {
    switch (in[from]) {
      case 'I' -> insert(in, from);
      case 'U' -> update(in, from, current);
      case 'D' -> delete(in, from);
      case 'B' -> begin(in, from);
      case 'C' -> commit(in, from);
      case 'R' -> relation(in, from);
      case 'T' -> truncate(in, from);
      case 'M' -> message(in, from);
      case 'Y', 'O' -> {}
      default ->
          throw new IllegalStateException("Unknown pgoutput message '" + (char) in[from] + "'");
    }
  }

  private void begin(byte[] in, int from) {
    place.lsn = Bytes.int64(in, from + 1);
    place.timeline = timelines.at(place.lsn);
    place.commitMicros = Bytes.int64(in, from + 9) + POSTGRES_EPOCH_MICROS;
    place.transaction = transaction(in, from);
    place.nowMicros = System.currentTimeMillis() * 1_000;
    changes = 0;
    inTransaction = true;
  }

  private static long transaction(byte[] begin, int from) {
    return Bytes.int32(begin, from + 17) & 0xffffffffL;
  }

  private void commit(byte[] in, int from) {
    long end = Bytes.int64(in, from + 10);
    inTransaction = false;
    emitted.add(place.transaction);
    if (!contents.isEmpty()) {
      for (String content : contents) {
        messages.passed(content, place.timeline, place.lsn, place.commitMicros);
      }
      contents.clear();
    }
    writer.boundary(end);
    if (!commands.isEmpty()) {
      runCommands();
    }
    if (held.isEmpty()) {
      writeBeside(false);
    }
  }

  private void runCommands() {
    for (Runnable command = commands.poll(); command != null; command = commands.poll()) {
      command.run();
    }
  }

  private void insert(byte[] in, int from) {
    TableLog log = next(in, from);
    if (log != null) {
      parsedUpdate = null;
      row.parse(in, from + 6);
      log.insert(place, row);
    }
  }

  private void update(
      byte[] in, int from, @Nullable Map<TableLog, Map<KeyBytes, Reselected>> current) {
    TableLog log = next(in, from);
    if (log == null) {
      return;
    }
    boolean hasOld = parseUpdate(in, from);
    boolean oldIsFull = in[from + 5] == 'O';
    Reselected values = null;
    if (row.hasUnchanged && !completes(hasOld)) {
      values = current == null ? null : find(current, log, hasOld);
      if (reselectedBy != null) {
        log.touchPresent(reselectedBy, row, hasOld ? old : null);
      }
      if (values == null) {
        // The row is gone or has another key by now, which the log tells later: of that key.
        log.leaveOldKey(place, row, hasOld ? old : null, oldIsFull);
        return;
      }
    }
    log.update(place, row, hasOld ? old : null, oldIsFull, values);
  }

  private @Nullable Reselected find(
      Map<TableLog, Map<KeyBytes, Reselected>> current, TableLog log, boolean hasOld) {
    Map<KeyBytes, Reselected> rows = current.get(log);
    byte[] key = log.key(row, hasOld ? old : null);
    return rows == null ? null : rows.get(new KeyBytes(key, Confluent.FRAME));
  }

  /** Parses both rows of an update. Returns whether there is an old one. */
  private boolean parseUpdate(byte[] in, int from) {
    int at = from + 5;
    boolean hasOld = in[at] != 'N';
    if (parsedUpdate != in) {
      if (hasOld) {
        at = old.parse(in, at + 1);
      }
      row.parse(in, at + 1);
      parsedUpdate = in;
    }
    return hasOld;
  }

  private void delete(byte[] in, int from) {
    TableLog log = next(in, from);
    if (log != null) {
      parsedUpdate = null;
      old.parse(in, from + 6);
      log.delete(place, old, in[from + 5] == 'O');
    }
  }

  /** Moves to the next ordinal, whoever's change it is, and returns how to write it. */
  private @Nullable TableLog next(byte[] in, int from) {
    place.ordinal = changes++ * TableLog.ORDINALS_PER_CHANGE;
    events++;
    TableLog log = logs.get(Bytes.int32(in, from + 1));
    return log != null && log.table().stoppedReason().isEmpty() ? log : null;
  }

  private void truncate(byte[] in, int from) {
    int count = Bytes.int32(in, from + 1);
    place.ordinal = changes++ * TableLog.ORDINALS_PER_CHANGE;
    events++;
    for (int i = 0; i < count; i++) {
      TableLog log = logs.get(Bytes.int32(in, from + 6 + 4 * i));
      if (log != null && log.table().stoppedReason().isEmpty()) {
        log.truncate(place);
      }
    }
  }

  private void message(byte[] in, int from) {
    boolean transactional = (in[from + 1] & 1) != 0;
    int prefixEnd = Bytes.stringEnd(in, from + 10);
    if (!transactional || !Bytes.text(in, from + 10, prefixEnd).equals("backlot")) {
      return;
    }
    int length = Bytes.int32(in, prefixEnd + 1);
    String content = Bytes.text(in, prefixEnd + 5, prefixEnd + 5 + length);
    if (!shapes.takes(content)) {
      contents.add(content);
    }
  }

  private void relation(byte[] in, int from) throws SQLException {
    Relation relation = Relation.parse(in, from + 1);
    Relation before = relations.put(relation.oid(), relation);
    boolean known =
        toldAgain.remove(relation.oid())
            && relation.equals(before)
            && logs.containsKey(relation.oid());
    if (!known) {
      open(relation, place.lsn);
    }
  }

  /** What is told of a known table's shape next comes of a new reading, not of a change. */
  void shapesAreToldAgain() {
    toldAgain.addAll(relations.keySet());
  }

  /**
   * Looks again at tables that were not captured when the log told of them, or that were and are
   * not any more. Before a transaction, so that a dump that begins later misses none.
   */
  private void reopen() throws SQLException {
    opened = shapes.changes();
    for (Relation relation : List.copyOf(relations.values())) {
      TableLog log = logs.get(relation.oid());
      if (log == null || !log.table().stoppedReason().isEmpty()) {
        open(relation, -1);
      }
    }
  }

  private void open(Relation relation, long at) throws SQLException {
    TableLog log = shapes.open(relation, at);
    if (log == null) {
      logs.remove(relation.oid());
    } else {
      logs.put(relation.oid(), log);
    }
  }
}
