package dev.backlot.schema.evolution;

import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.RowSchema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a change of a Source's schema means for one consumer, with a reason per field.
 *
 * <p>{@link Outcome#SAFE} promises that every event of the new schema decodes to the rows that the
 * consumer expects, with every field that it relies on. A job and the controller ask the same
 * function and can't come to different answers.
 *
 * @param fields one per change, in the order of {@link SchemaChanges#between}
 */
public record SchemaVerdict(List<FieldVerdict> fields) {
  /** Copies what is mutable. */
  public SchemaVerdict {
    fields = List.copyOf(fields);
  }

  /** Returns the worst of all fields' outcomes. */
  public Outcome outcome() {
    return fields.stream().map(FieldVerdict::outcome).reduce(Outcome.SAFE, Outcome::and);
  }

  /** Returns the verdicts of this outcome. */
  public List<FieldVerdict> with(Outcome outcome) {
    return fields.stream().filter(field -> field.outcome() == outcome).toList();
  }

  /**
   * Judges a change.
   *
   * @param before the schema that the consumer's plan was made for
   * @param after the schema that may come
   */
  public static SchemaVerdict judge(RowSchema before, RowSchema after, ConsumerSchema consumer) {
    List<FieldVerdict> verdicts = new ArrayList<>();
    Set<String> told = new HashSet<>();
    for (FieldChange change : SchemaChanges.between(before, after)) {
      FieldVerdict verdict = of(change, after, consumer);
      verdicts.add(verdict);
      told.add(verdict.field());
    }
    // What was missing before is no change, but still nothing that the consumer can do without.
    for (ConsumedField field : consumer.fields()) {
      if (!told.contains(field.name()) && before.field(field.name()).isEmpty()) {
        after
            .field(field.name())
            .ifPresentOrElse(
                there -> verdicts.add(back(there, field)),
                () -> missing(field, after).ifPresent(verdicts::add));
      }
    }
    return new SchemaVerdict(verdicts);
  }

  private static FieldVerdict of(FieldChange change, RowSchema after, ConsumerSchema consumer) {
    Optional<ConsumedField> used = consumer.field(change.name());
    return switch (change.kind()) {
      case ADDED -> added(change, used, consumer);
      case DROPPED, RENAMED -> gone(change, used, after, consumer);
      case WIDENED, NARROWED, REINTERPRETED, RETYPED -> retyped(change, used);
      case LABELS_REMOVED ->
          used.filter(field -> field.use().relies()).isPresent()
              ? verdict(change, used, Outcome.BREAKS, "it is consumed and loses labels")
              : verdict(change, used, Outcome.SAFE, "its remaining labels are known");
      case LABELS_ADDED, LABELS_REORDERED ->
          verdict(change, used, Outcome.SAFE, "its labels are texts for whoever reads it");
      case REPLACED ->
          verdict(change, used, Outcome.SAFE, "another column has taken its name, and its type");
      case NULLABLE ->
          verdict(change, used, Outcome.SAFE, "rows may lack it, as deletes do anyway");
      case REQUIRED -> verdict(change, used, Outcome.SAFE, "its values are fewer, not others");
      case DESCRIBED -> verdict(change, used, Outcome.SAFE, "events show nothing of it");
      case MOVED -> verdict(change, used, Outcome.SAFE, "fields are read by name");
      case KEY_CHANGED ->
          new FieldVerdict(
              String.join(", ", after.keyColumns()),
              ChangeKind.KEY_CHANGED,
              Optional.of(Use.KEY),
              Outcome.CHANGES,
              "",
              "rows are identified by other columns, so the Source begins another epoch");
    };
  }

  private static FieldVerdict added(
      FieldChange change, Optional<ConsumedField> used, ConsumerSchema consumer) {
    Field field = change.after().orElseThrow();
    if (used.isPresent()) {
      return back(field, used.get());
    }
    return consumer.open()
        ? verdict(change, used, Outcome.CHANGES, "every field is taken, so this one is too")
        : verdict(change, used, Outcome.SAFE, "it is not consumed");
  }

  /** A field that the consumer knows and the last schema lacked is there again. */
  private static FieldVerdict back(Field field, ConsumedField used) {
    FieldChange change = FieldChange.added(field);
    return used.type().accepts(field.type())
        ? verdict(change, Optional.of(used), Outcome.SAFE, "it is there again")
        : verdict(
            change,
            Optional.of(used),
            field.type().accepts(used.type()) ? Outcome.CHANGES : Outcome.BREAKS,
            "it is there again as %s, and was %s"
                .formatted(field.type().notation(), used.type().notation()));
  }

  private static FieldVerdict gone(
      FieldChange change, Optional<ConsumedField> used, RowSchema after, ConsumerSchema consumer) {
    boolean renamed = change.kind() == ChangeKind.RENAMED;
    String now = renamed ? "it is called '" + change.after().orElseThrow().name() + "' now" : "";
    if (used.isPresent() && !(used.get().fill() instanceof Fill.Nothing)) {
      Optional<FieldVerdict> unfilled = missing(used.get(), after);
      if (unfilled.isPresent()) {
        return unfilled.get();
      }
      return renamed && consumer.open() && isNew(change, consumer)
          ? verdict(change, used, Outcome.CHANGES, now + ", and every field is taken")
          : verdict(change, used, Outcome.SAFE, "something else stands for it");
    }
    if (after.field(change.name()).isPresent()) {
      return used.isPresent() && used.get().use().relies()
          ? verdict(change, used, Outcome.BREAKS, now + ", and another column has taken its name")
          : verdict(change, used, Outcome.SAFE, "fields are passed on by name");
    }
    if (used.isPresent() && used.get().use().relies()) {
      return verdict(
          change, used, Outcome.BREAKS, renamed ? "it is consumed, and " + now : "it is consumed");
    }
    if (used.isPresent() && used.get().use() == Use.KEY) {
      return verdict(
          change, used, Outcome.CHANGES, "it identifies rows, so the Source begins another epoch");
    }
    if (used.isPresent() && used.get().use() == Use.PUBLISHED) {
      return verdict(change, used, Outcome.CHANGES, "what it is passed on to loses it too");
    }
    if (renamed && consumer.open()) {
      return verdict(change, used, Outcome.CHANGES, now + ", and every field is taken");
    }
    return used.isPresent()
        ? verdict(change, used, Outcome.SAFE, "it is only passed on, and stays empty from now on")
        : verdict(change, used, Outcome.SAFE, "it is not consumed");
  }

  private static boolean isNew(FieldChange change, ConsumerSchema consumer) {
    return consumer.field(change.after().orElseThrow().name()).isEmpty();
  }

  /** Returns why a field that is not in a schema breaks its consumer, unless it does not. */
  private static Optional<FieldVerdict> missing(ConsumedField field, RowSchema after) {
    if (field.fill() instanceof Fill.FromField from) {
      Optional<Field> other = after.field(from.field());
      if (other.isEmpty()) {
        return Optional.of(
            missing(field, Outcome.BREAKS, "'" + from.field() + "', which stands for it, is gone"));
      }
      FieldType type = other.get().type();
      if (!field.type().accepts(type)) {
        String reason =
            "'%s', which stands for it, is %s, and it is %s"
                .formatted(from.field(), type.notation(), field.type().notation());
        Outcome outcome = type.accepts(field.type()) ? Outcome.CHANGES : Outcome.BREAKS;
        return Optional.of(missing(field, outcome, reason));
      }
    }
    return field.fill() instanceof Fill.Nothing && field.use().relies()
        ? Optional.of(missing(field, Outcome.BREAKS, "it is consumed"))
        : Optional.empty();
  }

  private static FieldVerdict missing(ConsumedField field, Outcome outcome, String reason) {
    return new FieldVerdict(
        field.name(), ChangeKind.DROPPED, Optional.of(field.use()), outcome, "", reason);
  }

  private static FieldVerdict retyped(FieldChange change, Optional<ConsumedField> used) {
    FieldType now = change.after().orElseThrow().type();
    String to = "it becomes " + now.notation();
    if (used.isEmpty()) {
      return verdict(change, used, Outcome.SAFE, "it is not consumed");
    }
    FieldType read = used.get().type();
    boolean relies = used.get().use().relies();
    if (change.kind() == ChangeKind.NARROWED && relies) {
      return verdict(
          change, used, Outcome.BREAKS, "it is consumed as " + read.notation() + ", and " + to);
    }
    if (change.kind() == ChangeKind.REINTERPRETED && relies) {
      return verdict(change, used, Outcome.CHANGES, to);
    }
    if (read.accepts(now)) {
      return verdict(change, used, Outcome.SAFE, read.notation() + " holds every value");
    }
    return now.accepts(read)
        ? verdict(change, used, Outcome.CHANGES, to + ", which holds every old value too")
        : verdict(
            change,
            used,
            Outcome.BREAKS,
            to + ", and what was written until now is " + read.notation());
  }

  private static FieldVerdict verdict(
      FieldChange change, Optional<ConsumedField> used, Outcome outcome, String reason) {
    return new FieldVerdict(
        used.map(ConsumedField::name).orElseGet(change::name),
        change.kind(),
        used.map(ConsumedField::use),
        outcome,
        change.kind() == ChangeKind.RENAMED ? change.after().map(Field::name).orElse("") : "",
        reason);
  }
}
