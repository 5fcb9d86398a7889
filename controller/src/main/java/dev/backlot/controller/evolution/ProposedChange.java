package dev.backlot.controller.evolution;

import dev.backlot.schema.evolution.FieldChange;
import dev.backlot.schema.evolution.Outcome;
import dev.backlot.schema.evolution.SchemaVerdict;
import java.util.List;

/**
 * What a change of a Source that nobody has made yet would mean.
 *
 * @param source the Source's name
 * @param changes what would differ, in plain kinds
 * @param readers every pipeline that reads it, and those that read what these publish
 */
public record ProposedChange(String source, List<FieldChange> changes, List<Effect> readers) {
  /** Copies what is mutable. */
  public ProposedChange {
    changes = List.copyOf(changes);
    readers = List.copyOf(readers);
  }

  /**
   * What it would mean to one pipeline.
   *
   * @param reader the pipeline, and what it takes
   * @param outcome whether it goes on
   * @param verdict per field; without fields when the Source ends
   * @param via the published Sources through which it gets there, nearest to the change first
   * @param note what is to be said beyond the fields, or empty
   */
  public record Effect(
      Evolutions.Reader reader,
      Outcome outcome,
      SchemaVerdict verdict,
      List<String> via,
      String note) {
    /** Copies what is mutable. */
    public Effect {
      via = List.copyOf(via);
    }
  }

  /** Returns the worst outcome of all readers. */
  public Outcome outcome() {
    return readers.stream().map(Effect::outcome).reduce(Outcome.SAFE, Outcome::and);
  }
}
