package dev.backlot.studio.edge;

import java.util.regex.Pattern;

/**
 * What one level of a query reads: the rows of many keys, by one statement. The statement takes an
 * array of keys, gives them back as the column {@code key}, and names the other columns as the
 * graph's fields are named.
 */
enum Lookup {
  MOVIE(
      Keys.NUMBERS,
      Answer.ONE,
      """
      SELECT movie_id AS key, movie_id::text AS id, title, phase, genre, distributor,
        release_date AS "releaseDate", production_budget AS budget,
        worldwide_gross AS "worldwideGross", locked, tags, director AS "directorName"
      FROM movie WHERE movie_id = ANY (?)
      """),
  TALENT(
      Keys.NUMBERS,
      Answer.ONE,
      """
      SELECT talent_id AS key, talent_id::text AS id, display_name AS name, crafts,
        home_city AS "homeCity", day_rate AS "dayRate", currency, union_member AS "unionMember"
      FROM talent WHERE talent_id = ANY (?)
      """),
  VENDOR(
      Keys.TEXTS,
      Answer.ONE,
      """
      SELECT vendor_code AS key, vendor_code AS code, name, category, city, country, services,
        score, active,
        (SELECT count(*)::int FROM vendor_payment p
          WHERE p.vendor_code = v.vendor_code AND p.status <> 'PAID') AS "openPayments"
      FROM vendor v WHERE vendor_code = ANY (?)
      """),
  DEAL(Keys.UUIDS, Answer.ONE, Columns.DEAL.formatted("deal_id") + " WHERE deal_id = ANY (?)"),
  DEALS_OF_MOVIE(
      Keys.NUMBERS,
      Answer.MANY,
      Columns.DEAL.formatted("movie_id") + " WHERE movie_id = ANY (?) ORDER BY deal_id"),
  DEAL_COUNTS_OF_MOVIE(
      Keys.NUMBERS,
      Answer.ONE,
      """
      SELECT wanted AS key,
        count(*) FILTER (WHERE status IN ('DRAFT', 'SENT', 'NEGOTIATING'))::int AS open,
        count(*) FILTER (WHERE status = 'SIGNED')::int AS signed,
        count(*) FILTER (WHERE status = 'VOID')::int AS void
      FROM unnest(?) AS wanted LEFT JOIN deal ON movie_id = wanted GROUP BY wanted
      """),
  FEES_OF_MOVIE(
      Keys.NUMBERS,
      Answer.MANY,
      """
      SELECT movie_id AS key, currency,
        coalesce(sum(fee) FILTER (WHERE status <> 'SIGNED'), 0.00) AS open,
        coalesce(sum(fee) FILTER (WHERE status = 'SIGNED'), 0.00) AS signed
      FROM deal WHERE movie_id = ANY (?) AND status <> 'VOID'
      GROUP BY movie_id, currency ORDER BY currency
      """),
  CAST_OF_MOVIE(
      Keys.NUMBERS,
      Answer.MANY,
      """
      SELECT movie_id AS key, part, billing, confirmed, talent_id::text AS "talentId"
      FROM cast_member WHERE movie_id = ANY (?) ORDER BY billing, talent_id
      """),
  SCHEDULE_OF_MOVIE(
      Keys.NUMBERS,
      Answer.ONE,
      """
      SELECT wanted AS key,
        count(*) FILTER (WHERE status IN ('PLANNED', 'MOVED'))::int AS "daysLeft",
        count(*) FILTER (WHERE status = 'WRAPPED')::int AS "daysWrapped",
        coalesce(sum(slipped_days) FILTER (WHERE status IN ('PLANNED', 'MOVED')), 0)::int
          AS "slippedDays",
        min(work_date) FILTER (WHERE status IN ('PLANNED', 'MOVED')) AS "nextDate",
        max(work_date) FILTER (WHERE status IN ('PLANNED', 'MOVED')) AS "lastDate"
      FROM unnest(?) AS wanted LEFT JOIN schedule_day ON movie_id = wanted GROUP BY wanted
      """),
  SCHEDULE_DAY(
      Keys.DAYS,
      Answer.ONE,
      Columns.DAY.formatted("wanted")
          + """
           JOIN unnest(?) AS wanted ON movie_id = split_part(wanted, '/', 1)::bigint
            AND unit = split_part(wanted, '/', 2) AND day_number = split_part(wanted, '/', 3)::int
          """),
  NEXT_DAY_OF_MOVIE(
      Keys.NUMBERS,
      Answer.ONE,
      Columns.DAY.formatted("movie_id").replace("SELECT", "SELECT DISTINCT ON (movie_id)")
          + " WHERE movie_id = ANY (?) AND status IN ('PLANNED', 'MOVED')"
          + " ORDER BY movie_id, work_date, day_number, unit"),
  DAYS_OF_MOVIE(
      Keys.NUMBERS,
      Answer.MANY,
      Columns.DAY.formatted("movie_id")
          + " WHERE movie_id = ANY (?) ORDER BY work_date, day_number, unit");

  private final Keys keys;
  private final Answer answer;
  private final String sql;

  Lookup(Keys keys, Answer answer, String sql) {
    this.keys = keys;
    this.answer = answer;
    this.sql = sql;
  }

  String sql() {
    return sql;
  }

  /** The type of the array that the statement takes. */
  String keyType() {
    return keys.type;
  }

  /** Whether a text can be a key at all; what cannot be one has no rows. */
  boolean accepts(String key) {
    return keys.form.matcher(key).matches();
  }

  /** Whether a key has a list of rows, which may be empty, or one row or none. */
  boolean many() {
    return answer == Answer.MANY;
  }

  private enum Answer {
    ONE,
    MANY
  }

  /** Only what PostgreSQL writes itself is a key, so that a row's key equals the one asked for. */
  private enum Keys {
    NUMBERS("bigint", "0|-?[1-9]\\d{0,17}"),
    TEXTS("text", "[^\\x00]*"),
    UUIDS("uuid", "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    DAYS("text", "(0|[1-9]\\d{0,17})/[^/\\x00]*/(0|[1-9]\\d{0,8})");

    private final String type;
    private final Pattern form;

    Keys(String type, String form) {
      this.type = type;
      this.form = Pattern.compile(form, Pattern.DOTALL);
    }
  }

  /** Columns that several statements read, under a key of their own. */
  private static final class Columns {
    static final String DEAL =
        """
        SELECT %s AS key, deal_id::text AS id, movie_id::text AS "movieId",
          talent_id::text AS "talentId", craft, status, fee, currency,
          sent_at AS "sentAt", signed_at AS "signedAt"
        FROM deal""";
    static final String DAY =
        """
        SELECT %s AS key, movie_id || '/' || unit || '/' || day_number AS id,
          movie_id::text AS "movieId", unit, day_number AS number, work_date AS date,
          call_time AS "callTime", location, status, slipped_days AS "slippedDays", notes
        FROM schedule_day""";

    private Columns() {}
  }
}
