package dev.backlot.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code pause pipeline NAME} and its kin; pause and resume are for dumps too. */
final class PipelineCommands {
  private PipelineCommands() {}

  /** The pipeline, or the dump, that a command is about. */
  abstract static class OnPipeline implements Callable<Integer> {
    @ParentCommand Main main;
    @CommandLine.Spec CommandLine.Model.CommandSpec spec;

    @Parameters(index = "0", paramLabel = "pipeline")
    Kind kind = Kind.PIPELINE;

    @Parameters(index = "1", paramLabel = "NAME")
    String name = "";

    /** Tells a dump, which has the same word for it. */
    int commandOfDump(String verb) {
      Map<String, @Nullable Object> dump = main.api().post(kind.path(name) + "/" + verb, Map.of());
      main.out.println(
          "dump "
              + name
              + " of "
              + Values.text(dump.get("source"))
              + " "
              + Values.text(dump.get("state")));
      return 0;
    }

    int command(String verb, String query) {
      if (kind != Kind.PIPELINE) {
        throw new CommandLine.ParameterException(
            spec.commandLine(), "only pipelines can be told this, not a " + kind.noun());
      }
      Map<String, @Nullable Object> item =
          main.api().post(kind.path(name) + "/" + verb + query, Map.of());
      Map<String, @Nullable Object> status = Values.map(item.get("status"));
      main.out.println(
          "pipeline "
              + name
              + " "
              + Values.text(status.get("state"))
              + " (revision "
              + Values.text(status.get("revision"))
              + ")");
      return 0;
    }
  }

  @Command(
      name = "pause",
      description = "Stops a pipeline's job, or a dump; it resumes where it stopped.",
      mixinStandardHelpOptions = true)
  static final class Pause extends OnPipeline {
    @Override
    public Integer call() {
      return kind == Kind.DUMP ? commandOfDump("pause") : command("pause", "");
    }
  }

  @Command(
      name = "resume",
      description = "Lets a paused pipeline or dump run again.",
      mixinStandardHelpOptions = true)
  static final class Resume extends OnPipeline {
    @Override
    public Integer call() {
      return kind == Kind.DUMP ? commandOfDump("resume") : command("resume", "");
    }
  }

  @Command(
      name = "restart",
      description = "Plans a pipeline afresh and starts its job anew.",
      mixinStandardHelpOptions = true)
  static final class Restart extends OnPipeline {
    @Override
    public Integer call() {
      return command("restart", "");
    }
  }

  @Command(
      name = "rollback",
      description = "Makes an earlier revision the newest.",
      mixinStandardHelpOptions = true)
  static final class Rollback extends OnPipeline {
    @Option(names = "--revision", description = "Which; the one before unless given.")
    private long revision;

    @Override
    public Integer call() {
      return command("rollback", "?revision=" + revision);
    }
  }
}
