package dev.backlot.studio;

import dev.backlot.studio.edge.StudioEdge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/**
 * The demo studio: makes its database on a given PostgreSQL server if it is not there, then works
 * in it, and serves its graph, until standard input ends or the process is asked to stop.
 *
 * <p>Passwords come from the environment: {@code STUDIO_ADMIN_PASSWORD} for the server's
 * administrator, and {@code BACKLOT_SECRET_STUDIO}, which the role {@code backlot} gets.
 */
public final class Studio {
  private static final int USAGE = 64;
  private static final int FAILED = 70;

  private Studio() {}

  /**
   * Runs the studio.
   *
   * @param arguments see {@link Options}; the README lists them
   */
  public static void main(String[] arguments) {
    try {
      run(Options.parse(List.of(arguments)));
      System.exit(0);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(USAGE);
    } catch (SQLException | IOException | IllegalStateException e) {
      System.err.println("Cannot run the studio: " + e.getMessage());
      System.exit(FAILED);
    }
  }

  private static void run(Options options) throws SQLException, IOException {
    Clock clock = Clock.systemUTC();
    StudioDatabase database =
        new StudioDatabase(
            options.host(),
            options.port(),
            options.adminUser(),
            environment("STUDIO_ADMIN_PASSWORD").orElse(""),
            options.database());
    String capturePassword =
        environment("BACKLOT_SECRET_STUDIO")
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "Cannot set the password of role 'backlot': the environment has no"
                            + " BACKLOT_SECRET_STUDIO. Set it and start again."));
    boolean loaded = database.create(capturePassword, options.seed(), clock.instant());
    Path control = Files.createDirectories(options.control()).toAbsolutePath();
    Path paused = control.resolve("paused");
    if (options.paused() && !Files.exists(paused)) {
      Files.createFile(paused);
    }
    System.out.printf(
        "Studio: ready (%s, %s; pause the workload: touch %s)%n",
        database.url(), loaded ? "data loaded" : "data found", paused);
    if (options.once()) {
      return;
    }
    if (options.graphPort().isEmpty()) {
      work(options, database, control, clock);
      return;
    }
    try (StudioEdge edge =
        StudioEdge.start(
            database.url(),
            StudioDatabase.EDGE_USER,
            StudioDatabase.EDGE_USER,
            options.graphPort().getAsInt())) {
      System.out.println("Studio: graph at " + edge.url());
      work(options, database, control, clock);
    }
  }

  private static void work(Options options, StudioDatabase database, Path control, Clock clock)
      throws IOException {
    // A restart must not repeat the identifiers of the run before, hence the time in the seed.
    Workload workload = new Workload(options.seed() ^ clock.millis(), clock);
    Shift shift = new Shift(database, workload, options.rate(), control, System.out);
    Thread thread = new Thread(shift, "studio-workload");
    thread.setDaemon(true);
    thread.start();
    Runtime.getRuntime().addShutdownHook(new Thread(shift::stop, "studio-stop"));
    while (System.in.read() >= 0) {
      // Nothing is expected on standard input but its end.
    }
    shift.stop();
  }

  private static Optional<String> environment(String name) {
    return Optional.ofNullable(System.getenv(name));
  }
}
