package dev.backlot.quality.enrichment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.quality.enrichment.EnrichedTable.Column;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Over the plans that the planner's own tests hold it to. */
class EnrichedTablesTest {
  private static final Path PLANS = Path.of("../engine/src/test/resources/plans");
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          projection_keeps_the_key |
          enrichment_by_aliases | enriched: [movie_id] asks by movie_id for director_name, refreshed by studio.public.movie
          enrichment_by_list_of_ids | enriched: [movie_id] asks by movie_id for director_name,awards,phase,wrapped_at,amounts,terms,agency,lead_name,graph_id, refreshed by studio.public.movie
          """)
  void a_plan_says_which_columns_can_be_asked_for_again(String plan, String expected)
      throws IOException {
    List<EnrichedTable> tables =
        EnrichedTables.of(
            JSON.readValue(PLANS.resolve(plan).resolve("plan.json").toFile(), PipelinePlan.class));

    assertThat(tables.stream().map(EnrichedTablesTest::text).collect(Collectors.joining("; ")))
        .isEqualTo(expected == null ? "" : expected);
  }

  private static String text(EnrichedTable table) {
    return table.step()
        + ": "
        + names(table.key())
        + " asks by "
        + table.asked().stream().map(Column::name).collect(Collectors.joining(","))
        + " for "
        + table.taken().stream().map(Column::name).collect(Collectors.joining(","))
        + ", refreshed by "
        + table.refreshes().stream()
            .map(EnrichedTable.Refresh::source)
            .collect(Collectors.joining(","));
  }

  private static List<String> names(List<Column> columns) {
    return columns.stream().map(Column::name).toList();
  }
}
