package dev.backlot.studio;

import dev.backlot.studio.Session.Picked;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** What happens to people, their parts and their deals. */
final class BusinessAffairs {
  private static final int MOST_DEALS = 2_600;
  private static final int MOST_PEOPLE = 2_200;
  private static final String ACTIVE =
      "SELECT movie_id FROM movie WHERE phase IN ('DEVELOPMENT', 'PREP', 'SHOOT')"
          + " ORDER BY movie_id";

  private BusinessAffairs() {}

  /** Somebody is cast, with a draft of a deal. */
  static int draft(Session session) throws SQLException {
    if (session.number("SELECT count(*) FROM deal") >= MOST_DEALS) {
      return 0;
    }
    Optional<Picked> movie = session.pick(ACTIVE);
    return movie.isEmpty() ? 0 : ProductionOffice.hire(session, movie.get().id(0), 1, "DRAFT");
  }

  /** A draft goes out. */
  static int send(Session session) throws SQLException {
    Optional<Picked> deal = deal(session, "'DRAFT'");
    if (deal.isEmpty()) {
      return 0;
    }
    return session.update(
        "UPDATE deal SET status = 'SENT', sent_at = ?, updated_at = ? WHERE deal_id = ?",
        session.now(),
        session.now(),
        deal.get().value(0));
  }

  /** The other side wants more. */
  static int haggle(Session session) throws SQLException {
    Optional<Picked> deal = deal(session, "'SENT', 'NEGOTIATING'");
    if (deal.isEmpty()) {
      return 0;
    }
    return session.update(
        "UPDATE deal SET status = 'NEGOTIATING', fee = least(round(fee * ?, 2), 9000000),"
            + " terms = jsonb_set(terms, '{round}', to_jsonb(coalesce((terms->>'round')::int, 0)"
            + " + 1)), updated_at = ? WHERE deal_id = ?",
        BigDecimal.valueOf(97L + session.random().nextInt(9), 2),
        session.now(),
        deal.get().value(0));
  }

  /** Both sign, and the part is confirmed. */
  static int sign(Session session) throws SQLException {
    Optional<Picked> deal = deal(session, "'SENT', 'NEGOTIATING'");
    if (deal.isEmpty()) {
      return 0;
    }
    return session.update(
            "UPDATE deal SET status = 'SIGNED', signed_at = ?, updated_at = ? WHERE deal_id = ?",
            session.now(),
            session.now(),
            deal.get().value(0))
        + session.update(
            "UPDATE cast_member SET confirmed = true, updated_at = ? WHERE movie_id = ?"
                + " AND talent_id = ? AND NOT confirmed",
            session.now(),
            deal.get().id(1),
            deal.get().id(2));
  }

  /** A deal that nobody pursues is thrown away, and the part with it. */
  static int withdraw(Session session) throws SQLException {
    Optional<Picked> deal = deal(session, "'DRAFT', 'VOID'");
    if (deal.isEmpty()) {
      return 0;
    }
    return session.update("DELETE FROM deal WHERE deal_id = ?", deal.get().value(0))
        + session.update(
            "DELETE FROM cast_member WHERE movie_id = ? AND talent_id = ? AND NOT confirmed",
            deal.get().id(1),
            deal.get().id(2));
  }

  /** Somebody else plays the part, which changes the cast member's key. */
  static int recast(Session session) throws SQLException {
    Optional<Picked> member =
        session.pick(
            "SELECT c.movie_id, c.talent_id FROM cast_member c JOIN movie m USING (movie_id)"
                + " WHERE m.phase IN ('DEVELOPMENT', 'PREP', 'SHOOT')"
                + " ORDER BY c.movie_id, c.talent_id");
    if (member.isEmpty()) {
      return 0;
    }
    long movieId = member.get().id(0);
    Optional<Picked> other =
        session.pick(
            "SELECT talent_id FROM talent t WHERE NOT EXISTS (SELECT FROM cast_member c"
                + " WHERE c.movie_id = ? AND c.talent_id = t.talent_id) ORDER BY talent_id",
            movieId);
    if (other.isEmpty()) {
      return 0;
    }
    return session.update(
        "UPDATE cast_member SET talent_id = ?, confirmed = false, updated_at = ?"
            + " WHERE movie_id = ? AND talent_id = ?",
        other.get().id(0),
        session.now(),
        movieId,
        member.get().id(1));
  }

  /** Somebody asks for more a day. */
  static int raise(Session session) throws SQLException {
    Optional<Picked> talent = talent(session);
    if (talent.isEmpty()) {
      return 0;
    }
    return session.update(
        "UPDATE talent SET day_rate = ?, updated_at = ? WHERE talent_id = ?",
        session.invention().money(350, 24_000),
        session.now(),
        talent.get().id(0));
  }

  /** Somebody changes agents. */
  static int changeAgent(Session session) throws SQLException {
    Optional<Picked> talent = talent(session);
    if (talent.isEmpty()) {
      return 0;
    }
    return session.update(
        "UPDATE talent SET contact = jsonb_set(contact, '{agent}', to_jsonb(?::text)),"
            + " updated_at = ? WHERE talent_id = ?",
        session.words().pick("agency", session.random()),
        session.now(),
        talent.get().id(0));
  }

  /** A newcomer; once there are many, somebody without any part leaves instead. */
  static int discover(Session session) throws SQLException {
    if (session.number("SELECT count(*) FROM talent") >= MOST_PEOPLE) {
      return session.update(
          "DELETE FROM talent WHERE talent_id IN (SELECT talent_id FROM talent t"
              + " WHERE NOT EXISTS (SELECT FROM cast_member c WHERE c.talent_id = t.talent_id)"
              + " AND NOT EXISTS (SELECT FROM deal d WHERE d.talent_id = t.talent_id)"
              + " ORDER BY talent_id LIMIT 3)");
    }
    long id = session.number("SELECT nextval(pg_get_serial_sequence('talent', 'talent_id'))");
    return session.insert().talent(List.of(session.invention().talent(id, session.today())));
  }

  private static Optional<Picked> deal(Session session, String statuses) throws SQLException {
    return session.pick(
        "SELECT deal_id, movie_id, talent_id FROM deal WHERE status IN ("
            + statuses
            + ") ORDER BY deal_id");
  }

  private static Optional<Picked> talent(Session session) throws SQLException {
    return session.pick("SELECT talent_id FROM talent ORDER BY talent_id");
  }
}
