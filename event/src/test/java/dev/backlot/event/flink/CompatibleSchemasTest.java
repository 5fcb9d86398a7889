package dev.backlot.event.flink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backlot.event.EnvelopeWriter;
import dev.backlot.event.EventHeader;
import dev.backlot.event.Op;
import dev.backlot.event.Origin;
import dev.backlot.event.Position;
import dev.backlot.schema.AvroSchemas;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.RowSchema;
import dev.backlot.schema.evolution.ConsumedField;
import dev.backlot.schema.evolution.ConsumerSchema;
import dev.backlot.schema.evolution.Fill;
import dev.backlot.schema.evolution.Outcome;
import dev.backlot.schema.evolution.SchemaChanges;
import dev.backlot.schema.evolution.SchemaVerdict;
import dev.backlot.schema.evolution.Use;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.MapData;
import org.apache.flink.table.data.StringData;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What is judged to be safe is so: every event of the new schema decodes to the rows that the
 * consumer expects, with every field that it relies on. Schemas, changes, consumers and rows are
 * random, by a fixed seed.
 */
final class CompatibleSchemasTest {
  private static final int TRIALS = 20_000;
  private static final int NEW_SCHEMA = 9;
  private static final List<FieldType> TYPES =
      List.of(
          FieldType.Simple.BOOLEAN,
          FieldType.Simple.INT,
          FieldType.Simple.LONG,
          FieldType.Simple.FLOAT,
          FieldType.Simple.DOUBLE,
          FieldType.Simple.DATE,
          FieldType.Simple.UUID,
          new FieldType.Decimal(9, 2),
          new FieldType.Decimal(18, 2),
          new FieldType.Decimal(18, 4),
          FieldType.Text.PLAIN,
          FieldType.Text.JSON,
          FieldType.Text.enumOf(List.of("a", "b")),
          FieldType.Text.enumOf(List.of("a", "b", "c")));

  private final Random random = new Random(20_261_126);
  private final RandomRows rows = new RandomRows(7);
  private int number;

  @Test
  void every_event_of_a_schema_that_is_safe_gives_the_row_that_the_consumer_expects() {
    Map<Outcome, Integer> outcomes = new EnumMap<>(Outcome.class);
    for (int trial = 0; trial < TRIALS; trial++) {
      RowSchema before = schema();
      RowSchema after = changed(before);
      ConsumerSchema consumer = consumer(before, after);
      Outcome outcome = SchemaVerdict.judge(before, after, consumer).outcome();
      outcomes.merge(outcome, 1, Integer::sum);
      if (outcome == Outcome.SAFE) {
        check(trial, after, consumer);
      }
    }
    assertThat(outcomes).hasSize(3);
    assertThat(outcomes.values()).allMatch(count -> count > TRIALS / 20);
  }

  private void check(int trial, RowSchema after, ConsumerSchema consumer) {
    Map<String, @Nullable Object> row = rows.row(after);
    EnvelopeWriter writer =
        new EnvelopeWriter(after, 1, NEW_SCHEMA, new Origin("postgresql", "studio", "public", "t"));
    writer.begin();
    writer.noBefore();
    RandomRows.write(writer.after(), after.fields(), row);
    byte[] value = writer.end(Op.CREATE, 1, new Position(1, 2, 3), 4L, 5);

    SourceDecoder decoder =
        new SourceDecoder(
            after.name(),
            1,
            consumer.fields().stream().map(ConsumedField::name).toList(),
            consumer.fields().stream().map(ConsumedField::type).toList(),
            fills(consumer),
            Map.of(),
            SourceDecoder.Before.NONE);
    decoder.cover(NEW_SCHEMA, AvroSchemas.envelope(after).toString());
    GenericRowData decoded =
        decoder.decode(0, 1, 2, new EventHeader(0, 1, new Position(1, 2, 3), 5), value);

    MapData exact = (MapData) decoded.getField(decoded.getArity() - 1);
    for (int i = 0; i < consumer.fields().size(); i++) {
      ConsumedField field = consumer.fields().get(i);
      assertThat(text(decoded.getField(i)) + exact(exact, field.name()))
          .as("trial %d, field %s of %s read from %s", trial, field, consumer, after)
          .isEqualTo(expected(field, after, row));
    }
  }

  private static Map<String, Fill> fills(ConsumerSchema consumer) {
    Map<String, Fill> fills = new HashMap<>();
    consumer.fields().stream()
        .filter(field -> !(field.fill() instanceof Fill.Nothing))
        .forEach(field -> fills.put(field.name(), field.fill()));
    return fills;
  }

