package dev.backlot.benchmarks.soak;

import dev.backlot.testing.capture.CaptureSite;
import dev.backlot.testing.capture.EventCheck;
import dev.backlot.testing.capture.EventCheck.Match;
import dev.backlot.testing.capture.JavaProcess;
import dev.backlot.testing.capture.Patience;
import dev.backlot.testing.capture.Told;
import dev.backlot.testing.capture.TopicTail;
import dev.backlot.testing.capture.Trial;
import dev.backlot.testing.capture.Workload;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/**
 * Kills capture's worker, the broker and the source database at random, again and again, while a
 * workload writes and dumps run. Each change must be told once and in order, whatever died.
 */
final class CaptureSoak {
  private static final int WRITERS = 3;
  private static final int PARTITIONS = 4;

  /** How many kills are checked together: what was told must fit into memory. */
  private static final int ROUND = 5;

  private static final Duration PAUSE = Duration.ofMillis(4);
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int LONGEST_WAIT_MILLIS = 2_500;

  /** Some kills hit while all recovers from the one before. */
  private static final int ONE_IN_HITS_RECOVERY = 4;

  /** So many kills in vain for each one that counts are too many. */
  private static final int TRIES = 3;

  private final int kills;
  private final long seed;
  private final PrintStream out;
  private final Random random;
  private final AtomicLong newestWritten = new AtomicLong();
  private final Map<Victim, List<Long>> recoveries = new EnumMap<>(Victim.class);
  private final Map<Victim, Integer> counted = new EnumMap<>(Victim.class);
  private int inVain;
  private int dumps;

  /** What is killed. */
  private enum Victim {
    WORKER,
    BROKER,
    SOURCE
  }

  /** A time before a kill, and one at which the victim was dead. */
  private record Kill(Victim victim, long beforeMillis, long afterMillis) {}

  /**
   * Prepares a soak.
   *
   * @param kills that must find work in flight
   * @param seed of the victims, their times and the workload
   */
  CaptureSoak(int kills, long seed, PrintStream out) {
    this.kills = kills;
    this.seed = seed;
    this.out = out;
    this.random = new Random(seed);
  }

  /** Returns whether everything was told once and in order. */
  boolean run() throws Exception {
    out.printf("Seed %d%n", seed);
    Path directory = Files.createTempDirectory("backlot-soak-capture-");
    String classPath =
        Path.of(System.getProperty("backlot.dist"), "dataplane", "lib").resolve("*").toString();
    long begin = System.nanoTime();
    boolean healthy = false;
    try (CaptureSite site = new CaptureSite(directory, classPath)) {
      site.startWorker();
      site.startWorker();
      Workload.create(site.source(), CaptureSite.CONNECTION, WRITERS);
      site.apply(Workload.TABLES);
      Map<String, String> topics = site.awaitStreaming(Workload.TABLES);
      EventCheck check =
          new EventCheck(
              Workload.TABLES.stream().collect(Collectors.toMap(table -> table, t -> PARTITIONS)));
      try (TopicTail tail =
              new TopicTail(site.kafka().bootstrapServers(), topics, PARTITIONS, this::note);
          Workload workload =
              new Workload(site::source, CaptureSite.CONNECTION, WRITERS, PAUSE, seed)) {
        healthy = soak(site, new Trial(workload, tail, check));
        report(check, workload, begin);
      }
    } catch (IllegalStateException e) {
      out.println("Wrong: " + e.getMessage());
    }
    if (healthy) {
      SoakFiles.delete(directory);
    } else {
      out.println("The logs are in " + directory + ". The seed was " + seed + ".");
    }
    return healthy;
  }

  private boolean soak(CaptureSite site, Trial trial) throws Exception {
    trial.settle(PATIENCE);
    int done = 0;
    while (done < kills) {
      List<Kill> round = new ArrayList<>();
      for (int i = 0; i < Math.min(ROUND, kills - done); i++) {
        maybeDump(site);
        TimeUnit.MILLISECONDS.sleep(500 + random.nextInt(LONGEST_WAIT_MILLIS));
        Victim victim = Victim.values()[random.nextInt(Victim.values().length)];
        round.add(kill(site, victim));
        if (random.nextInt(ONE_IN_HITS_RECOVERY) > 0) {
          awaitTelling();
        }
      }
      List<Match> matches = trial.settle(PATIENCE);
      for (Kill kill : round) {
        if (Trial.inFlight(matches, kill.beforeMillis(), kill.afterMillis()) > 0) {
          done++;
          counted.merge(kill.victim(), 1, Integer::sum);
          OptionalLong recovery = Trial.recoveryMillis(matches, kill.beforeMillis());
          recovery.ifPresent(
              millis ->
                  recoveries.computeIfAbsent(kill.victim(), v -> new ArrayList<>()).add(millis));
        } else {
          inVain++;
        }
      }
      if (inVain > TRIES * kills) {
        throw new IllegalStateException(inVain + " kills found nothing in flight");
      }
      out.printf(
          "%d kills: %s, %d in vain; %d events, %d of dumps, %d void%n",
          done,
          counted,
          inVain,
          trial.check().events(),
          trial.check().dumpRows(),
          trial.check().voidRecords());
    }
    return true;
  }

  private void note(Told told) {
    if (told.kind() != Told.Kind.FENCE) {
      newestWritten.accumulateAndGet(told.writtenMillis(), Math::max);
    }
  }

  /** Waits until something is told that was written after now. */
  private void awaitTelling() throws Exception {
    long now = System.currentTimeMillis();
    Patience.until("anything to be told", PATIENCE, () -> newestWritten.get() > now);
  }

  private void maybeDump(CaptureSite site) throws Exception {
    if (random.nextInt(3) == 0 && site.openDumps() == 0) {
      site.dump(Workload.TABLES.get(random.nextInt(Workload.TABLES.size())));
      dumps++;
    }
  }

  /** Kills one, and starts it again. */
  private static Kill kill(CaptureSite site, Victim victim) throws Exception {
    JavaProcess owner = victim == Victim.WORKER ? site.awaitOwnerAndStandby() : site.awaitOwner();
    long before = System.currentTimeMillis();
    switch (victim) {
      case WORKER -> {
        owner.kill();
        Kill kill = new Kill(victim, before, System.currentTimeMillis());
        site.startWorker();
        site.awaitOwner();
        return kill;
      }
      case BROKER -> {
        site.kafka().process().kill();
        Kill kill = new Kill(victim, before, System.currentTimeMillis());
        site.kafka().startAgain();
        return kill;
      }
      default -> {
        // Its processes outlive their parent by a moment: only when it runs again are they gone.
        site.killSource();
        site.startSourceAgain();
        return new Kill(victim, before, System.currentTimeMillis());
      }
    }
  }

  private void report(EventCheck check, Workload workload, long begin) {
    out.printf(
        Locale.ROOT,
        "%d transactions, %d events each once and in order, %d rows of %d dumps, %d void records, in"
            + " %d s%n",
        workload.transactions(),
        check.events(),
        check.dumpRows(),
        dumps,
        check.voidRecords(),
        (System.nanoTime() - begin) / 1_000_000_000);
    recoveries.forEach(
        (victim, millis) -> {
          Collections.sort(millis);
          out.printf(
              "%s: %d kills, next change told after %d ms (p50), %d ms (max)%n",
              victim.name().toLowerCase(Locale.ROOT),
              counted.getOrDefault(victim, 0),
              millis.get(millis.size() / 2),
              millis.get(millis.size() - 1));
        });
  }
}
