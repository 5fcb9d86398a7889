package dev.backlot.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.model.source.SourceName;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NamesTest {
  @Test
  void plainNamesStay() {
    assertThat(Names.escape("movie_id")).isEqualTo("movie_id");
    assertThat(Names.escape("_x12")).isEqualTo("_x12");
  }

  @Test
  void otherCharactersLeadingDigitsAndLiteralEscapesAreWrittenInHexadecimal() {
    assertThat(Names.escape("a b")).isEqualTo("a_x0020_b");
    assertThat(Names.escape("1st")).isEqualTo("_x0031_st");
    assertThat(Names.escape("a1")).isEqualTo("a1");
    assertThat(Names.escape("_x0041_")).isEqualTo("_x005F_x0041_");
    assertThat(Names.escape("🎬")).isEqualTo("_xD83C__xDFAC_");
    assertThat(Names.escape("né")).isEqualTo("n_x00E9_");
  }

  @Test
  void everyNameComesBackAndNoTwoNamesShareAnEscape() {
    String alphabet = "_x0041F é\".5";
    Random random = new Random(7);
    Map<String, String> nameOf = new HashMap<>();
    for (int i = 0; i < 200_000; i++) {
      StringBuilder name = new StringBuilder();
      int length = 1 + random.nextInt(16);
      for (int k = 0; k < length; k++) {
        name.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      String escaped = Names.escape(name.toString());
      assertThat(escaped).matches("[A-Za-z_][A-Za-z0-9_]*");
      assertThat(Names.unescape(escaped)).isEqualTo(name.toString());
      String other = nameOf.put(escaped, name.toString());
      assertThat(other).isIn(null, name.toString());
    }
  }

  @Test
  void aTopicIsNamedByItsSourceAndEpoch() {
    assertThat(Names.topic(new SourceName("studio", "public", "movie"), 1))
        .isEqualTo("backlot.studio.public.movie.1");
    assertThat(Names.topic(new SourceName("studio", "public", "Mixed.Case"), 2))
        .isEqualTo("backlot.studio.public.Mixed_x002E_Case.2");
  }

  @Test
  void aTopicThatWouldBeTooLongEndsInAHashOfAllOfIt() {
    String table = "ü".repeat(63);
    String first = Names.topic(new SourceName("studio", "public", table), 1);
    String second = Names.topic(new SourceName("studio", "public", table), 2);
    assertThat(first).hasSize(Names.LONGEST_TOPIC).matches("backlot\\.[A-Za-z0-9_.]*_[0-9a-f]{16}");
    assertThat(second).hasSize(Names.LONGEST_TOPIC).isNotEqualTo(first);
  }
}
