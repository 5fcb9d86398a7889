package dev.backlot.schema.evolution;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.RowSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each folder of {@code verdicts} is a case: {@code case.txt} with the schemas before and after and
 * with consumers, and {@code verdicts.txt} with what each of them is told. With the system property
 * {@code backlot.golden=write} the expectations are written instead.
 */
class SchemaVerdictTest {
  private static final Path CASES = Path.of("src/test/resources/verdicts");

  /** A name, the column's number, a type, whether it is required, and a comment. */
  private static final Pattern COLUMN =
      Pattern.compile("(\\w+)(?:#(\\d+))? ([a-z]+(?:\\([^)]*\\))?)(!?)(?: '([^']*)')?");

  private static final Pattern CONSUMED =
      Pattern.compile("(\\w+) (\\w+)(?: as (\\w+))?(?: from (\\w+)| value '([^']*)')?");

  static Stream<String> cases() throws IOException {
    try (Stream<Path> folders = Files.list(CASES)) {
      return folders.map(folder -> folder.getFileName().toString()).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void each_consumer_is_told_what_a_change_means_to_it(String name) throws IOException {
    Path folder = CASES.resolve(name);
    List<String> lines = Files.readAllLines(folder.resolve("case.txt"));
    RowSchema before = schema(lines.get(0));
    RowSchema after = schema(lines.get(1));
    StringBuilder told = new StringBuilder();
    for (String line : lines.subList(2, lines.size())) {
      SchemaVerdict verdict = SchemaVerdict.judge(before, after, consumer(line, before));
      told.append(line, "consumer ".length(), line.indexOf(':'))
          .append(": ")
          .append(verdict.outcome().label())
          .append('\n');
      verdict.fields().forEach(field -> told.append("  ").append(line(field)).append('\n'));
    }

    Path expected = folder.resolve("verdicts.txt");
    if ("write".equals(System.getProperty("backlot.golden"))) {
      Files.writeString(expected, told);
    }
    assertThat(told.toString()).isEqualTo(Files.readString(expected));
  }

  private static String line(FieldVerdict field) {
    return "%s %s%s, %s: %s, %s"
        .formatted(
            field.field(),
            field.kind().label(),
            field.becomes().isEmpty() ? "" : " to " + field.becomes(),
            field.use().map(Use::label).orElse("not used"),
            field.outcome().label(),
            field.reason());
  }

  private static RowSchema schema(String line) {
    int colon = line.indexOf(": ");
    String key = line.substring(line.indexOf(" key ") + " key ".length(), colon);
    List<Field> fields = new ArrayList<>();
    Matcher column = COLUMN.matcher(line.substring(colon + 2));
    while (column.find()) {
      fields.add(
          new Field(
              column.group(1),
              FieldType.parse(column.group(3)),
              column.group(4).isEmpty(),
              column.group(5) == null ? "" : column.group(5),
              column.group(2) == null ? Map.of() : Map.of(SchemaChanges.NUMBER, column.group(2))));
    }
    return new RowSchema("studio.public.movie", fields, List.of(key.split(", ")));
  }

  private static ConsumerSchema consumer(String line, RowSchema before) {
    int colon = line.indexOf(": ");
    List<ConsumedField> fields = new ArrayList<>();
    Matcher field = CONSUMED.matcher(line.substring(colon + 2));
    while (field.find()) {
      FieldType type =
          field.group(3) != null
              ? FieldType.parse(field.group(3))
              : before.field(field.group(1)).map(Field::type).orElse(FieldType.Text.PLAIN);
      Fill fill =
          field.group(4) != null
              ? new Fill.FromField(field.group(4))
              : Optional.ofNullable(field.group(5))
                  .<Fill>map(Fill.Constant::new)
                  .orElseGet(Fill.Nothing::new);
      fields.add(new ConsumedField(field.group(1), type, Use.ofLabel(field.group(2)), fill));
    }
    return new ConsumerSchema(fields, line.substring(0, colon).endsWith(" open"));
  }
}
