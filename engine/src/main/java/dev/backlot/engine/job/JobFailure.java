package dev.backlot.engine.job;

import dev.backlot.model.ProblemCode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Why a job failed, found in the stack trace that Flink keeps of it.
 *
 * @param code what kind of problem it is
 * @param reason one line for people
 */
record JobFailure(ProblemCode code, String reason) {
  /** Our own exceptions end in their code. */
  private static final Pattern OURS = Pattern.compile("(Cannot [^\\n]*?) \\[([A-Z_]+)]");

  private static final Pattern CAUSE =
      Pattern.compile("(?m)^(?:Caused by: )?([a-zA-Z_$][\\w.$]*(?:Exception|Error))(?:: (.*))?$");
  private static final int LONGEST = 500;

  static JobFailure of(String pipeline, String stackTrace) {
    Matcher ours = OURS.matcher(stackTrace);
    while (ours.find()) {
      for (ProblemCode code : ProblemCode.values()) {
        if (code.name().equals(ours.group(2))) {
          return new JobFailure(code, ours.group(1));
        }
      }
    }
    String root = "";
    Matcher cause = CAUSE.matcher(stackTrace);
    while (cause.find()) {
      String type = cause.group(1).substring(cause.group(1).lastIndexOf('.') + 1);
      root = cause.group(2) == null ? type : type + ": " + cause.group(2);
    }
    if (root.isEmpty()) {
      root = stackTrace.lines().findFirst().orElse("it gave no reason");
    }
    if (root.length() > LONGEST) {
      root = root.substring(0, LONGEST) + "…";
    }
    return new JobFailure(
        ProblemCode.JOB_FAILED,
        "Cannot run pipeline '%s': %s. It is tried again; see the data plane's log for more."
            .formatted(pipeline, root));
  }
}
