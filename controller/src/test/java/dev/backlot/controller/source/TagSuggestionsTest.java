package dev.backlot.controller.source;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TagSuggestionsTest {
  @ParameterizedTest
  @CsvSource({
    "email,pii",
    "ContactEmail,pii",
    "first_name,pii",
    "date_of_birth,pii",
    "phone-number,pii",
    "day_rate,finance",
    "SALARY,finance",
    "password_hash,secret"
  })
  void likelyFieldsAreFound(String field, String tag) {
    assertThat(TagSuggestions.of("x", field)).containsExactly(tag);
  }

  @Test
  void anAccountNumberIsBoth() {
    assertThat(TagSuggestions.of("x", "iban")).containsExactly("finance", "pii");
  }

  @Test
  void aNameIsOfAPersonOnlyInATableOfPeople() {
    assertThat(TagSuggestions.of("talent", "name")).containsExactly("pii");
    assertThat(TagSuggestions.of("movie", "name")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"title", "movie_id", "phase", "mailing", "updated_at", "rate", ""})
  void othersAreNot(String field) {
    assertThat(TagSuggestions.of("talent", field)).isEmpty();
  }
}
