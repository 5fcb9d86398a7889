package dev.backlot.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code test route NAME}. */
@Command(
    name = "test",
    description = "Sends a test by a route, and says what its receiver said.",
    mixinStandardHelpOptions = true)
final class TestCommand implements Callable<Integer> {
  @ParentCommand private Main main;
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Parameters(index = "0", paramLabel = "route")
  private Kind kind = Kind.ROUTE;

  @Parameters(index = "1", paramLabel = "NAME")
  private String name = "";

  @Override
  public Integer call() {
    if (kind != Kind.ROUTE) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "only routes can be tested, not a " + kind.noun());
    }
    Map<String, @Nullable Object> answer = main.api().post(kind.path(name) + "/test", Map.of());
    main.out.println(
        "route "
            + name
            + " "
            + Values.text(answer.get("outcome"))
            + ": "
            + Values.text(answer.get("detail"))
            + " ("
            + Values.text(answer.get("millis"))
            + " ms)");
    return 0;
  }
}
