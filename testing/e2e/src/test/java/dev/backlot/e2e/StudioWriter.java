package dev.backlot.e2e;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Changes movies, days and deals of the demo in every way that a report per movie depends on, fifty
 * times a second, from a thread of its own until it is closed. The one deal of a marked movie
 * carries a growing fee, by which one sees how far a table is.
 */
final class StudioWriter implements AutoCloseable {
  /** The marked movie. */
  static final long MARKED = 91_000;

  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** What happens, by chance; %1$d and %2$d are two of forty movies, %3$d is anything. */
  private static final List<String> CHANGES =
      List.of(
          "UPDATE movie SET title = 'Working title %3$d' WHERE movie_id = %1$d",
          "UPDATE movie SET phase = (ARRAY['DEVELOPMENT', 'CANCELLED', 'SHOOT']::production_phase[])[1 + %3$d %% 3] WHERE movie_id = %1$d",
          "UPDATE deal SET fee = %3$d WHERE movie_id = %1$d",
          "UPDATE deal SET movie_id = %2$d WHERE deal_id = (SELECT deal_id FROM deal WHERE movie_id = %1$d LIMIT 1) AND EXISTS (SELECT FROM movie WHERE movie_id = %2$d)",
          "DELETE FROM deal WHERE deal_id = (SELECT deal_id FROM deal WHERE movie_id = %1$d LIMIT 1)",
          "INSERT INTO deal (deal_id, movie_id, talent_id, craft, status, fee, currency, terms) SELECT gen_random_uuid(), movie_id, 1, 'actor', 'SENT', %3$d, 'USD', '{}' FROM movie WHERE movie_id = %1$d",
          "INSERT INTO schedule_day (movie_id, unit, day_number, work_date, location, scenes, status) SELECT movie_id, 'MAIN', %3$d, date '2031-01-01' + %3$d %% 300, 'Stage %3$d', '{1}', 'PLANNED' FROM movie WHERE movie_id = %1$d ON CONFLICT DO NOTHING",
          "UPDATE schedule_day SET work_date = work_date + 1 WHERE movie_id = %1$d",
          "UPDATE schedule_day SET movie_id = m.movie_id, day_number = 100000 + %3$d FROM movie m WHERE m.movie_id = %2$d AND (schedule_day.movie_id, day_number, unit) = (SELECT movie_id, day_number, unit FROM schedule_day WHERE movie_id = %1$d LIMIT 1) AND NOT EXISTS (SELECT FROM schedule_day WHERE movie_id = %2$d AND day_number = 100000 + %3$d)",
          "DELETE FROM schedule_day WHERE movie_id = %1$d",
          "DELETE FROM movie WHERE movie_id = %1$d",
          "INSERT INTO movie (movie_id, title, phase, director) VALUES (%1$d, 'Take %3$d', 'PREP', 'D. %3$d') ON CONFLICT DO NOTHING",
          "INSERT INTO movie (movie_id, title, phase, director) VALUES (%2$d, 'Take %3$d', 'SHOOT', 'D. %3$d') ON CONFLICT DO NOTHING");

  /** Opens connections to the database that is written to. */
  interface Connections {
    Connection open() throws SQLException;
  }

  private final Connections connections;
  private final Random random;
  private final AtomicLong committed = new AtomicLong();
  private final Thread thread = new Thread(this::run, "studio-writer");
  private volatile boolean stopped;
  private volatile String failure = "";

  /** Begins to write. */
  StudioWriter(Connections connections, long seed) throws SQLException {
    this.connections = connections;
    this.random = new Random(seed);
    try (Connection connection = connections.open();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "INSERT INTO movie (movie_id, title, phase) VALUES (%d, 'Marked', 'PREP') ON CONFLICT DO NOTHING"
              .formatted(MARKED));
      statement.execute("DELETE FROM deal WHERE movie_id = " + MARKED);
      statement.execute(
          "INSERT INTO deal (deal_id, movie_id, talent_id, craft, status, fee, currency, terms)"
              + " VALUES (gen_random_uuid(), %d, 1, 'actor', 'SENT', 1, 'USD', '{}')"
                  .formatted(MARKED));
    }
    thread.start();
  }

  /** The marked fee that was committed last. */
  long committed() {
    return committed.get();
  }

  @Override
  public void close() throws InterruptedException {
    stopped = true;
    thread.join(TimeUnit.SECONDS.toMillis(30));
    if (!failure.isEmpty()) {
      throw new AssertionError("The writer has ended: " + failure);
    }
  }

  private void run() {
    try (Connection connection = connections.open();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      for (long marked = 2; !stopped; marked++) {
        statement.execute("UPDATE deal SET fee = " + marked + " WHERE movie_id = " + MARKED);
        String change = CHANGES.get(random.nextInt(CHANGES.size()));
        statement.execute(change.formatted(movie(), movie(), 1 + random.nextInt(10_000)));
        connection.commit();
        committed.set(marked);
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    } catch (SQLException e) {
      failure = e.toString();
    }
  }

  private long movie() {
    return MARKED + 1 + random.nextInt(40);
  }
}
