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
   * @param functions makes the function for the rows of an input, by the input's index; called
   *     where the rows are, once per thread
   */
  record Runnable(
      Map<String, Object> config,
      Shape output,
      List<String> consumed,
      List<String> notes,
      IntFunction<RowFunction> functions)
      implements ProcessorPlan {
    /** Copies what is mutable. */
    public Runnable {
      consumed = List.copyOf(consumed);
      notes = List.copyOf(notes);
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
