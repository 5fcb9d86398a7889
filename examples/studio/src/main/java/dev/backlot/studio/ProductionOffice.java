package dev.backlot.studio;

import dev.backlot.studio.Rows.CastMember;
import dev.backlot.studio.Rows.Deal;
import dev.backlot.studio.Rows.Phase;
import dev.backlot.studio.Rows.ReshootDay;
import dev.backlot.studio.Session.Picked;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What happens to productions: they are greenlit, move on, are released, cancelled, sold. */
final class ProductionOffice {
  /** Productions that are worked on, at most and at least. */
  static final int MOST_ACTIVE = 180;

  static final int LEAST_ACTIVE = 110;

  /** Productions of the slate that are kept after their release. */
  static final int MOST_RELEASED = 52;

  private static final String ACTIVE = "phase NOT IN ('RELEASED', 'CANCELLED')";

  private ProductionOffice() {}

  /** A new production with its first people and their draft deals. */
  static int greenlight(Session session) throws SQLException {
    if (active(session) >= MOST_ACTIVE) {
      return 0;
    }
    long id = session.number("SELECT nextval(pg_get_serial_sequence('movie', 'movie_id'))");
    Invention invention = session.invention();
    int changed =
        session
            .insert()
            .movies(List.of(invention.production(id, Phase.DEVELOPMENT, session.today())));
    return changed + hire(session, id, 2 + session.random().nextInt(4), "DRAFT");
  }

  /** A production enters its next phase, with all that this brings. */
  static int advance(Session session) throws SQLException {
    if (active(session) <= LEAST_ACTIVE) {
      return 0;
    }
    Optional<Picked> movie =
        session.pick(
            "SELECT movie_id, phase::text FROM movie WHERE " + ACTIVE + " ORDER BY movie_id");
    if (movie.isEmpty()) {
      return 0;
    }
    long id = movie.get().id(0);
    return switch (Phase.valueOf(movie.get().value(1).toString())) {
      case DEVELOPMENT -> prepare(session, id);
      case PREP -> shoot(session, id);
      case SHOOT -> wrap(session, id);
      default -> release(session, id);
    };
  }

  /** A production is given up: its future days and unsigned deals go. */
  static int cancel(Session session) throws SQLException {
    if (active(session) <= LEAST_ACTIVE) {
      return 0;
    }
    Optional<Picked> movie =
        session.pick(
            "SELECT movie_id FROM movie WHERE phase IN ('DEVELOPMENT', 'PREP') ORDER BY movie_id");
    if (movie.isEmpty()) {
      return 0;
    }
    long id = movie.get().id(0);
    return session.update("DELETE FROM schedule_day WHERE movie_id = ?", id)
        + session.update(
            "UPDATE deal SET status = 'VOID', signed_at = NULL, updated_at = ? WHERE movie_id = ?"
                + " AND status <> 'VOID'",
            session.now(),
            id)
        + session.update(
            "UPDATE movie SET phase = 'CANCELLED', release_date = NULL, updated_at = ?"
                + " WHERE movie_id = ?",
            session.now(),
            id);
  }

  /** A cancelled production gets a second life. */
  static int revive(Session session) throws SQLException {
    Optional<Picked> movie =
        session.pick("SELECT movie_id FROM movie WHERE phase = 'CANCELLED' ORDER BY movie_id");
    if (movie.isEmpty()) {
      return 0;
    }
    return updated(
        session,
        "UPDATE movie SET phase = 'DEVELOPMENT', updated_at = ? WHERE movie_id = ?",
        movie.get().id(0));
  }

  /** The rights of an old or cancelled production of the slate are sold: all its rows go. */
  static int sellRights(Session session) throws SQLException {
    long kept =
        session.number(
            "SELECT count(*) FROM movie WHERE movie_id >= ? AND NOT (" + ACTIVE + ")",
            Slate.FIRST_PRODUCTION);
    if (kept <= MOST_RELEASED) {
      return 0;
    }
    long id =
        session.number(
            "SELECT min(movie_id) FROM movie WHERE movie_id >= ? AND NOT (" + ACTIVE + ")",
            Slate.FIRST_PRODUCTION);
    int changed = 0;
    for (String table :
        List.of("vendor_payment", "deal", "cast_member", "schedule_day", "reshoot_day", "movie")) {
      changed += session.update("DELETE FROM " + table + " WHERE movie_id = ?", id);
    }
    return changed;
  }

  /** Yesterday's box office and votes of some films arrive, library included. */
  static int reportNumbers(Session session) throws SQLException {
    List<Picked> movies =
        session.pick(
            1 + session.random().nextInt(3),
            "SELECT movie_id FROM movie WHERE phase = 'RELEASED' ORDER BY movie_id");
    int changed = 0;
    for (Picked movie : movies) {
      changed +=
          session.update(
              "UPDATE movie SET worldwide_gross = coalesce(worldwide_gross, 0) + ?,"
                  + " imdb_votes = coalesce(imdb_votes, 0) + ?, updated_at = ?"
                  + " WHERE movie_id = ?",
              session.invention().money(500, 90_000),
              session.random().nextInt(40),
              session.now(),
              movie.id(0));
    }
    return changed;
  }

