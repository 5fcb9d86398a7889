package dev.backlot.studio;

import dev.backlot.studio.Rows.CastMember;
import dev.backlot.studio.Rows.Deal;
import dev.backlot.studio.Rows.Movie;
import dev.backlot.studio.Rows.Phase;
import dev.backlot.studio.Rows.ReshootDay;
import dev.backlot.studio.Rows.ScheduleDay;
import dev.backlot.studio.Rows.Talent;
import dev.backlot.studio.Rows.Vendor;
import dev.backlot.studio.Rows.VendorPayment;
import java.math.BigDecimal;
import java.text.Normalizer;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Invents rows. The same generator state, day and instant give the same rows. Not thread-safe.
 *
 * <p>Amounts have two decimals; a small share of everything is missing or odd, as in life.
 */
final class Invention {
  private static final List<String> UNITS = List.of("MAIN", "SECOND", "AERIAL");
  private static final List<String> CURRENCIES = List.of("USD", "USD", "USD", "EUR", "GBP", "INR");

  private final Words words;
  private final RandomGenerator random;

  Invention(Words words, RandomGenerator random) {
    this.words = words;
    this.random = random;
  }

  /** A production of the slate in the given phase. */
  Movie production(long movieId, Phase phase, LocalDate today) {
    boolean released = phase == Phase.RELEASED;
    boolean early = phase == Phase.DEVELOPMENT;
    return new Movie(
        movieId,
        title(),
        phase,
        releaseDate(phase, today),
        early && chance(0.4) ? null : dollars(2_000_000, 180_000_000),
        null,
        released ? dollars(50_000, 90_000_000) : null,
        null,
        released ? words.pick("rating", random) : null,
        released ? Integer.valueOf(82 + random.nextInt(75)) : null,
        early ? null : words.pick("distributor", random),
        words.pick("material", random),
        words.pick("genre", random),
        words.pick("creative", random),
        early && chance(0.5) ? null : words.person(random).displayName(),
        null,
        null,
        released ? Integer.valueOf(random.nextInt(40_000)) : null,
        released,
        words.pickSome("tag", 0, 3, random));
  }

  String title() {
    String adjective = words.pick("adjective", random);
    String noun = words.pick("noun", random);
    String place = words.pick("place", random);
    return switch (random.nextInt(9)) {
      case 0 -> "The " + adjective + " " + noun;
      case 1 -> adjective + " " + noun;
      case 2 -> "The " + noun + " of " + place;
      case 3 -> noun + " in " + place;
      case 4 -> "Goodbye, " + words.pick("person", random);
      case 5 -> words.pick("person", random) + " & the " + noun;
      case 6 -> noun + " " + (2 + random.nextInt(4)) + ": " + adjective + " " + noun;
      case 7 -> "“" + adjective + "” — a " + noun + "’s story";
      default -> "Untitled " + place + " Project";
    };
  }

  Talent talent(long talentId, LocalDate today) {
    Words.Person person = words.person(random);
    String agency = words.pick("agency", random);
    String mail = plain(person.givenName()) + "." + talentId + "@talent.example";
    String phone =
        chance(0.15)
            ? "null"
            : String.format(Locale.ROOT, "\"+1 555 01%02d\"", random.nextInt(100));
    return new Talent(
        talentId,
        person.displayName(),
        person.givenName(),
        person.familyName(),
        chance(0.08) ? null : today.minusDays(6_600 + random.nextInt(20_000)),
        person.city(),
        words.pickSome("craft", 1, 3, random),
        chance(0.1) ? null : money(350, 24_000),
        currency(),
        chance(0.7),
        "{\"agent\": \"%s\", \"email\": \"%s\", \"phone\": %s}".formatted(agency, mail, phone));
  }

  CastMember castMember(long movieId, long talentId, int billing) {
    return new CastMember(movieId, talentId, words.pick("part", random), billing, chance(0.6));
  }

  Deal deal(long movieId, long talentId, String status, Instant now) {
    LocalDate from = today(now).plusDays(random.nextInt(120) - 30L);
    boolean sent = !status.equals("DRAFT");
    Instant sentAt = sent ? minutesBefore(now, 60 * 24 * 45) : null;
    boolean signed = status.equals("SIGNED");
    return new Deal(
        uuid(),
        movieId,
        talentId,
        words.pick("craft", random),
        status,
        money(4_000, 2_500_000),
        currency(),
        chance(0.1) ? null : "[%s,%s)".formatted(from, from.plusDays(5 + random.nextInt(90))),
        terms(),
        sentAt,
        signed && sentAt != null ? between(sentAt, now) : null);
  }

  Vendor vendor(int number, LocalDate today) {
    String category = words.pick("category", random);
    String town = words.pick("town", random);
    int slash = town.indexOf('/');
    String house = words.pick("house", random);
    return new Vendor(
        vendorCode(house, town.substring(slash + 1), number),
        house + " " + words.pick("trade", random),
        category,
        town.substring(0, slash),
        town.substring(slash + 1),
        words.pickSome("service", 1, 4, random),
        chance(0.15) ? null : Math.round(random.nextDouble() * 50) / 10.0,
        chance(0.92),
        today.minusDays(random.nextInt(4_000)));
  }

