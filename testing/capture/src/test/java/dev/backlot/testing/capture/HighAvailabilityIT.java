package dev.backlot.testing.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.testing.capture.EventCheck.Match;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Two workers, of which one captures while a workload writes, and what happens to either. */
class HighAvailabilityIT {
  private static final int WRITERS = 2;
  private static final int PARTITIONS = 4;
  private static final int ROUNDS = 3;
  private static final int RETURNS = 6;
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Set<Told.Kind> EVENTS =
      EnumSet.of(
          Told.Kind.CREATE,
          Told.Kind.UPDATE,
          Told.Kind.DELETE,
          Told.Kind.TOMBSTONE,
          Told.Kind.TRUNCATE);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  static Path directory;

  private static CaptureSite site;
  private static Workload workload;
  private static TopicTail tail;
  private static Trial trial;

  /** What each generation of owners told first. */
  private static final ConcurrentSkipListMap<Long, Told> FIRST = new ConcurrentSkipListMap<>();

  @BeforeAll
  static void startTwoWorkersAtOnce() throws Exception {
    site = new CaptureSite(directory, System.getProperty("java.class.path"));
    site.startWorker();
    site.startWorker();
    Workload.create(site.source(), CaptureSite.CONNECTION, WRITERS);
    site.apply(Workload.TABLES);
    Map<String, String> topics = site.awaitStreaming(Workload.TABLES);
    tail =
        new TopicTail(
            site.kafka().bootstrapServers(), topics, PARTITIONS, HighAvailabilityIT::note);
    workload = new Workload(site::source, CaptureSite.CONNECTION, WRITERS, Duration.ofMillis(3), 5);
    EventCheck check =
        new EventCheck(
            Workload.TABLES.stream()
                .collect(Collectors.toMap(Function.identity(), table -> PARTITIONS)));
    trial = new Trial(workload, tail, check);
    trial.settle(PATIENCE);
  }

  @AfterAll
  static void end() throws Exception {
    if (workload != null) {
      workload.close();
      tail.close();
    }
    if (site != null) {
      site.close();
    }
  }

  private static void note(Told told) {
    if (EVENTS.contains(told.kind())) {
      FIRST.putIfAbsent(told.generation(), told);
    }
  }

  /** Waits until a newer owner has told a change, and returns when it was read here. */
  private static long awaitSuccessor(long generation) throws Exception {
    return Patience.await(
            "a newer owner's events",
            PATIENCE,
            () -> Optional.ofNullable(FIRST.higherEntry(generation)))
        .getValue()
        .seenMillis();
  }

  private static long generation() throws Exception {
    return site.owner().orElseThrow().generation();
  }

  private static void say(String what, List<Match> matches, long at, long dead, long successorAt) {
    System.out.printf(
        "%s: %d changes in flight, successor after %d ms, a later commit told after %d ms, %d void"
            + " records%n",
        what,
        Trial.inFlight(matches, at, dead),
        successorAt - at,
        Trial.recoveryMillis(matches, at).orElse(-1),
        trial.check().voidRecords());
  }

  /** One round of something that another worker takes over from; returns how long that took. */
  private interface Round {
    long run() throws Exception;
  }

  /** What is told must be right in every round; on a busy machine the time may take some. */
  private static void assertThatOneTakesLessThan(long millis, Round round) throws Exception {
    long best = Long.MAX_VALUE;
    for (int i = 0; i < ROUNDS && best >= millis; i++) {
      best = Math.min(best, round.run());
    }
    assertThat(best).as("milliseconds").isLessThan(millis);
  }

  @Test
  void a_standby_takes_over_within_ten_seconds_of_its_owners_kill() throws Exception {
    assertThatOneTakesLessThan(10_000, HighAvailabilityIT::kill);
  }

  private static long kill() throws Exception {
    JavaProcess owner = site.awaitOwnerAndStandby();
    long generation = generation();
    holdUpKafka();

    long at = System.currentTimeMillis();
    owner.kill();
    long dead = System.currentTimeMillis();
    site.kafka().process().thaw();
    // What a database's clock that is set back leaves behind: a lease that seems to live for long.
    site.inMetadata("UPDATE capture_lease SET expires_at = now() + interval '1 hour'");

    long successorAt = awaitSuccessor(generation);
    site.startWorker();
    List<Match> matches = trial.settle(PATIENCE);
    say("kill", matches, at, dead, successorAt);
    assertThat(Trial.inFlight(matches, at, dead)).isPositive();
    return successorAt - at;
  }