  private static String expected(
      ConsumedField field, RowSchema after, Map<String, @Nullable Object> row) {
    if (after.field(field.name()).isPresent()) {
      return written(row.get(field.name()), field.type());
    }
    if (field.fill() instanceof Fill.FromField from) {
      return written(row.get(from.field()), field.type());
    }
    if (field.fill() instanceof Fill.Constant constant) {
      return constant.text();
    }
    assertThat(field.use())
        .as("a field that is missing without anybody's knowledge")
        .isNotEqualTo(Use.CONSUMED);
    return "null";
  }

  private static String written(@Nullable Object value, FieldType type) {
    if (value instanceof RandomRows.Inexact inexact) {
      return "null exactly " + inexact.text();
    }
    if (value instanceof Float number && type == FieldType.Simple.DOUBLE) {
      return String.valueOf((double) number);
    }
    return text(value);
  }

  private static String text(@Nullable Object value) {
    return value instanceof BigDecimal number ? number.toPlainString() : String.valueOf(value);
  }

  private static String exact(@Nullable MapData exact, String column) {
    if (exact == null) {
      return "";
    }
    for (int i = 0; i < exact.size(); i++) {
      if (exact.keyArray().getString(i).equals(StringData.fromString(column))) {
        return " exactly " + exact.valueArray().getString(i);
      }
    }
    return "";
  }

  private RowSchema schema() {
    number = 1;
    List<Field> fields = new ArrayList<>();
    fields.add(Field.required("id", FieldType.Simple.LONG));
    for (int i = 0; i < 5; i++) {
      fields.add(field("c" + i));
    }
    return new RowSchema("studio.public.t", fields, List.of("id"));
  }

  private Field field(String name) {
    return new Field(
        name,
        TYPES.get(random.nextInt(TYPES.size())),
        true,
        "",
        random.nextInt(5) == 0
            ? Map.of()
            : Map.of(SchemaChanges.NUMBER, Integer.toString(number++)));
  }

  private RowSchema changed(RowSchema schema) {
    List<Field> fields = new ArrayList<>(schema.fields());
    int changes = 1 + random.nextInt(3);
    for (int i = 0; i < changes; i++) {
      int at = 1 + random.nextInt(Math.max(1, fields.size() - 1));
      if (at >= fields.size()) {
        continue;
      }
      Field was = fields.get(at);
      switch (random.nextInt(6)) {
        case 0 -> add(fields, "n" + i);
        case 1 -> fields.remove(at);
        case 2 -> rename(fields, at, "r" + i);
        case 3 ->
            fields.set(
                at,
                new Field(
                    was.name(),
                    TYPES.get(random.nextInt(TYPES.size())),
                    true,
                    "",
                    was.properties()));
        case 4 -> Collections.shuffle(fields.subList(1, fields.size()), random);
        default -> {
          // A column's name that was free is taken again.
          int other = 1 + random.nextInt(5);
          add(fields, "c" + (other - 1));
        }
      }
    }
    return new RowSchema(schema.name(), fields, schema.keyColumns());
  }

  private void add(List<Field> fields, String name) {
    if (fields.stream().noneMatch(field -> field.name().equals(name))) {
      fields.add(field(name));
    }
  }

  private static void rename(List<Field> fields, int at, String name) {
    Field was = fields.get(at);
    if (fields.stream().noneMatch(field -> field.name().equals(name))) {
      fields.set(at, new Field(name, was.type(), true, "", was.properties()));
    }
  }

  private ConsumerSchema consumer(RowSchema before, RowSchema after) {
    List<ConsumedField> fields = new ArrayList<>();
    for (Field field : before.fields()) {
      if (field.name().equals("id")) {
        fields.add(new ConsumedField("id", field.type(), Use.KEY, new Fill.Nothing()));
      } else if (random.nextBoolean()) {
        Use use = List.of(Use.CONSUMED, Use.PASSED, Use.PUBLISHED).get(random.nextInt(3));
        fields.add(new ConsumedField(field.name(), wider(field.type()), use, fill(field, after)));
      }
    }
    return new ConsumerSchema(fields, random.nextBoolean());
  }

  /** A plan may read a field in a wider type than it is written in at the moment. */
  private FieldType wider(FieldType type) {
    Optional<FieldType> other =
        Optional.of(TYPES.get(random.nextInt(TYPES.size()))).filter(wide -> wide.accepts(type));
    return other.orElse(type);
  }

  private Fill fill(Field field, RowSchema after) {
    return switch (random.nextInt(6)) {
      case 0 ->
          new Fill.FromField(after.fields().get(random.nextInt(after.fields().size())).name());
      case 1 ->
          field.type() instanceof FieldType.Text ? new Fill.Constant("none") : new Fill.Nothing();
      default -> new Fill.Nothing();
    };
  }
}
