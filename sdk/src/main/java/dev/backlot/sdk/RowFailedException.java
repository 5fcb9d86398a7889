package dev.backlot.sdk;

import dev.backlot.model.ProblemCode;

/** Nothing can be made of a row; what becomes of its record is the pipeline's error policy. */
public final class RowFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ProblemCode code;

  /**
   * Says why.
   *
   * @param reason a clause without a final stop
   */
  public RowFailedException(ProblemCode code, String reason) {
    super(reason, null, false, false);
    this.code = code;
  }

  /** Returns what kind of problem it is. */
  public ProblemCode code() {
    return code;
  }
}