  /** A code such as {@code HAL-CZ-0042}. */
  static String vendorCode(String house, String country, int number) {
    String letters = house.replaceAll("[^A-Za-z]", "").toUpperCase(Locale.ROOT);
    return String.format(Locale.ROOT, "%s-%s-%04d", letters.substring(0, 3), country, number);
  }

  VendorPayment payment(String vendorCode, long movieId, String status, Instant now) {
    return new VendorPayment(
        uuid(),
        vendorCode,
        movieId,
        words.pick("purpose", random),
        money(120, 380_000),
        currency(),
        status,
        today(now).plusDays(random.nextInt(75) - 25L),
        status.equals("PAID") ? minutesBefore(now, 60 * 24 * 40) : null);
  }

  /** Working days of a shoot whose first day is {@code first}; weekends are mostly free. */
  List<ScheduleDay> scheduleDays(long movieId, LocalDate first, int count, LocalDate today) {
    List<ScheduleDay> days = new ArrayList<>();
    LocalDate date = first;
    int scene = 1 + random.nextInt(12);
    for (int number = 1; number <= count; number++) {
      date = workingDay(date);
      int scenes = 1 + random.nextInt(5);
      List<Integer> planned = new ArrayList<>();
      for (int i = 0; i < scenes; i++) {
        planned.add(scene++);
      }
      boolean past = date.isBefore(today);
      days.add(
          new ScheduleDay(
              movieId,
              chance(0.86) ? UNITS.get(0) : UNITS.get(1 + random.nextInt(2)),
              number,
              date,
              callTime(),
              words.pick("location", random),
              List.copyOf(planned),
              past ? (chance(0.94) ? "WRAPPED" : "SCRUBBED") : "PLANNED",
              chance(0.35) ? words.pick("note", random) : null));
      date = date.plusDays(1);
    }
    return List.copyOf(days);
  }

  ReshootDay reshootDay(long movieId, int number, LocalDate date) {
    return new ReshootDay(
        movieId,
        chance(0.9) ? UNITS.get(0) : UNITS.get(1),
        number,
        workingDay(date),
        callTime(),
        words.pick("location", random),
        words.pick("reason", random),
        "PLANNED",
        chance(0.2) ? null : money(18_000, 640_000));
  }

  @Nullable LocalTime callTime() {
    return chance(0.06) ? null : LocalTime.of(4 + random.nextInt(15), 6 * random.nextInt(10));
  }

  /** The day itself, or the Monday after it for most weekends. */
  LocalDate workingDay(LocalDate date) {
    DayOfWeek day = date.getDayOfWeek();
    if (day.getValue() < DayOfWeek.SATURDAY.getValue() || chance(0.1)) {
      return date;
    }
    return date.plusDays(8L - day.getValue());
  }

  String currency() {
    return CURRENCIES.get(random.nextInt(CURRENCIES.size()));
  }

  BigDecimal money(int least, int most) {
    return BigDecimal.valueOf(100L * least + random.nextLong(100L * (most - least)), 2);
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  static LocalDate today(Instant now) {
    return LocalDate.ofInstant(now, ZoneOffset.UTC);
  }

  private BigDecimal dollars(int least, int most) {
    return BigDecimal.valueOf(1_000L * random.nextInt(least / 1_000, most / 1_000)).setScale(2);
  }

  private @Nullable LocalDate releaseDate(Phase phase, LocalDate today) {
    return switch (phase) {
      case RELEASED -> today.minusDays(1 + random.nextInt(300));
      case POST -> today.plusDays(30 + random.nextInt(200));
      case SHOOT -> chance(0.3) ? null : today.plusDays(200 + random.nextInt(400));
      default -> null;
    };
  }

  private String terms() {
    String backEnd =
        chance(0.5) ? "null" : String.format(Locale.ROOT, "%.1f", 0.5 + random.nextInt(60) / 10.0);
    return "{\"back_end_percent\": %s, \"travel\": \"%s\", \"credit\": %s, \"holds\": [%d, %d]}"
        .formatted(
            backEnd,
            chance(0.3) ? "business" : "economy",
            chance(0.8),
            1 + random.nextInt(5),
            6 + random.nextInt(9));
  }

  private UUID uuid() {
    long high = (random.nextLong() & ~0xF000L) | 0x4000L;
    long low = (random.nextLong() >>> 2) | 0x8000000000000000L;
    return new UUID(high, low);
  }

  private Instant minutesBefore(Instant now, int most) {
    return now.minusSeconds(60L + 60L * random.nextInt(most)).truncatedTo(ChronoUnit.MICROS);
  }

  private Instant between(Instant from, Instant to) {
    long seconds = Math.max(1, ChronoUnit.SECONDS.between(from, to));
    return from.plusSeconds(random.nextLong(seconds));
  }

  private static String plain(String name) {
    String decomposed = Normalizer.normalize(name, Normalizer.Form.NFD);
    return decomposed.replaceAll("[^A-Za-z]", "").toLowerCase(Locale.ROOT);
  }
}
