package dev.backlot.sink.iceberg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlot.model.ProblemException;
import dev.backlot.sink.iceberg.SinkUpdate.Passed;
import dev.backlot.sink.iceberg.SinkUpdate.Range;
import dev.backlot.sink.iceberg.SinkUpdate.Written;
import dev.backlot.transport.JobStoppedException;
import dev.backlot.transport.Mark;
import dev.backlot.transport.Marks;
import dev.backlot.transport.Progress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.apache.iceberg.inmemory.InMemoryCatalog;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.LocationProvider;
import org.apache.iceberg.types.Types;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class CommitterTest {
  private static final String TOPIC = "backlot.studio.public.movie.1";
  private static final TopicPartition ZERO = new TopicPartition(TOPIC, 0);
  private static final TopicPartition ONE = new TopicPartition(TOPIC, 1);
  private static final Marks START = new Marks(Map.of(ZERO, new Mark(10, 1), ONE, new Mark(20, 1)));

  private final InMemoryCatalog catalog = new InMemoryCatalog();
  private final TableIdentifier name = TableIdentifier.of("studio", "movie");
  private final Ticking clock = new Ticking();
  private int files;

  @BeforeEach
  void createTable() {
    catalog.initialize("lake", Map.of());
    catalog.createNamespace(Namespace.of("studio"));
    catalog.createTable(
        name, new Schema(Types.NestedField.optional(1, "id", Types.LongType.get())));
    TableMarks.initialise(table(), START);
  }

  @Test
  void filesAndMarksAreOneCommit() {
    Committer committer = committer(table());
    committer.add(new Written(List.of(file()), List.of(new Range(TOPIC, 0, 10, 14, 5))));
    committer.add(passed(0, 10, 16, 2));

    boolean committed = committer.commit(false);

    assertThat(committed).isTrue();
    assertThat(marks()).isEqualTo(START.with(Map.of(ZERO, new Mark(16, 2))));
    assertThat(table().currentSnapshot().summary()).containsEntry("added-data-files", "1");
  }

  @Test
  void marksOfTheNearestAncestorCountWhenRewritesCarryNone() {
    Committer committer = committer(table());
    DataFile file = file();
    committer.add(new Written(List.of(file), List.of(new Range(TOPIC, 0, 10, 14, 5))));
    committer.add(passed(0, 10, 15, 1));
    committer.commit(false);
    table().newRewrite().deleteFile(file).addFile(file()).commit();

    committer.add(new Written(List.of(file()), List.of(new Range(TOPIC, 0, 15, 15, 1))));
    committer.add(passed(0, 15, 16, 1));
    committer.commit(false);

    assertThat(marks().mark(TOPIC, 0)).contains(new Mark(16, 1));
  }

  @Test
  void aReplayBelowTheMarkMovesNothing() {
    Committer committer = committer(table());
    committer.add(passed(0, 3, 8, 1));

    boolean committed = committer.commit(true);

    assertThat(committed).isFalse();
    assertThat(marks()).isEqualTo(START);
  }

  @Test
  void rowsBelowTheMarkAreNeverCommitted() {
    Committer committer = committer(table());
    committer.add(new Written(List.of(file()), List.of(new Range(TOPIC, 0, 9, 12, 4))));
    committer.add(passed(0, 9, 13, 1));

    assertThatThrownBy(() -> committer.commit(false))
        .hasMessageContaining("Rows 9 to 12")
        .hasMessageContaining("marks 10 and 13");
    assertThat(marks()).isEqualTo(START);
  }

  @Test
  void rowsBeyondTheProgressAreNeverCommitted() {
    Committer committer = committer(table());
    committer.add(new Written(List.of(file()), List.of(new Range(TOPIC, 0, 10, 12, 3))));
    committer.add(passed(0, 10, 12, 1));

    assertThatThrownBy(() -> committer.commit(false)).hasMessageContaining("Rows 10 to 12");
  }

  @Test
  void aGapBetweenTheMarkAndTheReadersStartIsRefused() {
    Committer committer = committer(table());

    assertThatThrownBy(() -> committer.add(passed(0, 11, 12, 1)))
        .hasMessageContaining("was read from offset 11")
        .hasMessageContaining("up to 10 only");
  }

  @Test
  void aGapBetweenTwoReportsIsRefused() {
    Committer committer = committer(table());
    committer.add(passed(0, 10, 12, 1));

    assertThatThrownBy(() -> committer.add(passed(0, 13, 14, 1)))
        .hasMessageContaining("was read from offset 13");
  }

  @Test
  void aSecondWriterOfTheMarksIsNoticed() {
    Committer first = committer(table());
    Committer second = committer(table());
    first.add(passed(0, 10, 12, 1));
    first.commit(true);

    second.add(new Written(List.of(file()), List.of(new Range(TOPIC, 0, 10, 11, 2))));
    second.add(passed(0, 10, 12, 1));
    second.add(passed(1, 20, 21, 1));

    assertThatThrownBy(() -> second.commit(false)).hasMessageContaining("moved by another writer");
    assertThat(marks().mark(TOPIC, 0)).contains(new Mark(12, 1));
    assertThat(marks().mark(TOPIC, 1)).contains(new Mark(20, 1));
  }

  @Test
  void aCommitThatGotThroughAlthoughItsConnectionBrokeIsRecognisedAndKeepsItsFiles() {
    Table flaky =
        flaky(
            (operations, commit) -> {
              commit.run();
              throw new CommitFailedException("No row was updated the second time");
            });
    Committer committer = committer(flaky);
    committer.add(new Written(List.of(file()), List.of(new Range(TOPIC, 0, 10, 14, 5))));
    committer.add(passed(0, 10, 15, 1));

    committer.commit(false);

    assertThat(marks().mark(TOPIC, 0)).contains(new Mark(15, 1));
    Snapshot snapshot = table().currentSnapshot();
    assertThat(snapshot.addedDataFiles(table().io())).hasSize(1);
    assertThat(snapshot.allManifests(table().io()))
        .allMatch(manifest -> table().io().newInputFile(manifest.path()).exists());
  }

  @Test
  void aCommitThatLosesItsRaceToAnotherWriterIsRefused() {
    Table flaky =
        flaky(
            (operations, commit) -> {
              Committer other = committer(table());
              other.add(passed(0, 10, 11, 1));
              other.commit(true);
              commit.run();
            });
    Committer committer = committer(flaky);
    committer.add(new Written(List.of(file()), List.of(new Range(TOPIC, 0, 10, 14, 5))));
    committer.add(passed(0, 10, 15, 1));

    assertThatThrownBy(() -> committer.commit(false))
        .hasMessageContaining("moved by another writer");
    assertThat(marks().mark(TOPIC, 0)).contains(new Mark(11, 1));
  }

  @Test
  void progressAloneWaitsUntilReadersStandStillOrTheIntervalHasPassed() {
    Committer committer = committer(table());

    committer.add(passed(0, 10, 12, 1));
    assertThat(committer.commit(false)).as("still moving").isFalse();
    committer.add(passed(0, 12, 14, 1));
    assertThat(committer.commit(false)).as("still moving").isFalse();
    assertThat(committer.commit(false)).as("standing still").isTrue();
    assertThat(committer.commit(false)).as("nothing new").isFalse();
    committer.add(passed(0, 14, 15, 1));
    assertThat(committer.commit(false)).as("moving again").isFalse();
    clock.now = clock.now.plusSeconds(3);
    committer.add(passed(0, 15, 16, 1));
    assertThat(committer.commit(false)).as("moving for long").isTrue();

    assertThat(marks().mark(TOPIC, 0)).contains(new Mark(16, 1));
  }

  @Test
  void aMarkIsPassedAtTheNextBarrierAsARowIs() {
    Committer committer = committer(table());

    committer.add(new Passed(new Progress(TOPIC, 0, 10, 12, 1, true)));
    assertThat(committer.commit(false)).as("a mark among the records").isTrue();
    committer.add(passed(0, 12, 14, 1));
    assertThat(committer.commit(false)).as("no mark among them").isFalse();

    assertThat(marks().mark(TOPIC, 0)).contains(new Mark(12, 1));
  }

  @Test
  void oldSnapshotsGoAndTheMarksStay() {
    clock.now = Instant.now().plus(Duration.ofDays(1));
    Committer committer = committer(table());

    for (int offset = 20; offset < 720; offset++) {
      committer.add(passed(1, offset, offset + 1, 1));
      committer.commit(true);
    }

    assertThat(table().snapshots()).hasSizeBetween(500, 600);
    assertThat(marks()).isEqualTo(START.with(Map.of(ONE, new Mark(720, 1))));
  }

  @Test
  void aTableWithoutMarksIsNotResumed() {
    TableIdentifier bare = TableIdentifier.of("studio", "bare");
    Table table = catalog.createTable(bare, table().schema());

    assertThatThrownBy(() -> committer(table))
        .isInstanceOf(JobStoppedException.class)
        .hasMessageContaining("TABLE_WITHOUT_MARK");
  }

  @Test
  void aNewSourceJoinsATableThatHasMarksOfOthers() {
    TopicPartition added = new TopicPartition("backlot.studio.public.talent.1", 0);
    Marks joined =
        TableMarks.initialise(
            table(), new Marks(Map.of(added, new Mark(5, 3), ZERO, new Mark(0, 0))));

    assertThat(joined).isEqualTo(START.with(Map.of(added, new Mark(5, 3))));
    assertThat(marks()).isEqualTo(joined);
  }

  @Test
  void rowsWithoutMarksAndOlderEpochsAreRefused() {
    Table bare = catalog.createTable(TableIdentifier.of("studio", "rows"), table().schema());
    bare.newAppend().appendFile(file()).commit();

    assertThatThrownBy(() -> TableMarks.initialise(bare, START))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("Roll it back");
    TopicPartition rebuilt = new TopicPartition("backlot.studio.public.movie.2", 0);
    Marks newer = TableMarks.initialise(table(), new Marks(Map.of(rebuilt, new Mark(0, 0))));
    assertThat(newer.byPartition()).containsKey(rebuilt).containsAllEntriesOf(START.byPartition());
    TopicPartition earlier = new TopicPartition("backlot.studio.public.movie.0", 0);
    assertThatThrownBy(
            () -> TableMarks.initialise(table(), new Marks(Map.of(earlier, new Mark(0, 0)))))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("which is newer than 'backlot.studio.public.movie.0'");
  }

  private Table table() {
    return catalog.loadTable(name);
  }

  private Marks marks() {
    return TableMarks.read(table()).orElseThrow();
  }

  private Committer committer(Table table) {
    return new Committer(table, clock, Duration.ofSeconds(3));
  }

  private static Passed passed(int partition, long from, long next, long generation) {
    return new Passed(new Progress(TOPIC, partition, from, next, generation, false));
  }

  private DataFile file() {
    return DataFiles.builder(PartitionSpec.unpartitioned())
        .withPath("data-" + files++ + ".parquet")
        .withFileSizeInBytes(100)
        .withRecordCount(1)
        .build();
  }

  /** Returns the table with something happening around its first commit. */
  private Table flaky(BiConsumer<TableOperations, Runnable> firstCommit) {
    TableOperations real = ((BaseTable) table()).operations();
    return new BaseTable(new FlakyOperations(real, firstCommit), "lake.studio.movie");
  }

  private static final class Ticking extends Clock {
    Instant now = Instant.EPOCH;

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }

  private static final class FlakyOperations implements TableOperations {
    private final TableOperations real;
    private final BiConsumer<TableOperations, Runnable> firstCommit;
    private boolean first = true;

    FlakyOperations(TableOperations real, BiConsumer<TableOperations, Runnable> firstCommit) {
      this.real = real;
      this.firstCommit = firstCommit;
    }

    @Override
    public TableMetadata current() {
      return real.current();
    }

    @Override
    public TableMetadata refresh() {
      return real.refresh();
    }

    @Override
    public void commit(TableMetadata base, TableMetadata metadata) {
      if (first) {
        first = false;
        firstCommit.accept(real, () -> real.commit(base, metadata));
      } else {
        real.commit(base, metadata);
      }
    }

    @Override
    public FileIO io() {
      return real.io();
    }

    @Override
    public String metadataFileLocation(String fileName) {
      return real.metadataFileLocation(fileName);
    }

    @Override
    public LocationProvider locationProvider() {
      return real.locationProvider();
    }
  }
}
