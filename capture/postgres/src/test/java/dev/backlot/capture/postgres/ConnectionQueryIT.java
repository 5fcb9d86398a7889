package dev.backlot.capture.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.backlot.capture.postgres.query.ConnectionQuery;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.audit.QueryAnswer;
import dev.backlot.model.audit.QueryRead;
import dev.backlot.model.spec.ConnectionSpec;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A user's query is read with little of the database at risk. */
class ConnectionQueryIT {
  private final CaptureBench bench = CaptureBench.shared();
  private final String name = bench.newDatabase();
  private final ConnectionSpec spec = CaptureBench.spec(bench.document(name, "\"public.*\""));

  private QueryAnswer read(String query, List<Integer> wanted) {
    return new ConnectionQuery(bench.environment.secrets())
        .read(spec, new QueryRead(query, List.of("id"), 8, wanted, 100, 5));
  }

  private ProblemCode refusal(String query) {
    ProblemException refused =
        catchThrowableOfType(
            ProblemException.class, () -> read(query, IntStream.range(0, 8).boxed().toList()));
    return refused.problems().get(0).code();
  }

  @Test
  void rows_are_summed_by_their_keys_and_told_where_they_are_wanted() {
    String query =
        "SELECT n AS id, n * 1.50 AS price, n % 2 = 0 AS even, '\\x0a'::bytea AS raw,"
            + " nullif(n, 3)::text AS note FROM generate_series(1, 40) n -- the films";

    QueryAnswer all = read(query, IntStream.range(0, 8).boxed().toList());

    assertThat(all.columns()).containsExactly("id", "price", "even", "raw", "note");
    assertThat(all.rows())
        .hasSize(40)
        .contains(List.of("2", "3", "true", "0a", "2"))
        .contains(Arrays.asList("3", "4.5", "false", "0a", null));
    assertThat(all.sums().stream().mapToLong(sum -> sum.rows()).sum()).isEqualTo(40);
    assertThat(read(query + "\nORDER BY 1 DESC", List.of()).sums()).isEqualTo(all.sums());
    int changed = 0;
    QueryAnswer other =
        read(query.replace("'\\x0a'", "CASE n WHEN 7 THEN '\\x0b' ELSE '\\x0a' END"), List.of());
    for (int bucket = 0; bucket < 8; bucket++) {
      changed += all.sums().get(bucket).equals(other.sums().get(bucket)) ? 0 : 1;
    }
    assertThat(changed).isEqualTo(1);
  }

  @Test
  void what_writes_leaves_the_transaction_or_takes_too_long_is_refused() {
    bench.execute(name, "CREATE TABLE kept (id int PRIMARY KEY)", "INSERT INTO kept VALUES (1)");
    assertThat(refusal("SELECT 1 AS id) AS q; COMMIT; DELETE FROM kept; SELECT (1"))
        .isEqualTo(ProblemCode.QUERY_INVALID);
    assertThat(refusal("WITH d AS (DELETE FROM public.kept RETURNING id) SELECT id FROM d"))
        .isEqualTo(ProblemCode.QUERY_INVALID);
    assertThat(refusal("DELETE FROM public.kept RETURNING id"))
        .isEqualTo(ProblemCode.QUERY_INVALID);
    assertThat(refusal("SELECT 1 AS id FROM pg_sleep(60)")).isEqualTo(ProblemCode.TIMED_OUT);
    assertThat(refusal("SELECT 1 AS other")).isEqualTo(ProblemCode.QUERY_INVALID);
    assertThat(refusal("SELECT NULL::int AS id")).isEqualTo(ProblemCode.QUERY_INVALID);
    assertThat(refusal("SELECT n AS id FROM generate_series(1, 101) n"))
        .isEqualTo(ProblemCode.QUERY_INVALID);
    assertThat(
            read("SELECT id FROM public.kept", List.of()).sums().stream()
                .mapToLong(sum -> sum.rows())
                .sum())
        .isEqualTo(1);
  }
}
