package dev.backlot.studio;

import dev.backlot.studio.Session.Picked;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** What happens to vendors and what they are paid. */
final class Accounts {
  private static final int MOST_PAYMENTS = 2_400;

  private Accounts() {}

  /** A vendor asks for money; once there are many payments, the oldest paid ones are filed away. */
  static int request(Session session) throws SQLException {
    int filed = 0;
    if (session.number("SELECT count(*) FROM vendor_payment") >= MOST_PAYMENTS) {
      filed =
          session.update(
              "DELETE FROM vendor_payment WHERE payment_id IN (SELECT payment_id"
                  + " FROM vendor_payment WHERE status = 'PAID'"
                  + " ORDER BY paid_at, payment_id LIMIT 4)");
    }
    Optional<Picked> vendor =
        session.pick("SELECT vendor_code FROM vendor WHERE active ORDER BY vendor_code");
    Optional<Picked> movie =
        session.pick(
            "SELECT movie_id FROM movie WHERE phase IN ('PREP', 'SHOOT', 'POST')"
                + " ORDER BY movie_id");
    if (vendor.isEmpty() || movie.isEmpty()) {
      return filed;
    }
    String code = vendor.get().value(0).toString();
    return filed
        + session
            .insert()
            .payments(
                List.of(
                    session
                        .invention()
                        .payment(code, movie.get().id(0), "REQUESTED", session.now())));
  }

  /** Somebody with the right to do so approves a few payments at once. */
  static int approve(Session session) throws SQLException {
    int changed = 0;
    for (Picked payment : payments(session, 1 + session.random().nextInt(3), "REQUESTED")) {
      changed +=
          session.update(
              "UPDATE vendor_payment SET status = 'APPROVED', updated_at = ?"
                  + " WHERE payment_id = ?",
              session.now(),
              payment.value(0));
    }
    return changed;
  }

  /** A payment run. */
  static int pay(Session session) throws SQLException {
    int changed = 0;
    for (Picked payment : payments(session, 1 + session.random().nextInt(4), "APPROVED")) {
      changed +=
          session.update(
              "UPDATE vendor_payment SET status = 'PAID', paid_at = ?, updated_at = ?"
                  + " WHERE payment_id = ?",
              session.now(),
              session.now(),
              payment.value(0));
    }
    return changed;
  }

  /** A line producer marks a vendor. */
  static int mark(Session session) throws SQLException {
    Optional<Picked> vendor = session.pick("SELECT vendor_code FROM vendor ORDER BY vendor_code");
    if (vendor.isEmpty()) {
      return 0;
    }
    return session.update(
        "UPDATE vendor SET score = ?, updated_at = ? WHERE vendor_code = ?",
        session.random().nextInt(51) / 10.0,
        session.now(),
        vendor.get().value(0));
  }

  /** A vendor is taken over: its code changes, here and in all its payments. */
  static int takeOver(Session session) throws SQLException {
    Optional<Picked> vendor =
        session.pick(
            "SELECT vendor_code, country, (SELECT count(*) FROM vendor_payment p"
                + " WHERE p.vendor_code = v.vendor_code) FROM vendor v ORDER BY vendor_code");
    if (vendor.isEmpty()) {
      return 0;
    }
    String old = vendor.get().value(0).toString();
    String house = session.words().pick("house", session.random());
    String trade = session.words().pick("trade", session.random());
    int number = Integer.parseInt(old.substring(old.length() - 4));
    String code = Invention.vendorCode(house, vendor.get().value(1).toString(), number);
    int changed =
        session.update(
            "UPDATE vendor SET vendor_code = ?, name = ?, updated_at = ? WHERE vendor_code = ?",
            code,
            house + " " + trade,
            session.now(),
            old);
    return changed + (code.equals(old) ? 0 : (int) vendor.get().id(2));
  }

  private static List<Picked> payments(Session session, int count, String status)
      throws SQLException {
    return session.pick(
        count,
        "SELECT payment_id FROM vendor_payment WHERE status = ?::payment_status"
            + " ORDER BY payment_id",
        status);
  }
}
