package dev.backlot.capture.postgres.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.schema.FieldType;
import dev.backlot.schema.canonical.Canonical;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CanonicalTextsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "boolean | t | true",
        "boolean | f | false",
        "int | -5 | -5",
        "float | 1e+10 | 1.0E10",
        "float | -0 | 0.0",
        "double | 1e-05 | 1.0E-5",
        "double | NaN | NaN",
        "double | -Infinity | -Infinity",
        "decimal(10,2) | 1.50 | 1.5",
        "decimal(10,2) | -100.00 | -100",
        "decimal(10,2) | 0.00 | 0",
        "decimal(10,2) | NaN | NaN",
        "numeric | 100 | 100",
        "numeric | 0.0100 | 0.01",
        "numeric | Infinity | Infinity",
        "bytes | \\x00ff | 00ff",
        "timestamp | 2024-01-02 03:04:05.6 | 2024-01-02 03:04:05.6",
        "timestamptz | infinity | infinity",
        "date | 0044-03-15 BC | 0044-03-15 BC",
        "interval | 00:00:00 | 0 0 0",
        "interval | 1 year 2 mons -3 days -04:05:06.789 | 14 -3 -14706789000",
        "interval | -1 mons +1 day | -1 1 0",
        "interval | 1000000:00:00.5 | 0 0 3600000000500000",
        "interval | -2562047788:00:54.775808 | 0 0 -9223372036854775808",
        "interval | -infinity | -2147483648 -2147483648 -9223372036854775808",
        "array<int> | {1,NULL,3} | [1:1,~,1:3]",
        "array<int> | {} | []",
        "array<int> | {{1},{2}} | {{1},{2}}",
        "array<int> | [0:1]={1,2} | [0:1]={1,2}",
        "array<decimal(6,2)> | {1.50,NaN} | {1.50,NaN}",
        "array<decimal(6,2)> | {1.50} | [3:1.5]",
        "array<timestamp> | {\"294276-12-31 00:00:00\"} | {\"294276-12-31 00:00:00\"}",
        "array<text> | {\"a\\\"b\\\\c\",NULL,\"NULL\",\"\",\"x,y\",é} | [5:a\"b\\c,~,4:NULL,0:,3:x,y,1:é]",
        "array<array<int>> | {\"{1,2}\",NULL} | [9:[1:1,1:2],~]",
      })
  void what_postgres_prints_has_one_canonical_text(String type, String text, String canonical) {
    assertThat(canonical(FieldType.parse(type), text)).isEqualTo(canonical);
  }

  @Test
  void numbers_are_as_the_definition_says() {
    Random random = new Random(20_261_126L);
    for (int i = 0; i < 2_000; i++) {
      String text =
          new java.math.BigDecimal(
                  new java.math.BigInteger(random.nextInt(90) + 1, random), random.nextInt(12))
              .toPlainString();
      assertThat(canonical(FieldType.Text.NUMERIC, text)).isEqualTo(Canonical.number(text));
    }
  }

  @Test
  void elements_of_boxes_have_a_delimiter_of_their_own() {
    TextSlice out = new TextSlice();
    byte[] in = "{(1,1),(0,0);(2,2),(1,1)}".getBytes(StandardCharsets.UTF_8);

    CanonicalTexts.of(new FieldType.ArrayOf(FieldType.Text.PLAIN), ';').give(in, 0, in.length, out);

    assertThat(out.toString()).isEqualTo(Canonical.list(List.of("(1,1),(0,0)", "(2,2),(1,1)")));
  }

  private static String canonical(FieldType type, String text) {
    TextSlice out = new TextSlice();
    byte[] in = ("x" + text + "y").getBytes(StandardCharsets.UTF_8);
    CanonicalTexts.of(type, ',').give(in, 1, in.length - 2, out);
    return out.toString();
  }
}
