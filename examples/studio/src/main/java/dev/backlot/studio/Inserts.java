package dev.backlot.studio;

import dev.backlot.studio.Rows.CastMember;
import dev.backlot.studio.Rows.Deal;
import dev.backlot.studio.Rows.Movie;
import dev.backlot.studio.Rows.ReshootDay;
import dev.backlot.studio.Rows.ScheduleDay;
import dev.backlot.studio.Rows.Talent;
import dev.backlot.studio.Rows.Vendor;
import dev.backlot.studio.Rows.VendorPayment;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes rows in batches. Every method returns how many rows it wrote. */
final class Inserts {
  private final Connection connection;
  private final Instant now;

  /**
   * @param now what {@code updated_at} becomes
   */
  Inserts(Connection connection, Instant now) {
    this.connection = connection;
    this.now = now;
  }

  int movies(List<Movie> movies) throws SQLException {
    return batch(
        """
        INSERT INTO movie (movie_id, title, phase, release_date, production_budget, us_gross,
          worldwide_gross, us_dvd_sales, mpaa_rating, running_time_minutes, distributor,
          source_material, genre, creative_type, director, rotten_tomatoes_rating, imdb_rating,
          imdb_votes, locked, tags, updated_at)
        VALUES (?, ?, ?::production_phase, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        movies,
        m ->
            row(
                m.movieId(),
                m.title(),
                m.phase().name(),
                m.releaseDate(),
                m.productionBudget(),
                m.usGross(),
                m.worldwideGross(),
                m.usDvdSales(),
                m.mpaaRating(),
                m.runningTimeMinutes(),
                m.distributor(),
                m.sourceMaterial(),
                m.genre(),
                m.creativeType(),
                m.director(),
                m.rottenTomatoesRating(),
                m.imdbRating(),
                m.imdbVotes(),
                m.locked(),
                m.tags(),
                now));
  }

  int talent(List<Talent> talent) throws SQLException {
    return batch(
        """
        INSERT INTO talent (talent_id, display_name, given_name, family_name, born, home_city,
          crafts, day_rate, currency, union_member, contact, updated_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?)
        """,
        talent,
        t ->
            row(
                t.talentId(),
                t.displayName(),
                t.givenName(),
                t.familyName(),
                t.born(),
                t.homeCity(),
                t.crafts(),
                t.dayRate(),
                t.currency(),
                t.unionMember(),
                t.contact(),
                now));
  }

  int cast(List<CastMember> cast) throws SQLException {
    return batch(
        """
        INSERT INTO cast_member (movie_id, talent_id, part, billing, confirmed, updated_at)
        VALUES (?, ?, ?, ?, ?, ?)
        """,
        cast,
        c -> row(c.movieId(), c.talentId(), c.part(), c.billing(), c.confirmed(), now));
  }

  int deals(List<Deal> deals) throws SQLException {
    return batch(
        """
        INSERT INTO deal (deal_id, movie_id, talent_id, craft, status, fee, currency, term, terms,
          sent_at, signed_at, updated_at)
        VALUES (?, ?, ?, ?, ?::deal_status, ?, ?, ?::daterange, ?::jsonb, ?, ?, ?)
        """,
        deals,
        d ->
            row(
                d.dealId(),
                d.movieId(),
                d.talentId(),
                d.craft(),
                d.status(),
                d.fee(),
                d.currency(),
                d.term(),
                d.terms(),
                d.sentAt(),
                d.signedAt(),
                now));
  }

  int vendors(List<Vendor> vendors) throws SQLException {
    return batch(
        """
        INSERT INTO vendor (vendor_code, name, category, city, country, services, score, active,
          onboarded_on, updated_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        vendors,
        v ->
            row(
                v.vendorCode(),
                v.name(),
                v.category(),
                v.city(),
                v.country(),
                v.services(),
                v.score(),
                v.active(),
                v.onboardedOn(),
                now));
  }

  int payments(List<VendorPayment> payments) throws SQLException {
    return batch(
        """
        INSERT INTO vendor_payment (payment_id, vendor_code, movie_id, purpose, amount, currency,
          status, due_on, paid_at, updated_at)
        VALUES (?, ?, ?, ?, ?, ?, ?::payment_status, ?, ?, ?)
        """,
        payments,
        p ->
            row(
                p.paymentId(),
                p.vendorCode(),
                p.movieId(),
                p.purpose(),
                p.amount(),
                p.currency(),
                p.status(),
                p.dueOn(),
                p.paidAt(),
                now));
  }

  int scheduleDays(List<ScheduleDay> days) throws SQLException {
    return batch(
        """
        INSERT INTO schedule_day (movie_id, unit, day_number, work_date, call_time, location,
          scenes, status, notes, updated_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?::day_status, ?, ?)
        """,
        days,
        d ->
            row(
                d.movieId(),
                d.unit(),
                d.dayNumber(),
                d.workDate(),
                d.callTime(),
                d.location(),
                d.scenes(),
                d.status(),
                d.notes(),
                now));
  }

  int reshootDays(List<ReshootDay> days) throws SQLException {
    return batch(
        """
        INSERT INTO reshoot_day (movie_id, unit, day_number, planned_for, call_time, site, reason,
          state, extra_cost, updated_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?::day_status, ?, ?)
        """,
        days,
        d ->
            row(
                d.movieId(),
                d.unit(),
                d.dayNumber(),
                d.plannedFor(),
                d.callTime(),
                d.site(),
                d.reason(),
                d.state(),
                d.extraCost(),
                now));
  }

  private <T> int batch(String sql, List<T> rows, Function<T, List<@Nullable Object>> parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (T row : rows) {
        List<@Nullable Object> values = parameters.apply(row);
        for (int i = 0; i < values.size(); i++) {
          bind(statement, i + 1, values.get(i));
        }
        statement.addBatch();
      }
      statement.executeBatch();
    }
    return rows.size();
  }

  private static List<@Nullable Object> row(@Nullable Object... values) {
    return Arrays.asList(values);
  }

  /** Sets one parameter: lists become arrays, instants {@code timestamptz}. */
  static void bind(PreparedStatement statement, int index, @Nullable Object value)
      throws SQLException {
    if (value instanceof Instant instant) {
      statement.setObject(index, instant.atOffset(ZoneOffset.UTC));
    } else if (value instanceof List<?> list) {
      boolean numbers = !list.isEmpty() && list.get(0) instanceof Integer;
      statement.setArray(
          index,
          statement.getConnection().createArrayOf(numbers ? "int4" : "text", list.toArray()));
    } else {
      statement.setObject(index, value);
    }
  }
}