  /** A production's working title or budget changes. */
  static int rethink(Session session) throws SQLException {
    Optional<Picked> movie =
        session.pick("SELECT movie_id FROM movie WHERE " + ACTIVE + " ORDER BY movie_id");
    if (movie.isEmpty()) {
      return 0;
    }
    if (session.invention().chance(0.3)) {
      return session.update(
          "UPDATE movie SET title = ?, updated_at = ? WHERE movie_id = ?",
          session.invention().title(),
          session.now(),
          movie.get().id(0));
    }
    BigDecimal factor = BigDecimal.valueOf(90L + session.random().nextInt(25), 2);
    return session.update(
        "UPDATE movie SET production_budget = round(coalesce(production_budget, 4000000) * ?, 2),"
            + " updated_at = ? WHERE movie_id = ?",
        factor.setScale(2, RoundingMode.UNNECESSARY),
        session.now(),
        movie.get().id(0));
  }

  /** New people for a production: cast members and a deal each. */
  static int hire(Session session, long movieId, int people, String status) throws SQLException {
    List<Picked> hired =
        session.pick(
            people,
            "SELECT talent_id FROM talent t WHERE NOT EXISTS (SELECT FROM cast_member c"
                + " WHERE c.movie_id = ? AND c.talent_id = t.talent_id) ORDER BY talent_id",
            movieId);
    long billing =
        session.number(
            "SELECT coalesce(max(billing), 0) FROM cast_member WHERE movie_id = ?", movieId);
    List<CastMember> cast = new ArrayList<>();
    List<Deal> deals = new ArrayList<>();
    for (Picked talent : hired) {
      billing++;
      cast.add(session.invention().castMember(movieId, talent.id(0), (int) billing));
      deals.add(session.invention().deal(movieId, talent.id(0), status, session.now()));
    }
    return session.insert().cast(cast) + session.insert().deals(deals);
  }

  private static int prepare(Session session, long id) throws SQLException {
    int changed =
        updated(
            session,
            "UPDATE movie SET phase = 'PREP', distributor = coalesce(distributor, 'Northlight'),"
                + " production_budget = coalesce(production_budget, 12500000),"
                + " updated_at = ? WHERE movie_id = ?",
            id);
    return changed + hire(session, id, 2 + session.random().nextInt(4), "SENT");
  }

  private static int shoot(Session session, long id) throws SQLException {
    LocalDate today = session.today();
    int changed = session.update("DELETE FROM schedule_day WHERE movie_id = ?", id);
    changed +=
        session
            .insert()
            .scheduleDays(
                session
                    .invention()
                    .scheduleDays(
                        id,
                        today.plusDays(session.random().nextInt(4)),
                        8 + session.random().nextInt(10),
                        today));
    return changed
        + session.update(
            "UPDATE movie SET phase = 'SHOOT', release_date = ?, updated_at = ?"
                + " WHERE movie_id = ?",
            today.plusDays(200 + session.random().nextInt(300)),
            session.now(),
            id);
  }

  private static int wrap(Session session, long id) throws SQLException {
    int changed =
        updated(
            session,
            "UPDATE schedule_day SET status = 'WRAPPED', updated_at = ? WHERE movie_id = ?"
                + " AND status IN ('PLANNED', 'MOVED')",
            id);
    List<ReshootDay> reshoots = new ArrayList<>();
    int days = session.random().nextInt(4);
    for (int number = 1; number <= days; number++) {
      LocalDate date = session.today().plusDays(20L + 3L * number);
      reshoots.add(session.invention().reshootDay(id, number, date));
    }
    changed += session.update("DELETE FROM reshoot_day WHERE movie_id = ?", id);
    changed += session.insert().reshootDays(reshoots);
    return changed
        + updated(
            session, "UPDATE movie SET phase = 'POST', updated_at = ? WHERE movie_id = ?", id);
  }

  private static int release(Session session, long id) throws SQLException {
    return session.update("DELETE FROM schedule_day WHERE movie_id = ?", id)
        + session.update("DELETE FROM reshoot_day WHERE movie_id = ?", id)
        + session.update(
            "UPDATE movie SET phase = 'RELEASED', release_date = ?, worldwide_gross = 0,"
                + " mpaa_rating = coalesce(mpaa_rating, ?), running_time_minutes = ?,"
                + " locked = true, imdb_votes = 0, updated_at = ? WHERE movie_id = ?",
            session.today(),
            session.words().pick("rating", session.random()),
            82 + session.random().nextInt(75),
            session.now(),
            id);
  }

  private static long active(Session session) throws SQLException {
    return session.number("SELECT count(*) FROM movie WHERE " + ACTIVE);
  }

  private static int updated(Session session, String sql, long movieId) throws SQLException {
    return session.update(sql, session.now(), movieId);
  }
}
