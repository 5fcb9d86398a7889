package dev.backlot.benchmarks.soak;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * Runs soaks by name: {@code Soak commits [COMMITS [CONTRAST [MINUTES]]]}, {@code Soak audit
 * [MINUTES]}, {@code Soak capture [KILLS [SEED]]} or {@code Soak evolution [STATEMENTS [SEED]]}.
 */
public final class Soak {
  private static final int COMMITS = 50_000;
  private static final int CONTRAST = 3_000;
  private static final int MINUTES = 24 * 60;
  private static final int AUDIT_MINUTES = 60;
  private static final int KILLS = 200;
  private static final int STATEMENTS = 200;
  private static final int USAGE = 64;

  private Soak() {}

  /** Runs what is named; exits with 1 when a table or topic did not stay healthy. */
  public static void main(String[] arguments) throws Exception {
    List<String> rest = Arrays.asList(arguments);
    if (!rest.isEmpty() && rest.get(0).equals("audit")) {
      int minutes = rest.size() > 1 ? Integer.parseInt(rest.get(1)) : AUDIT_MINUTES;
      System.exit(new AuditSoak(Duration.ofMinutes(minutes), System.out).run() ? 0 : 1);
    }
    if (!rest.isEmpty() && rest.get(0).equals("capture")) {
      int kills = rest.size() > 1 ? Integer.parseInt(rest.get(1)) : KILLS;
      long seed = rest.size() > 2 ? Long.parseLong(rest.get(2)) : System.nanoTime() % 1_000_000;
      System.exit(new CaptureSoak(kills, seed, System.out).run() ? 0 : 1);
    }
    if (!rest.isEmpty() && rest.get(0).equals("evolution")) {
      int statements = rest.size() > 1 ? Integer.parseInt(rest.get(1)) : STATEMENTS;
      long seed = rest.size() > 2 ? Long.parseLong(rest.get(2)) : System.nanoTime() % 1_000_000;
      System.exit(new EvolutionSoak(statements, seed, System.out).run() ? 0 : 1);
    }
    if (rest.isEmpty() || !rest.get(0).equals("commits")) {
      System.err.println(
          "Cannot run soak '"
              + String.join(" ", rest)
              + "': there is none of that name. Known: audit, capture, commits, evolution. [USAGE]");
      System.exit(USAGE);
    }
    int commits = rest.size() > 1 ? Integer.parseInt(rest.get(1)) : COMMITS;
    int contrast = rest.size() > 2 ? Integer.parseInt(rest.get(2)) : CONTRAST;
    int minutes = rest.size() > 3 ? Integer.parseInt(rest.get(3)) : MINUTES;
    boolean healthy =
        new CommitSoak(commits, contrast, Duration.ofMinutes(minutes), System.out).run();
    System.exit(healthy ? 0 : 1);
  }
}
