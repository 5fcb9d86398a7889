package dev.backlot.transport;

import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import org.apache.flink.runtime.throwable.ThrowableAnnotation;
import org.apache.flink.runtime.throwable.ThrowableType;

/**
 * A job can't go on and retrying can't help. Its message is a {@link Problem}'s text with the code
 * in brackets, so that it survives Flink's serialization of causes.
 */
@ThrowableAnnotation(ThrowableType.NonRecoverableError)
public final class JobStoppedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says what is wrong. */
  public JobStoppedException(ProblemCode code, String message) {
    super(Problem.of(code, message).toString());
  }

  /** Says what is wrong and what caused it. */
  public JobStoppedException(ProblemCode code, String message, Throwable cause) {
    super(Problem.of(code, message).toString(), cause);
  }
}
