package dev.backlot.studio;

import dev.backlot.studio.Session.Picked;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/** What happens to working days: they slip, change hands, wrap, come back as reshoots. */
final class CalendarDesk {
  private static final int MOST_RESHOOT_DAYS = 260;
  private static final String OPEN = "status IN ('PLANNED', 'MOVED')";

  private CalendarDesk() {}

  /** Rain: a production's next open days all move by the same number of days. */
  static int slip(Session session) throws SQLException {
    Optional<Picked> first =
        session.pick(
            "SELECT movie_id, day_number FROM schedule_day WHERE "
                + OPEN
                + " AND slipped_days < 60 ORDER BY movie_id, day_number, unit");
    if (first.isEmpty()) {
      return 0;
    }
    int days = 1 + session.random().nextInt(3);
    return session.update(
        "UPDATE schedule_day SET work_date = work_date + ?, slipped_days = slipped_days + ?,"
            + " status = 'MOVED', updated_at = ? WHERE movie_id = ? AND day_number >= ?"
            + " AND day_number < ? AND "
            + OPEN,
        days,
        days,
        session.now(),
        first.get().id(0),
        first.get().id(1),
        first.get().id(1) + 6);
  }

  /** The call sheet of a day is rewritten. */
  static int rewriteCallSheet(Session session) throws SQLException {
    Optional<Picked> day = openDay(session);
    if (day.isEmpty()) {
      return 0;
    }
    boolean noted = session.invention().chance(0.5);
    return session.update(
        "UPDATE schedule_day SET call_time = ?, location = ?, notes = ?, updated_at = ?"
            + " WHERE movie_id = ? AND unit = ? AND day_number = ?",
        session.invention().callTime(),
        session.words().pick("location", session.random()),
        noted ? session.words().pick("note", session.random()) : null,
        session.now(),
        day.get().id(0),
        day.get().value(1),
        day.get().id(2));
  }

  /** A day is in the can. */
  static int wrapDay(Session session) throws SQLException {
    Optional<Picked> day = openDay(session);
    if (day.isEmpty()) {
      return 0;
    }
    return session.update(
        "UPDATE schedule_day SET status = 'WRAPPED', updated_at = ?"
            + " WHERE movie_id = ? AND unit = ? AND day_number = ?",
        session.now(),
        day.get().id(0),
        day.get().value(1),
        day.get().id(2));
  }

  /** Another unit takes a day over, which changes the day's key. */
  static int handOver(Session session) throws SQLException {
    Optional<Picked> day = openDay(session);
    if (day.isEmpty()) {
      return 0;
    }
    String unit = day.get().value(1).equals("MAIN") ? "SECOND" : "MAIN";
    return session.update(
        "UPDATE schedule_day d SET unit = ?, updated_at = ?"
            + " WHERE movie_id = ? AND unit = ? AND day_number = ? AND NOT EXISTS"
            + " (SELECT FROM schedule_day o WHERE o.movie_id = d.movie_id AND o.unit = ?"
            + " AND o.day_number = d.day_number)",
        unit,
        session.now(),
        day.get().id(0),
        day.get().value(1),
        day.get().id(2),
        unit);
  }

  /** A production gives one of its days to another one that shoots, after that one's own days. */
  static int lendDay(Session session) throws SQLException {
    Optional<Picked> day = openDay(session);
    if (day.isEmpty()) {
      return 0;
    }
    Optional<Picked> other =
        session.pick(
            "SELECT movie_id FROM movie WHERE phase = 'SHOOT' AND movie_id <> ?"
                + " ORDER BY movie_id",
            day.get().id(0));
    if (other.isEmpty()) {
      return 0;
    }
    return session.update(
        "UPDATE schedule_day SET movie_id = ?, day_number = (SELECT coalesce(max(day_number), 0) + 1"
            + " FROM schedule_day o WHERE o.movie_id = ?), status = 'MOVED', updated_at = ?"
            + " WHERE movie_id = ? AND unit = ? AND day_number = ?",
        other.get().id(0),
        other.get().id(0),
        session.now(),
        day.get().id(0),
        day.get().value(1),
        day.get().id(2));
  }

  /** Post asks for another day of photography. */
  static int orderReshoot(Session session) throws SQLException {
    if (session.number("SELECT count(*) FROM reshoot_day") >= MOST_RESHOOT_DAYS) {
      return 0;
    }
    Optional<Picked> movie =
        session.pick("SELECT movie_id FROM movie WHERE phase = 'POST' ORDER BY movie_id");
    if (movie.isEmpty()) {
      return 0;
    }
    long id = movie.get().id(0);
    long next =
        session.number(
            "SELECT coalesce(max(day_number), 0) + 1 FROM reshoot_day WHERE movie_id = ?", id);
    LocalDate date = session.today().plusDays(5L + session.random().nextInt(40));
    return session
        .insert()
        .reshootDays(List.of(session.invention().reshootDay(id, (int) next, date)));
  }

  /** A reshoot moves to another day, and costs more. */
  static int moveReshoot(Session session) throws SQLException {
    Optional<Picked> day = reshootDay(session);
    if (day.isEmpty()) {
      return 0;
    }
    return session.update(
        "UPDATE reshoot_day SET planned_for = ?, state = 'MOVED', updated_at = ?,"
            + " extra_cost = least(coalesce(extra_cost, 0) + ?, 2000000)"
            + " WHERE movie_id = ? AND unit = ? AND day_number = ?",
        session.invention().workingDay(session.today().plusDays(5L + session.random().nextInt(40))),
        session.now(),
        session.invention().money(900, 12_000),
        day.get().id(0),
        day.get().value(1),
        day.get().id(2));
  }

  /** A reshoot turns out not to be needed. */
  static int dropReshoot(Session session) throws SQLException {
    Optional<Picked> day = reshootDay(session);
    if (day.isEmpty()) {
      return 0;
    }
    return session.update(
        "DELETE FROM reshoot_day WHERE movie_id = ? AND unit = ? AND day_number = ?",
        day.get().id(0),
        day.get().value(1),
        day.get().id(2));
  }

  private static Optional<Picked> reshootDay(Session session) throws SQLException {
    return session.pick(
        "SELECT movie_id, unit, day_number FROM reshoot_day ORDER BY movie_id, unit, day_number");
  }

  private static Optional<Picked> openDay(Session session) throws SQLException {
    return session.pick(
        "SELECT movie_id, unit, day_number FROM schedule_day WHERE "
            + OPEN
            + " ORDER BY movie_id, unit, day_number");
  }
}
