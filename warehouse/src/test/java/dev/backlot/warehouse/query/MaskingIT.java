package dev.backlot.warehouse.query;

import static dev.backlot.schema.Field.nullable;
import static dev.backlot.warehouse.TestLake.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlot.model.ProblemException;
import dev.backlot.schema.FieldType.Decimal;
import dev.backlot.schema.FieldType.Simple;
import dev.backlot.schema.FieldType.Text;
import dev.backlot.warehouse.TableName;
import dev.backlot.warehouse.TestLake;
import dev.backlot.warehouse.rest.Call;
import dev.backlot.warehouse.rest.CatalogProtocol;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a statement can learn of columns that are masked for whoever runs it: nothing. */
class MaskingIT {
  private static final String SECRET = "ripley@nostromo.example";
  private static final String PAY = "90125.00";

  private static final TestLake lake = TestLake.shared();
  private static final Masking MASKING =
      table ->
          table.toString().equals("m.talent") || table.toString().equals("main.talent")
              ? Set.of("email", "Salary", "gone")
              : Set.of();
  private static QueryService service;

  @BeforeAll
  static void start() {
    service =
        new QueryService(
            lake.catalog(),
            // One process: every statement follows one of somebody else.
            new QuerySettings(
                "", lake.directory().resolve("mask-scratch"), 1, 512, 2, Duration.ofMinutes(1)));
    for (String name : List.of("m.talent", "main.talent")) {
      TableName table =
          lake.table(
              name,
              List.of("id"),
              nullable("id", Simple.INT),
              nullable("name", Text.PLAIN),
              nullable("email", Text.PLAIN),
              nullable("Salary", new Decimal(12, 2)));
      lake.append(
          table,
          row("c", 1, "id", 1, "name", "Ripley", "email", SECRET, "Salary", new BigDecimal(PAY)),
          row("c", 2, "id", 2, "name", "Dallas", "email", "d@x.example", "Salary", null),
          row(
              "u",
              3,
              "id",
              3,
              "name",
              "Ash",
              "email",
              null,
              "Salary",
              null,
              "_exact",
              Map.of("Salary", "NaN", "name", "exact")));
    }
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  @Test
  void maskedValuesAreTheSameInEveryRow() {
    for (String table : List.of("m.talent", "m.talent_latest", "lake.m.talent", "M.TALENT")) {
      assertThat(rows("SELECT id, email, Salary FROM " + table + " ORDER BY id", MASKING))
          .containsExactly("[1,\"•••\",null]", "[2,\"•••\",null]", "[3,\"•••\",null]");
    }
    assertThat(rows("SELECT email FROM m.talent WHERE id = 1", Masking.NONE))
        .containsExactly("[\"" + SECRET + "\"]");
  }

  @Test
  void theResultSaysWhatIsMasked() throws Exception {
    try (QueryResult result = query("SELECT *, 1 AS one FROM m.talent_latest", MASKING)) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      result.writeDocument(out);
      assertThat(out.toString(StandardCharsets.UTF_8))
          .contains("\"masked\":{\"m.talent\":[\"Salary\",\"email\"]}")
          .contains("{\"name\":\"email\",\"type\":\"VARCHAR\",\"masked\":true}")
          .contains("{\"name\":\"Salary\",\"type\":\"DECIMAL(12,2)\",\"masked\":true}")
          .contains("{\"name\":\"id\",\"type\":\"INTEGER\"}");
    }
  }

  @Test
  void exactTextsOfMaskedColumnsAreMaskedAndOthersStay() {
    assertThat(rows("SELECT _exact FROM m.talent WHERE id = 3", MASKING))
        .containsExactly("[{\"name\":\"exact\"}]");
    assertThat(rows("SELECT name, Salary FROM m.talent_latest WHERE id = 3", MASKING))
        .containsExactly("[\"exact\",null]");
    assertThat(rows("SELECT name, Salary FROM m.talent WHERE id = 3", Masking.NONE))
        .containsExactly("[\"exact\",\"NaN\"]");
  }

  @Test
  void theNewestVersionIsFoundByValuesAsTheyAre() {
    assertThat(rows("SELECT count(*) FROM m.talent_latest", t -> Set.of("id", "email")))
        .containsExactly("[3]");
  }

