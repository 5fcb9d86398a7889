package dev.backlot.capture.postgres.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backlot.capture.postgres.type.PostgresTypes.TypeInfo;
import dev.backlot.model.audit.AuditAnswer.Scope;
import dev.backlot.schema.FieldType;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CursorTest {
  @Test
  void hash_prefixes_follow_one_another_whatever_their_length() {
    assertThat(Cursor.first(2)).isEqualTo("00");
    assertThat(Cursor.following("09").map(Cursor::parse).map(Cursor::prefix)).contains("0a");
    assertThat(Cursor.following("0ff").map(Cursor::parse).map(Cursor::prefix)).contains("100");
    assertThat(Cursor.following("ff")).isEmpty();
    assertThat(Cursor.following("")).isEmpty();
  }

  @Test
  void a_key_comes_back_as_it_was() {
    List<String> key = List.of("7", "it's \"\\ é😀");

    assertThat(Cursor.parse(Cursor.behind(key).text()).after()).isEqualTo(key);
    assertThatThrownBy(() -> Cursor.parse("7")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Cursor.parse("{\"prefix\":\"XY\"}")).hasMessageContaining("no cursor");
  }

  @Test
  void only_keys_that_lie_elsewhere_for_sure_are_outside_of_a_scope() {
    List<ComparedColumn> columns =
        List.of(column("id", FieldType.Simple.INT, 23), column("part", FieldType.Text.PLAIN, 25));
    KeyScope scope =
        new KeyScope(
            new Scope(false, List.of("9", "b"), List.of("10", "\uFF5E"), ""),
            columns,
            Optional.empty());

    assertThat(scope.mayHold(List.of("9", "a"))).isFalse();
    assertThat(scope.mayHold(List.of("9", "c"))).isTrue();
    assertThat(scope.mayHold(List.of("10", "a"))).isTrue();
    assertThat(scope.mayHold(List.of("10", "😀"))).isFalse();
    assertThat(scope.mayHold(List.of("11", "a"))).isFalse();
    KeyScope days =
        new KeyScope(
            new Scope(false, List.of("2026-01-01"), List.of(), ""),
            List.of(column("day", FieldType.Simple.DATE, 1082)),
            Optional.empty());
    assertThat(days.mayHold(List.of("0044-03-15 BC"))).isTrue();
    KeyScope asked =
        new KeyScope(
            new Scope(true, List.of(), List.of(), ""),
            columns,
            Optional.of(List.of(List.of("1", "a"))));
    assertThat(asked.mayHold(List.of("1", "a"))).isTrue();
    assertThat(asked.mayHold(List.of("1", "b"))).isFalse();
  }

  private static ComparedColumn column(String name, FieldType type, int oid) {
    return new ComparedColumn(
        name, type, new TypeInfo(oid, name, -1, List.of(), null, false), name, ',', true);
  }
}
