package dev.backlot.engine.job;

import dev.backlot.model.plan.PlanSource;
import dev.backlot.model.plan.PlanStep;
import dev.backlot.transport.SourceTransport;

/** What the operators of a plan's steps are called, and so their metrics. */
public final class OperatorName {
  private OperatorName() {}

  /** Returns the name of what gives out a Source's rows. */
  public static String of(PlanSource source) {
    return SourceTransport.operator(source);
  }

  /** Returns the name of a step's operator. */
  public static String of(PlanStep step) {
    return step.processor() + " " + step.id();
  }

  /** Returns the name of what shapes rows for a table or a published Source. */
  public static String shaping(String target) {
    return "shape " + target;
  }

  /** Returns the name of the same operator where it runs on rows that are replayed. */
  public static String replayed(String name) {
    return name + " replayed";
  }
}
