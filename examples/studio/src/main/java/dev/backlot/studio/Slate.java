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
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Everything that the studio starts with beside the library: productions in all phases, people,
 * schedules, deals, vendors. The same seed and instant give the same rows.
 */
record Slate(
    List<Movie> movies,
    List<Talent> talent,
    List<CastMember> cast,
    List<Deal> deals,
    List<Vendor> vendors,
    List<VendorPayment> payments,
    List<ScheduleDay> scheduleDays,
    List<ReshootDay> reshootDays) {
  /** The number of the slate's first production; the library's films are below. */
  static final long FIRST_PRODUCTION = 10_000;

  private static final int PEOPLE = 1_800;
  private static final int VENDORS = 240;
  private static final Map<Phase, Integer> PRODUCTIONS = productions();

  static Slate invent(Words words, long seed, Instant now) {
    return new Inventor(words, seed, now).invent();
  }

  private static Map<Phase, Integer> productions() {
    Map<Phase, Integer> counts = new LinkedHashMap<>();
    counts.put(Phase.DEVELOPMENT, 46);
    counts.put(Phase.PREP, 28);
    counts.put(Phase.SHOOT, 36);
    counts.put(Phase.POST, 32);
    counts.put(Phase.RELEASED, 40);
    counts.put(Phase.CANCELLED, 12);
    return counts;
  }

  /** Fills the lists in the order of their foreign keys. */
  private static final class Inventor {
    private final SplittableRandom random;
    private final Invention invention;
    private final Instant now;
    private final LocalDate today;

    private final List<Movie> movies = new ArrayList<>();
    private final List<Talent> talent = new ArrayList<>();
    private final List<CastMember> cast = new ArrayList<>();
    private final List<Deal> deals = new ArrayList<>();
    private final List<Vendor> vendors = new ArrayList<>();
    private final List<VendorPayment> payments = new ArrayList<>();
    private final List<ScheduleDay> scheduleDays = new ArrayList<>();
    private final List<ReshootDay> reshootDays = new ArrayList<>();

    Inventor(Words words, long seed, Instant now) {
      this.random = new SplittableRandom(seed);
      this.invention = new Invention(words, random);
      this.now = now;
      this.today = Invention.today(now);
    }

    Slate invent() {
      for (int id = 1; id <= PEOPLE; id++) {
        talent.add(invention.talent(id, today));
      }
      for (int number = 1; number <= VENDORS; number++) {
        vendors.add(invention.vendor(number, today));
      }
      PRODUCTIONS.forEach(
          (phase, count) -> {
            for (int i = 0; i < count; i++) {
              addProduction(phase);
            }
          });
      return new Slate(
          List.copyOf(movies),
          List.copyOf(talent),
          List.copyOf(cast),
          List.copyOf(deals),
          List.copyOf(vendors),
          List.copyOf(payments),
          List.copyOf(scheduleDays),
          List.copyOf(reshootDays));
    }

    private void addProduction(Phase phase) {
      Movie movie = invention.production(FIRST_PRODUCTION + movies.size(), phase, today);
      movies.add(movie);
      addPeople(movie);
      switch (phase) {
        case PREP -> addShoot(movie, today.plusDays(10 + random.nextInt(60)));
        case SHOOT -> addShoot(movie, today.minusDays(3 + random.nextInt(25)));
        case POST -> {
          addShoot(movie, today.minusDays(60 + random.nextInt(90)));
          int reshoots = random.nextInt(5);
          for (int number = 1; number <= reshoots; number++) {
            LocalDate date = today.plusDays(2 + 3L * number);
            reshootDays.add(invention.reshootDay(movie.movieId(), number, date));
          }
        }
        default -> {}
      }
      if (phase != Phase.DEVELOPMENT) {
        addPayments(movie);
      }
    }

    private void addPeople(Movie movie) {
      int billed = movie.phase() == Phase.DEVELOPMENT ? random.nextInt(4) : 5 + random.nextInt(9);
      Set<Long> people = new LinkedHashSet<>();
      while (people.size() < billed) {
        people.add(1L + random.nextInt(PEOPLE));
      }
      int billing = 1;
      for (long person : people) {
        cast.add(invention.castMember(movie.movieId(), person, billing++));
        if (invention.chance(0.75)) {
          deals.add(invention.deal(movie.movieId(), person, dealStatus(movie.phase()), now));
        }
      }
    }

    private String dealStatus(Phase phase) {
      double dice = random.nextDouble();
      return switch (phase) {
        case DEVELOPMENT -> dice < 0.5 ? "DRAFT" : dice < 0.8 ? "SENT" : "NEGOTIATING";
        case PREP -> dice < 0.15 ? "SENT" : dice < 0.5 ? "NEGOTIATING" : "SIGNED";
        case CANCELLED -> "VOID";
        default -> dice < 0.06 ? "NEGOTIATING" : dice < 0.1 ? "VOID" : "SIGNED";
      };
    }

    private void addShoot(Movie movie, LocalDate first) {
      int count = 12 + random.nextInt(24);
      scheduleDays.addAll(invention.scheduleDays(movie.movieId(), first, count, today));
    }

    private void addPayments(Movie movie) {
      int count = 4 + random.nextInt(12);
      for (int i = 0; i < count; i++) {
        String vendor = vendors.get(random.nextInt(VENDORS)).vendorCode();
        double dice = random.nextDouble();
        String status =
            dice < 0.2 ? "REQUESTED" : dice < 0.4 ? "APPROVED" : dice < 0.96 ? "PAID" : "DISPUTED";
        payments.add(invention.payment(vendor, movie.movieId(), status, now));
      }
    }
  }
}