  @Test
  void a_frozen_owner_that_returns_writes_nothing_that_counts() throws Exception {
    long best = Long.MAX_VALUE;
    long before = trial.check().voidRecords();
    // Whether a round shows such records hangs on which of the returned owner's threads is first.
    for (int i = 0; i < RETURNS && (best >= 10_000 || trial.check().voidRecords() == before); i++) {
      best = Math.min(best, freeze());
    }
    assertThat(best).as("milliseconds").isLessThan(10_000);
    assertThat(trial.check().voidRecords())
        .as("records that count for nothing")
        .isGreaterThan(before);
  }

  /** What the owner can't get rid of now is in flight, and what it tries to write on return. */
  private static void holdUpKafka() throws Exception {
    site.kafka().process().freeze();
    long before = workload.transactions();
    Patience.until("commits", PATIENCE, () -> workload.transactions() > before + 1_000);
  }

  private static long freeze() throws Exception {
    JavaProcess owner = site.awaitOwnerAndStandby();
    long generation = generation();
    holdUpKafka();

    long at = System.currentTimeMillis();
    owner.freeze();
    long frozen = System.currentTimeMillis();
    site.kafka().process().thaw();

    long successorAt = awaitSuccessor(generation);
    // Soon: what the owner still holds is given up after half a minute.
    owner.thaw();
    List<Match> matches = trial.settle(PATIENCE);
    site.awaitOwnerAndStandby();
    trial.settle(PATIENCE);
    say("freeze", matches, at, frozen, successorAt);
    assertThat(Trial.inFlight(matches, at, frozen)).isPositive();
    assertThat(owner.isAlive()).isTrue();
    return successorAt - at;
  }

  @Test
  void an_owner_that_is_told_to_end_lets_go_at_once() throws Exception {
    assertThatOneTakesLessThan(2_500, HighAvailabilityIT::terminate);
  }

  private static long terminate() throws Exception {
    JavaProcess owner = site.awaitOwnerAndStandby();
    long generation = generation();

    long at = System.currentTimeMillis();
    owner.terminate();

    long successorAt = awaitSuccessor(generation);
    site.startWorker();
    List<Match> matches = trial.settle(PATIENCE);
    say("end", matches, at, at, successorAt);
    owner.awaitExit(PATIENCE);
    return successorAt - at;
  }

  @Test
  void an_owner_that_can_not_renew_its_lease_stops_writing_before_that_ends() throws Exception {
    site.awaitOwner();
    // An owner that a test before has disturbed writes again before anything is expected of it.
    long before = workload.transactions();
    Patience.until("commits", PATIENCE, () -> workload.transactions() > before + 500);
    trial.settle(PATIENCE);
    long after = workload.transactions();
    Patience.until("commits", PATIENCE, () -> workload.transactions() > after + 200);
    long generation = generation();

    long down = System.currentTimeMillis();
    site.metadata().kill();
    TimeUnit.SECONDS.sleep(7);
    long up = System.currentTimeMillis();
    site.startMetadataAgain();

    long successorAt = awaitSuccessor(generation);
    List<Match> matches = trial.settle(PATIENCE);
    say("metadata", matches, down, down, successorAt);
    assertThat(matches)
        .filteredOn(match -> match.told().writtenMillis() < up)
        .allMatch(match -> match.told().writtenMillis() < down + 5_000)
        .isNotEmpty();
  }

  @Test
  void a_worker_that_can_not_start_says_why() throws Exception {
    JavaProcess incomplete = site.startWorker(config("incomplete", "flink: {slots: 1}\n"));
    JavaProcess refused =
        site.startWorker(config("refused", metadata(site.metadata().port(), "nobody")));
    JavaProcess early = site.startWorker(config("early", metadata(1, "postgres")));

    assertThat(incomplete.awaitExit(PATIENCE)).isEqualTo(1);
    assertThat(incomplete.printed())
        .contains("section 'metadata' is missing")
        .contains("section 'kafka' is missing");
    assertThat(refused.awaitExit(PATIENCE)).isEqualTo(70);
    assertThat(refused.printed())
        .contains("Cannot reach the metadata database")
        .contains("\"nobody\". Correct 'metadata' in the configuration file.");
    early.awaitPrinted("It is tried again by itself.", PATIENCE);
    assertThat(early.isAlive()).isTrue();
    early.terminate();
  }

  private static Path config(String name, String text) throws IOException {
    return Files.writeString(directory.resolve(name + ".yaml"), text);
  }

  private static String metadata(int port, String user) {
    return """
        metadata: {url: "jdbc:postgresql://127.0.0.1:%d/postgres", user: %s, password: {env: BACKLOT_SECRET_SITE}}
        kafka: {bootstrap_servers: "127.0.0.1:1", replication_factor: 1}
        """
        .formatted(port, user);
  }
}
