package dev.backlot.controller.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.controller.search.SearchAnswer.Facet;
import dev.backlot.controller.search.SearchAnswer.Found;
import dev.backlot.controller.search.SearchAnswer.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class IndexTest {
  private static final Entry MOVIE =
      entry(
          "source",
          "studio.public.movie",
          "Everything that is made",
          "production",
          field("movie_id", "Identifies it", ""),
          field("title", "What it is called on screen", ""));
  private static final Entry TALENT =
      entry(
          "source",
          "studio.public.talent",
          "Everyone who may be cast",
          "casting",
          field("email", "Where the agent writes to", "pii"),
          field("movieTitle", "", ""));
  private static final Entry REPORT =
      entry("table", "studio.movie_report", "", "production", field("title", "", ""));
  private static final Entry QUOTED =
      entry("source", "studio.public.\"Movie. Archive\"", "", "", field("x", "", ""));
  private static final Index INDEX = new Index(List.of(TALENT, MOVIE, REPORT, QUOTED));

  @Test
  void aTitleRanksBeforeAFieldAndAFieldBeforeADescription() {
    assertThat(names("movie"))
        .containsExactly(
            "studio.public.movie",
            "studio.movie_report",
            "studio.public.\"Movie. Archive\"",
            "studio.public.talent");
    assertThat(names("title")).startsWith("studio.movie_report", "studio.public.movie");
  }

  @Test
  void aFieldsDescriptionFindsItsSource() {
    Found found = answer("agent writes", Map.of()).items().get(0);

    assertThat(found.name()).isEqualTo("studio.public.talent");
    assertThat(found.highlights().get(0).where()).isEqualTo("field_description");
    assertThat(found.highlights().get(0).field()).isEqualTo("email");
    assertThat(found.highlights().get(0).ranges())
        .containsExactly(List.of(10, 15), List.of(16, 22));
  }

  @Test
  void everyWordMustMatchInWhateverPlace() {
    assertThat(names("production title"))
        .containsExactly("studio.movie_report", "studio.public.movie");
    assertThat(names("production email")).isEmpty();
  }

  @Test
  void beginningsAndPartsOfWordsMatch() {
    assertThat(names("tal")).containsExactly("studio.public.talent");
    assertThat(names("alent")).containsExactly("studio.public.talent");
    assertThat(names("le")).isEmpty();
  }

  @Test
  void aWordThatIsNowhereMatchesWhatItNearlyIs() {
    assertThat(names("tallent")).containsExactly("studio.public.talent");
    assertThat(names("emial")).containsExactly("studio.public.talent");
    assertThat(names("xyzw")).isEmpty();
  }

  @Test
  void aWholeNameComesFirst() {
    assertThat(names("studio.public.movie").get(0)).isEqualTo("studio.public.movie");
    assertThat(names("STUDIO.movie_report").get(0)).isEqualTo("studio.movie_report");
  }

  @Test
  void withoutWordsEverythingIsThereByName() {
    assertThat(names("")).hasSize(4);
    assertThat(names(" . ")).isEmpty();
    assertThat(names("\u0000 \\ % ' \" <script>")).isEmpty();
  }

  @Test
  void facetsNarrowAndCountWithoutTheirOwnChoice() {
    SearchAnswer answer = answer("", Map.of("kind", Set.of("source"), "owner", Set.of("casting")));

    assertThat(answer.items()).extracting(Found::name).containsExactly("studio.public.talent");
    assertThat(facet(answer, "kind")).containsExactly(new Value("source", 1, true));
    assertThat(facet(answer, "owner"))
        .containsExactly(
            new Value("casting", 1, true),
            new Value("", 1, false),
            new Value("production", 1, false));
    assertThat(facet(answer("", Map.of("tag", Set.of("pii"))), "tag"))
        .contains(new Value("pii", 1, true), new Value("", 3, false));
  }

  @Test
  void pagesAreCutFromTheWhole() {
    SearchAnswer answer = Finder.answer(INDEX, new Finder.Query("", Map.of(), 1, 2, true));

    assertThat(answer.total()).isEqualTo(4);
    assertThat(answer.items())
        .extracting(Found::name)
        .containsExactly("studio.public.\"Movie. Archive\"", "studio.public.movie");
  }

  @Test
  void nearnessCountsSwapsAsOne() {
    assertThat(Words.near("email", "emial", 1)).isTrue();
    assertThat(Words.near("email", "emaill", 1)).isTrue();
    assertThat(Words.near("email", "mail", 1)).isTrue();
    assertThat(Words.near("email", "maile", 1)).isFalse();
    assertThat(Words.near("talent", "teelant", 2)).isFalse();
  }

  private static List<Value> facet(SearchAnswer answer, String name) {
    return answer.facets().stream()
        .filter(facet -> facet.name().equals(name))
        .map(Facet::values)
        .findFirst()
        .orElseThrow();
  }

  private static List<String> names(String query) {
    return answer(query, Map.of()).items().stream().map(Found::name).toList();
  }

  private static SearchAnswer answer(String query, Map<String, Set<String>> chosen) {
    return Finder.answer(INDEX, new Finder.Query(query, chosen, 0, 50, false));
  }

  private static Entry.Field field(String name, String description, String tag) {
    return new Entry.Field(name, "string", description, tag.isEmpty() ? List.of() : List.of(tag));
  }

  private static Entry entry(
      String kind, String name, String description, String owner, Entry.Field... fields) {
    List<Entry.Field> all = Arrays.asList(fields);
    return new Entry(
        kind,
        name,
        description,
        owner,
        "",
        "",
        "streaming",
        "",
        all.stream().flatMap(field -> field.tags().stream()).toList(),
        all,
        Optional.empty());
  }
}
