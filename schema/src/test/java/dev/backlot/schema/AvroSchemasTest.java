package dev.backlot.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

class AvroSchemasTest {
  @Test
  void theRowSchemaComesBackFromTheEnvelopesJson() {
    List<Field> fields = new ArrayList<>();
    fields.add(Field.required("id", FieldType.Simple.LONG));
    fields.add(
        new Field(
            "Größe, \"1\"", FieldType.Text.PLAIN, false, "a comment", Map.of("type", "citext")));
    for (String name : List.of("_exact", "_op", "_x005F_exact", "1st", "a.b", "A", "a")) {
      fields.add(Field.nullable(name, FieldType.Text.PLAIN));
    }
    for (FieldType type : FieldTypeTest.allTypes()) {
      fields.add(Field.nullable("f" + fields.size(), type));
    }
    RowSchema row =
        new RowSchema("studio.\"my schema\".\"Mixed.Case\"", fields, List.of("Größe, \"1\"", "id"));

    RowSchema back = AvroSchemas.rowSchema(AvroSchemas.parse(AvroSchemas.envelope(row).toString()));

    assertThat(back).isEqualTo(row);
  }

  @Test
  void theEnvelopeHasDebeziumsShape() {
    Schema envelope = AvroSchemas.envelope(movie(false));

    assertThat(envelope.getFullName()).isEqualTo("studio.public.movie.Envelope");
    assertThat(envelope.getFields().stream().map(Schema.Field::name))
        .containsExactly("before", "after", "op", "ts_ms", "ts_us", "source");
    Schema value = AvroSchemas.valueRecord(envelope);
    assertThat(value.getFullName()).isEqualTo("studio.public.movie.Value");
    assertThat(value.getFields().stream().map(Schema.Field::name))
        .containsExactly("movie_id", "title", "budget", "_exact");
    assertThat(value.getField("movie_id").schema().getType()).isEqualTo(Schema.Type.LONG);
    assertThat(value.getField("title").schema().isUnion()).isTrue();
    assertThat(value.getField("budget").schema().getTypes().get(1).getLogicalType().getName())
        .isEqualTo("decimal");
  }

  @Test
  void aKeyHasItsColumnsInKeyOrderAndExactTextOnlyWhereAValueMayBeAbsent() {
    assertThat(AvroSchemas.key(movie(false)).getFields().stream().map(Schema.Field::name))
        .containsExactly("movie_id");
    assertThat(AvroSchemas.key(movie(true)).getFields().stream().map(Schema.Field::name))
        .containsExactly("movie_id", "_exact");
    RowSchema composite =
        new RowSchema(
            "studio.public.deal",
            List.of(
                Field.required("b", FieldType.Simple.UUID),
                Field.required("a", FieldType.Text.PLAIN)),
            List.of("a", "b"));
    assertThat(AvroSchemas.key(composite).getFields().stream().map(Schema.Field::name))
        .containsExactly("a", "b");
  }

  @Test
  void theSameRowSchemaGivesTheSameBytes() {
    assertThat(AvroSchemas.envelope(movie(false)).toString())
        .isEqualTo(AvroSchemas.envelope(movie(false)).toString());
    assertThat(AvroSchemas.parse(AvroSchemas.envelope(movie(false)).toString()).toString())
        .isEqualTo(AvroSchemas.envelope(movie(false)).toString());
  }

  @Test
  void anotherRecordIsNoEnvelope() {
    assertThatThrownBy(() -> AvroSchemas.rowSchema(AvroSchemas.CONTROL))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static RowSchema movie(boolean nullableKey) {
    return new RowSchema(
        "studio.public.movie",
        List.of(
            new Field("movie_id", FieldType.Simple.LONG, nullableKey, "", Map.of()),
            Field.required("title", FieldType.Text.PLAIN),
            Field.nullable("budget", new FieldType.Decimal(12, 2))),
        List.of("movie_id"));
  }
}
