package dev.backlot.studio;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The rows of the studio's tables; {@code schema.sql} says what the columns mean. */
final class Rows {
  private Rows() {}

  /** Phases of a production in their order; CANCELLED can follow any but RELEASED. */
  enum Phase {
    DEVELOPMENT,
    PREP,
    SHOOT,
    POST,
    RELEASED,
    CANCELLED
  }

  record Movie(
      long movieId,
      @Nullable String title,
      Phase phase,
      @Nullable LocalDate releaseDate,
      @Nullable BigDecimal productionBudget,
      @Nullable BigDecimal usGross,
      @Nullable BigDecimal worldwideGross,
      @Nullable BigDecimal usDvdSales,
      @Nullable String mpaaRating,
      @Nullable Integer runningTimeMinutes,
      @Nullable String distributor,
      @Nullable String sourceMaterial,
      @Nullable String genre,
      @Nullable String creativeType,
      @Nullable String director,
      @Nullable Integer rottenTomatoesRating,
      @Nullable BigDecimal imdbRating,
      @Nullable Integer imdbVotes,
      boolean locked,
      List<String> tags) {}

  record Talent(
      long talentId,
      String displayName,
      String givenName,
      String familyName,
      @Nullable LocalDate born,
      String homeCity,
      List<String> crafts,
      @Nullable BigDecimal dayRate,
      String currency,
      boolean unionMember,
      String contact) {}

  record CastMember(long movieId, long talentId, String part, int billing, boolean confirmed) {}

  record Deal(
      UUID dealId,
      long movieId,
      long talentId,
      String craft,
      String status,
      BigDecimal fee,
      String currency,
      @Nullable String term,
      String terms,
      @Nullable Instant sentAt,
      @Nullable Instant signedAt) {}

  record Vendor(
      String vendorCode,
      String name,
      String category,
      String city,
      String country,
      List<String> services,
      @Nullable Double score,
      boolean active,
      LocalDate onboardedOn) {}

  record VendorPayment(
      UUID paymentId,
      String vendorCode,
      long movieId,
      String purpose,
      BigDecimal amount,
      String currency,
      String status,
      LocalDate dueOn,
      @Nullable Instant paidAt) {}

  record ScheduleDay(
      long movieId,
      String unit,
      int dayNumber,
      LocalDate workDate,
      @Nullable LocalTime callTime,
      String location,
      List<Integer> scenes,
      String status,
      @Nullable String notes) {}

  record ReshootDay(
      long movieId,
      String unit,
      int dayNumber,
      LocalDate plannedFor,
      @Nullable LocalTime callTime,
      String site,
      String reason,
      String state,
      @Nullable BigDecimal extraCost) {}
}
