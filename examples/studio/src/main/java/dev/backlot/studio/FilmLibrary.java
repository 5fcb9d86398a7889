package dev.backlot.studio;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backlot.studio.Rows.Movie;
import dev.backlot.studio.Rows.Phase;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The real films of the data set {@code movies.json} (npm package {@code vega-datasets}), dirty as
 * they are: missing values stay missing, damaged accents stay damaged, years a century late stay
 * late. Numbered from 1 in the order of the file.
 */
final class FilmLibrary {
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("MMM dd yyyy", Locale.ENGLISH);

  private FilmLibrary() {}

  static List<Movie> read() {
    try (InputStream in = FilmLibrary.class.getResourceAsStream("movies.json")) {
      if (in == null) {
        throw new IllegalStateException(
            "Cannot load films 'movies.json': it was not on the disk when the studio was built."
                + " Run 'npm ci --prefix examples/studio' and build again.");
      }
      List<Movie> films = new ArrayList<>();
      for (JsonNode film : new ObjectMapper().readTree(in)) {
        films.add(film(films.size() + 1, film));
      }
      return List.copyOf(films);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Movie film(long id, JsonNode film) {
    return new Movie(
        id,
        text(film, "Title"),
        Phase.RELEASED,
        date(film, "Release Date"),
        amount(film, "Production Budget"),
        amount(film, "US Gross"),
        amount(film, "Worldwide Gross"),
        amount(film, "US DVD Sales"),
        text(film, "MPAA Rating"),
        whole(film, "Running Time min"),
        text(film, "Distributor"),
        text(film, "Source"),
        text(film, "Major Genre"),
        text(film, "Creative Type"),
        text(film, "Director"),
        whole(film, "Rotten Tomatoes Rating"),
        amount(film, "IMDB Rating"),
        whole(film, "IMDB Votes"),
        true,
        List.of("library"));
  }

  /** The value as text, also where the file has a number (there is a film named 1776). */
  private static @Nullable String text(JsonNode film, String field) {
    JsonNode value = film.path(field);
    return value.isValueNode() && !value.isNull() ? value.asText() : null;
  }

  private static @Nullable LocalDate date(JsonNode film, String field) {
    String text = text(film, field);
    return text == null ? null : LocalDate.parse(text, DATE);
  }

  private static @Nullable BigDecimal amount(JsonNode film, String field) {
    JsonNode value = film.path(field);
    return value.isNumber() ? value.decimalValue() : null;
  }

  private static @Nullable Integer whole(JsonNode film, String field) {
    JsonNode value = film.path(field);
    return value.isNumber() ? value.intValue() : null;
  }
}
