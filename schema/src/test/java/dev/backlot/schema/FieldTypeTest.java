package dev.backlot.schema;

import static dev.backlot.schema.FieldType.Simple.DOUBLE;
import static dev.backlot.schema.FieldType.Simple.FLOAT;
import static dev.backlot.schema.FieldType.Simple.INT;
import static dev.backlot.schema.FieldType.Simple.LONG;
import static dev.backlot.schema.FieldType.Simple.TIMESTAMP;
import static dev.backlot.schema.FieldType.Simple.TIMESTAMPTZ;
import static dev.backlot.schema.FieldType.Simple.UUID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FieldTypeTest {
  static List<FieldType> allTypes() {
    List<FieldType> types = new ArrayList<>(List.of(FieldType.Simple.values()));
    types.add(new FieldType.Decimal(12, 2));
    types.add(new FieldType.Decimal(38, 38));
    types.add(FieldType.Text.PLAIN);
    types.add(FieldType.Text.NUMERIC);
    types.add(FieldType.Text.JSON);
    types.add(FieldType.Text.enumOf(List.of("a", "it's", "x,'y'", "")));
    types.add(FieldType.Text.enumOf(List.of()));
    for (FieldType element : List.copyOf(types)) {
      types.add(new FieldType.ArrayOf(element));
    }
    return types;
  }

  @Test
  void everyTypeIsReadBackFromItsNotation() {
    for (FieldType type : allTypes()) {
      assertThat(FieldType.parse(type.notation())).isEqualTo(type);
    }
    assertThat(new FieldType.Decimal(12, 2).notation()).isEqualTo("decimal(12,2)");
    assertThat(new FieldType.ArrayOf(TIMESTAMPTZ).notation()).isEqualTo("array<timestamptz>");
  }

  @Test
  void otherTextIsNoType() {
    for (String text : List.of("", "int4", "decimal(39,0)", "array<x>", "enum('a'", "enum(a)")) {
      assertThatThrownBy(() -> FieldType.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void onlyTheSameTypeOrAWideningIsAccepted() {
    assertThat(LONG.accepts(INT)).isTrue();
    assertThat(INT.accepts(LONG)).isFalse();
    assertThat(DOUBLE.accepts(FLOAT)).isTrue();
    assertThat(DOUBLE.accepts(INT)).isFalse();
    assertThat(TIMESTAMPTZ.accepts(TIMESTAMP)).isFalse();
    assertThat(new FieldType.Decimal(12, 2).accepts(new FieldType.Decimal(10, 2))).isTrue();
    assertThat(new FieldType.Decimal(12, 2).accepts(new FieldType.Decimal(10, 1))).isFalse();
    assertThat(new FieldType.Decimal(9, 2).accepts(new FieldType.Decimal(10, 2))).isFalse();
    assertThat(FieldType.Text.PLAIN.accepts(FieldType.Text.enumOf(List.of("a")))).isTrue();
    assertThat(FieldType.Text.PLAIN.accepts(UUID)).isTrue();
    assertThat(FieldType.Text.PLAIN.accepts(LONG)).isFalse();
    assertThat(new FieldType.ArrayOf(LONG).accepts(new FieldType.ArrayOf(INT))).isTrue();
    assertThat(new FieldType.ArrayOf(INT).accepts(INT)).isFalse();
  }
}
