package dev.backlot.warehouse.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import org.junit.jupiter.api.Test;

class PgTextTest {
  @Test
  void datesHaveErasAndInfinities() {
    assertThat(PgText.date(0)).isEqualTo("1970-01-01");
    assertThat(PgText.date(LocalDate.of(-43, 3, 15).toEpochDay())).isEqualTo("0044-03-15 BC");
    assertThat(PgText.date(LocalDate.of(0, 12, 31).toEpochDay())).isEqualTo("0001-12-31 BC");
    assertThat(PgText.date(LocalDate.of(1, 1, 1).toEpochDay())).isEqualTo("0001-01-01");
    assertThat(PgText.date(LocalDate.of(5874897, 12, 31).toEpochDay())).isEqualTo("5874897-12-31");
    assertThat(PgText.date(LocalDate.of(-4712, 1, 1).toEpochDay())).isEqualTo("4713-01-01 BC");
    assertThat(PgText.date(Integer.MAX_VALUE)).isEqualTo("infinity");
    assertThat(PgText.date(Integer.MIN_VALUE)).isEqualTo("-infinity");
    assertThat(PgText.date(-Integer.MAX_VALUE)).isEqualTo("-infinity");
  }

  @Test
  void timestampsHaveTheFewestDigits() {
    assertThat(PgText.timestamp(0, "+00")).isEqualTo("1970-01-01 00:00:00+00");
    assertThat(PgText.timestamp(-1, "")).isEqualTo("1969-12-31 23:59:59.999999");
    assertThat(PgText.timestamp(micros("2024-02-29T12:30:45.12"), ""))
        .isEqualTo("2024-02-29 12:30:45.12");
    assertThat(PgText.timestamp(micros("-0043-03-15T01:02:03.000004"), "+00"))
        .isEqualTo("0044-03-15 01:02:03.000004+00 BC");
    assertThat(PgText.timestamp(Long.MAX_VALUE - 1, "")).isEqualTo("294247-01-10 04:00:54.775806");
    assertThat(PgText.timestamp(Long.MAX_VALUE, "")).isEqualTo("infinity");
    assertThat(PgText.timestamp(Long.MIN_VALUE, "+00")).isEqualTo("-infinity");
    assertThat(PgText.timestamp(-Long.MAX_VALUE, "+00")).isEqualTo("-infinity");
  }

  @Test
  void theDayHasAnEnd() {
    assertThat(PgText.time(86_400_000_000L)).isEqualTo("24:00:00");
    assertThat(PgText.time(86_399_999_999L)).isEqualTo("23:59:59.999999");
    assertThat(PgText.time(0)).isEqualTo("00:00:00");
  }

  private static long micros(String text) {
    LocalDateTime time = LocalDateTime.parse(text);
    return time.toEpochSecond(ZoneOffset.UTC) * 1_000_000 + time.get(ChronoField.MICRO_OF_SECOND);
  }
}
