package dev.backlot.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code recapture connection NAME}. */
@Command(
    name = "recapture",
    description = {
      "Captures a connection anew: a new slot, and every Source dumped into a new topic.",
      "For when the database or Kafka lost what was not read yet. Pipelines follow by themselves;",
      "their views fill again while the tables are dumped."
    },
    mixinStandardHelpOptions = true)
final class RecaptureCommand implements Callable<Integer> {
  @ParentCommand private Main main;
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Parameters(index = "0", paramLabel = "connection")
  private Kind kind = Kind.CONNECTION;

  @Parameters(index = "1", paramLabel = "NAME")
  private String name = "";

  @Override
  public Integer call() {
    if (kind != Kind.CONNECTION) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "only connections can be captured anew, not a " + kind.noun());
    }
    main.api().post(kind.path(name) + "/recapture", Map.of());
    main.out.println("connection " + name + " is captured anew");
    return 0;
  }
}
