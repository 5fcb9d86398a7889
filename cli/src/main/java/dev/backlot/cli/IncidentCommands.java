package dev.backlot.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code acknowledge incident ID} and its kin. */
final class IncidentCommands {
  private IncidentCommands() {}

  /** Tells an incident something, and prints what it is then. */
  static int command(Main main, String path, String id, String message, Map<String, Object> more) {
    Map<String, @Nullable Object> request = new LinkedHashMap<>(more);
    request.put("author", System.getProperty("user.name", ""));
    request.put("message", message);
    Map<String, @Nullable Object> item = main.api().post(path, request);
    Map<String, @Nullable Object> status = Values.map(item.get("status"));
    String until = Values.text(status.get("snoozed_until"));
    String owner = Values.text(Values.map(item.get("spec")).get("owner"));
    main.out.println(
        "incident "
            + id
            + " "
            + Values.text(status.get("state"))
            + (until.isEmpty() ? "" : " until " + until)
            + (owner.isEmpty() ? "" : " (owner " + owner + ")"));
    return 0;
  }

  /** The incident that a command is about. */
  abstract static class OnIncident implements Callable<Integer> {
    @ParentCommand Main main;
    @CommandLine.Spec CommandLine.Model.CommandSpec spec;

    @Parameters(index = "0", paramLabel = "incident")
    Kind kind = Kind.INCIDENT;

    @Parameters(index = "1", paramLabel = "ID", description = "The incident's number.")
    String id = "";

    @Option(
        names = {"-m", "--message"},
        paramLabel = "TEXT",
        description = "Why; it stands in the incident's history.")
    String message = "";

    int command(String verb, Map<String, Object> more) {
      if (kind != Kind.INCIDENT) {
        throw new CommandLine.ParameterException(
            spec.commandLine(), "only incidents can be told this, not a " + kind.noun());
      }
      return IncidentCommands.command(main, kind.path(id) + "/" + verb, id, message, more);
    }
  }

  @Command(
      name = "acknowledge",
      description = "Says that you look after an incident: no more reminders.",
      mixinStandardHelpOptions = true)
  static final class Acknowledge extends OnIncident {
    @Override
    public Integer call() {
      return command("acknowledge", Map.of());
    }
  }

  @Command(
      name = "snooze",
      description = "Keeps an incident quiet for a time.",
      mixinStandardHelpOptions = true)
  static final class Snooze extends OnIncident {
    @Option(
        names = "--for",
        paramLabel = "TIME",
        defaultValue = "1h",
        description = "How long, such as 30m, 2h or 1d; 1h unless given.")
    private String time = "1h";

    @Override
    public Integer call() {
      return command("snooze", Map.of("time", time));
    }
  }

  @Command(
      name = "assign",
      description = "Gives an incident another owner.",
      mixinStandardHelpOptions = true)
  static final class Assign extends OnIncident {
    @Option(names = "--to", paramLabel = "OWNER", required = true, description = "The new owner.")
    private String owner = "";

    @Override
    public Integer call() {
      return command("assign", Map.of("owner", owner));
    }
  }
}
