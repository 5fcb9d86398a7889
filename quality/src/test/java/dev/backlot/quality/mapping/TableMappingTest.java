package dev.backlot.quality.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.quality.mapping.TableMapping.ByPosition;
import dev.backlot.quality.mapping.TableMapping.Column;
import dev.backlot.quality.mapping.TableMapping.LeftOut;
import dev.backlot.schema.FieldType;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TableMappingTest {
  @Test
  void what_the_source_dropped_is_not_compared_and_said() {
    Column id = new Column("id", "id", FieldType.Simple.LONG);
    Column title = new Column("title", "name", FieldType.Simple.LONG);
    Column gone = new Column("region", "area", FieldType.Simple.LONG);
    ByPosition mapping =
        new ByPosition(
            "p", "a.b", "s", "t", 1, 4, List.of(id), List.of(title, gone), List.of(), "");

    ByPosition now = mapping.among(Set.of("id", "title"));

    assertThat(now.compared()).containsExactly(id, title);
    assertThat(now.leftOut())
        .containsExactly(new LeftOut("area", "the Source does not have it any more"));
  }
}
