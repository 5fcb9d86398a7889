package dev.backlot.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompatibilityTest {
  /** Fields with a default end in a question mark; versions are given oldest first. */
  @ParameterizedTest
  @CsvSource({
    // added with a default: reads old rows, and old readers pass over it
    "a,        a b?,  NONE BACKWARD BACKWARD_TRANSITIVE FORWARD FORWARD_TRANSITIVE FULL FULL_TRANSITIVE",
    // added without one: cannot read old rows
    "a,        a b,   NONE FORWARD FORWARD_TRANSITIVE",
    // dropped: old readers miss it
    "a b,      a,     NONE BACKWARD BACKWARD_TRANSITIVE",
    "a b?,     a,     NONE BACKWARD BACKWARD_TRANSITIVE FORWARD FORWARD_TRANSITIVE FULL FULL_TRANSITIVE",
    // only the newest counts, or all do
    "a/a b?,   a b,   NONE BACKWARD FORWARD FORWARD_TRANSITIVE FULL",
    "a b/a b?, a,     NONE BACKWARD BACKWARD_TRANSITIVE FORWARD FULL",
  })
  void eachLevelLetsThroughWhatItPromises(String versions, String next, String levels) {
    List<RegisteredSchema> earlier = new ArrayList<>();
    for (String fields : versions.split("/")) {
      int version = earlier.size() + 1;
      earlier.add(
          new RegisteredSchema("t", version, version, schema(fields).toString(), List.of(), false));
    }

    List<String> passed = new ArrayList<>();
    for (CompatibilityLevel level : CompatibilityLevel.values()) {
      if (Compatibility.problems(level, schema(next), earlier, new SchemaIndex()).isEmpty()) {
        passed.add(level.name());
      }
    }

    assertThat(passed).containsExactly(levels.split(" "));
  }

  private static Schema schema(String fields) {
    StringBuilder json = new StringBuilder("{\"type\":\"record\",\"name\":\"R\",\"fields\":[");
    String separator = "";
    for (String field : fields.split(" ")) {
      json.append(separator)
          .append("{\"name\":\"")
          .append(field.replace("?", ""))
          .append("\",\"type\":\"int\"")
          .append(field.endsWith("?") ? ",\"default\":0}" : "}");
      separator = ",";
    }
    return new Schema.Parser().parse(json.append("]}").toString());
  }
}
