package dev.backlot.studio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.studio.Rows.Movie;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class FilmLibraryTest {
  private final List<Movie> films = FilmLibrary.read();

  @Test
  void every_film_of_the_data_set_is_there_and_numbered_in_its_order() {
    assertThat(films).hasSize(3_201);
    assertThat(films).extracting(Movie::movieId).isSorted().doesNotHaveDuplicates();
    assertThat(films.get(0).movieId()).isEqualTo(1);
    assertThat(films.get(0).title()).isEqualTo("The Land Girls");
    assertThat(films.get(0).worldwideGross()).isEqualTo(BigDecimal.valueOf(146_083));
    assertThat(films.get(0).releaseDate()).isEqualTo(LocalDate.of(1998, 6, 12));
  }

  @Test
  void dirt_stays() {
    assertThat(films).extracting(Movie::title).contains("1776", "21", "Alien³");
    assertThat(films).extracting(Movie::title).filteredOn(Objects::isNull).hasSize(1);
    assertThat(films).extracting(Movie::worldwideGross).filteredOn(Objects::isNull).hasSize(7);
    assertThat(films).extracting(Movie::releaseDate).anyMatch(date -> date.getYear() > 2040);
  }
}
