package dev.backlot.sdk;

import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** What came of giving a processor its config and inputs. */
public sealed interface ProcessorPlan {

  /**
   * The step can run.
   *
   * @param config the resolved config that the plan records: giving it again with the same inputs
   *     gives an equal plan
   * @param output what the step gives
   * @param consumed input fields that it needs by name
   * @param notes what was decided beyond the config, in plain words
   * @param renamed output fields that are input fields under another name: present name → input's.
   *     An output field that has an input field's name, and is not among these, is that field
   * @param work what is done with its rows
   */
  record Runnable(
      Map<String, Object> config,
      Shape output,
      List<String> consumed,
      List<String> notes,
      Map<String, String> renamed,
      Work work)
      implements ProcessorPlan {
    /** Copies what is mutable. */
    public Runnable {
      consumed = List.copyOf(consumed);
      notes = List.copyOf(notes);
      renamed = Map.copyOf(renamed);
    }

    /** A step that renames nothing. */
    public Runnable(
        Map<String, Object> config,
        Shape output,
        List<String> consumed,
        List<String> notes,
        Work work) {
      this(config, output, consumed, notes, Map.of(), work);
    }

    /**
     * A step that handles each row by itself.
     *
     * @param functions makes the function for the rows of an input, by the input's index; called
     *     where the rows are, once per thread
     */
    public Runnable(
        Map<String, Object> config,
        Shape output,
        List<String> consumed,
        List<String> notes,
        IntFunction<RowFunction> functions) {
      this(config, output, consumed, notes, new Work.PerRow(functions));
    }

    /**
     * Returns what makes a row's function, by the input's index.
     *
     * @throws IllegalStateException when the step does not handle each row by itself
     */
    public IntFunction<RowFunction> functions() {
      if (work instanceof Work.PerRow perRow) {
        return perRow.functions();
      }
      throw new IllegalStateException("Rows are not handled by themselves: " + work);
    }
  }

  /** The step can't run; everything that is wrong with it. */
  record Refused(List<Finding> findings) implements ProcessorPlan {
    /** Copies what is mutable. */
    public Refused {
      findings = List.copyOf(findings);
    }
  }
}