  /** Each would tell something apart if it saw a value. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT count(*) FROM m.talent WHERE email LIKE 'ripley%'",
        "SELECT count(*) FROM m.talent WHERE Salary > 0",
        "SELECT min(Salary), max(Salary), sum(Salary), count(Salary) FROM m.talent",
        "SELECT min(email), max(email), count(DISTINCT email) FROM m.talent_latest",
        "SELECT CASE WHEN Salary = 90125 THEN 'yes' ELSE 'no' END FROM m.talent",
        "SELECT email FROM m.talent ORDER BY Salary DESC, email DESC",
        "SELECT t.name FROM m.talent t JOIN (VALUES ('ripley@nostromo.example')) v(e) ON t.email = v.e",
        "SELECT count(*) FROM m.talent WHERE email IS NULL",
        "SELECT count(*) FROM m.talent WHERE Salary IS NOT NULL",
        "SELECT length(email), md5(email), substr(email, 1, 3) FROM m.talent",
        "SELECT list(t) FROM m.talent t",
        "SELECT to_json(t) FROM m.talent t",
        "SELECT t FROM m.talent_latest t",
        "SELECT COLUMNS('.*') FROM m.talent",
        "SELECT * EXCLUDE (name) FROM m.talent",
        "SELECT \"EMAIL\" FROM m.\"TALENT\"",
        "WITH c AS (SELECT * FROM m.talent) SELECT email FROM c",
        "SELECT (SELECT max(email) FROM m.talent)",
        "SELECT approx_quantile(Salary, 0.5), histogram(email) FROM m.talent",
        "SELECT first_value(Salary) OVER (ORDER BY Salary DESC) FROM m.talent",
        "SELECT map_values(_exact), cast(_exact AS VARCHAR) FROM m.talent",
        "FROM m.talent PIVOT (count(*) FOR email IN ('ripley@nostromo.example', 'x'))",
        "UNPIVOT (SELECT email FROM m.talent) ON email",
        "SUMMARIZE m.talent"
      })
  void noStatementTellsAnything(String sql) {
    List<String> answer;
    try {
      answer = rows(sql, MASKING);
    } catch (ProblemException e) {
      answer = List.of(e.getMessage());
    }
    assertThat(String.join("\n", answer))
        .doesNotContain("nostromo", "90125", "NaN", "yes", "d@x", "Ripley@")
        .doesNotContainIgnoringCase("ripley@");
  }

  @Test
  void noErrorTellsAnything() {
    for (String sql :
        List.of(
            "SELECT email::INTEGER FROM m.talent",
            "SELECT CASE WHEN Salary = 90125 THEN error('found') ELSE 1 END FROM m.talent",
            "SELECT 1 / (CASE WHEN email LIKE 'ripley%' THEN error(email) ELSE 1 END) FROM m.talent",
            "SELECT strptime(email, '%Y') FROM m.talent")) {
      String told;
      try {
        told = String.join("", rows(sql, MASKING));
      } catch (ProblemException e) {
        told = e.getMessage();
      }
      assertThat(told).doesNotContain("nostromo", "90125", "found");
    }
  }

  @Test
  void noFileOrCatalogIsReadBesideTheTables() {
    String location = lake.catalog().load(TableName.parse("m.talent")).location();
    for (String sql :
        List.of(
            "SELECT * FROM read_parquet('" + location + "/data/*.parquet')",
            "SELECT * FROM '" + location + "/data/*.parquet'",
            "SELECT * FROM \"" + location + "/data/x.parquet\"",
            "SELECT * FROM parquet_metadata('" + location + "/data/*.parquet')",
            "SELECT * FROM glob('" + location + "/**')",
            "SELECT * FROM read_blob('" + location + "/**')",
            "SELECT sql FROM duckdb_views()",
            "SELECT * FROM information_schema.views",
            "SELECT * FROM pg_catalog.pg_views",
            "SELECT * FROM query('SELECT * FROM m.talent')",
            "SELECT * FROM query_table('m.talent')",
            "SHOW TABLES",
            "SELECT * FROM sniff_csv('x')")) {
      assertThatThrownBy(() -> rows(sql, MASKING)).as(sql).isInstanceOf(ProblemException.class);
    }
  }

  @Test
  void theRestCatalogGivesNoFilesOfAMaskedTableAway() {
    CatalogProtocol protocol = new CatalogProtocol(lake.catalog(), table -> Optional.empty());
    Call load =
        new Call("GET", "/v1/lake/namespaces/m/tables/talent", Map.of(), Optional.empty(), "");

    assertThat(protocol.answer(load, MASKING).status()).isEqualTo(403);
    assertThat(protocol.answer(load, MASKING).body()).contains("Salary", "email");
    assertThat(protocol.answer(load, table -> Set.of()).status()).isEqualTo(200);
  }

  @Test
  void viewsOfOthersAreNotFoundByTheNameOfAWith() {
    rows("SELECT email FROM main.talent", Masking.NONE);
    assertThatThrownBy(
            () ->
                rows(
                    "SELECT t.* FROM (WITH talent AS (SELECT 1) FROM talent) x, talent t", MASKING))
        .isInstanceOf(ProblemException.class);
    assertThat(rows("SELECT email FROM main.talent LIMIT 1", MASKING)).containsExactly("[\"•••\"]");
    assertThat(rows("SELECT email FROM main.talent WHERE id = 1", Masking.NONE))
        .containsExactly("[\"" + SECRET + "\"]");
  }

  private static QueryResult query(String sql, Masking masking) {
    return service.query(sql, QueryLimits.DEFAULT, RowShape.ARRAY, masking);
  }

  private static List<String> rows(String sql, Masking masking) {
    List<String> rows = new ArrayList<>();
    try (QueryResult result = query(sql, masking)) {
      result.toList().forEach(row -> rows.add(row.toString()));
    }
    return rows;
  }
}
