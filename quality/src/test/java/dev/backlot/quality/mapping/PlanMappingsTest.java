package dev.backlot.quality.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.backlot.model.plan.PipelinePlan;
import dev.backlot.quality.mapping.TableMapping.ByPosition;
import dev.backlot.quality.mapping.TableMapping.Column;
import dev.backlot.quality.mapping.TableMapping.Unproven;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Over the plans that the planner's own tests hold it to. */
class PlanMappingsTest {
  private static final Path PLANS = Path.of("../engine/src/test/resources/plans");
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          filter_into_a_new_table | studio.public.movie: the pipeline starts from latest, so older rows are missing by intent
          projection_keeps_the_key | studio.public.movie: [id] title
          two_steps_on_one_source_read_it_once | studio.public.movie: [id] title phase budget; studio.public.movie: [id] title phase budget
          union_of_two_sources | studio.public.movie: [id] title phase budget without talent_id; studio.public.talent: [talent_id] name>title without id,phase,budget
          consumes_cuts_the_input | studio.public.movie: [id] title where "phase" = 'OPEN'
          enrichment_by_aliases | studio.public.movie: [movie_id] title director price tags without director_name
          enrichment_by_list_of_ids | studio.public.movie: step 'enriched' deletes rows of which its graph knows nothing
          triggers_united_by_a_shared_key | studio.public.movie: [movie_id]; studio.public.schedule: step 'schedule_changes' makes refreshes of other rows out of the Source's changes; studio.public.deal: step 'deal_changes' makes refreshes of other rows out of the Source's changes; studio.public.schedule: [id] movie_id day
          trigger_on_a_part_of_the_key_needs_nothing_more | studio.public.deal: step 'changes' makes refreshes of other rows out of the Source's changes
          keyless_source_is_append_only | studio.public.log: the Source has no key
          dropped_column_stays_in_the_table_as_null | studio.public.movie: [id] title without old
          new_column_and_widened_column_extend_the_table | studio.public.movie: [id] title phase budget without gone
          retained_table_is_adopted | studio.public.movie: [id] title phase budget
          """)
  void a_plan_says_which_rows_and_columns_are_compared(String plan, String expected)
      throws IOException {
    List<TableMapping> mappings = PlanMappings.of(read(plan));

    assertThat(mappings.stream().map(PlanMappingsTest::text).collect(Collectors.joining("; ")))
        .isEqualTo(expected);
  }

  @Test
  void a_pipeline_that_starts_later_lacks_rows_by_intent() throws IOException {
    String json = JSON.writeValueAsString(read("retained_table_is_adopted"));

    List<TableMapping> mappings =
        PlanMappings.of(JSON.readValue(json.replace("earliest", "latest"), PipelinePlan.class));

    assertThat(text(mappings.get(0))).contains("starts from latest");
  }

  private static PipelinePlan read(String plan) throws IOException {
    return JSON.readValue(PLANS.resolve(plan).resolve("plan.json").toFile(), PipelinePlan.class);
  }

  private static String text(TableMapping mapping) {
    if (mapping instanceof Unproven unproven) {
      return unproven.source() + ": " + unproven.reason();
    }
    ByPosition by = (ByPosition) mapping;
    StringBuilder text = new StringBuilder(by.source()).append(": [");
    text.append(names(by.key())).append("]");
    by.values().forEach(column -> text.append(' ').append(name(column)));
    if (!by.leftOut().isEmpty()) {
      text.append(" without ")
          .append(
              by.leftOut().stream()
                  .map(TableMapping.LeftOut::column)
                  .collect(Collectors.joining(",")));
    }
    return by.predicate().isEmpty() ? text.toString() : text + " where " + by.predicate();
  }

  private static String names(List<Column> columns) {
    return columns.stream().map(PlanMappingsTest::name).collect(Collectors.joining(" "));
  }

  private static String name(Column column) {
    return column.source().equals(column.table())
        ? column.source()
        : column.source() + ">" + column.table();
  }
}
