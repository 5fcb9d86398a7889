package dev.backlot.cli;

import dev.backlot.model.Blame;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** {@code backlot}: the command line tool. */
@Command(
    name = "backlot",
    description = "Moves data from the databases that run a business into tables, within seconds.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    version = "backlot 0.1.0",
    subcommands = {
      DocumentCommands.Validate.class,
      DocumentCommands.Apply.class,
      PlanCommand.class,
      DocumentCommands.Diff.class,
      CheckCommand.class,
      GetCommand.class,
      ItemCommands.Describe.class,
      ItemCommands.Delete.class,
      ItemCommands.Logs.class,
      ItemCommands.Wait.class,
      PipelineCommands.Pause.class,
      PipelineCommands.Resume.class,
      PipelineCommands.Restart.class,
      PipelineCommands.Rollback.class,
      ReplayCommand.class,
      DumpCommand.class,
      DumpCommand.Cancel.class,
      DumpCommand.Set.class,
      RecaptureCommand.class,
      DataCommands.Sample.class,
      DataCommands.Query.class,
      CatalogCommands.Search.class,
      CatalogCommands.Lineage.class,
      HistoryCommand.class,
      AuditCommand.class,
      MaintainCommand.class,
      BackfillCommand.class,
      IncidentCommands.Acknowledge.class,
      IncidentCommands.Snooze.class,
      IncidentCommands.Assign.class,
      ResolveCommand.class,
      TestCommand.class,
      StatusCommand.class,
      AccessCommands.Create.class,
      AccessCommands.Disable.class,
      AccessCommands.Enable.class,
      AccessCommands.Reset.class,
      AccessCommands.SignInLink.class,
      AccessLogCommand.class,
      CommandLine.HelpCommand.class
    },
    footerHeading = "%nThe platform itself:%n",
    footer = {
      "  demo         everything embedded and the demo studio, in the foreground",
      "  up           everything embedded, in the foreground",
      "  worker       a capture worker alone",
      "",
      "Exit codes: 0 done, 1 a problem, 2 changes found (plan --detailed-exitcode),",
      "64 usage, 70 the platform's or unreachable."
    })
public final class Main implements Runnable {
  static final int PROBLEM = 1;
  static final int CHANGES = 2;
  static final int USAGE = 64;
  static final int PLATFORM = 70;
  private static final String DEFAULT_SERVER = "http://localhost:8080";

  final PrintStream out;
  final PrintStream err;
  final InputStream in;

  @Option(
      names = "--server",
      scope = ScopeType.INHERIT,
      paramLabel = "URL",
      description = "The server; else BACKLOT_SERVER, else " + DEFAULT_SERVER + ".")
  private String server = "";

  @Option(
      names = "--data-dir",
      scope = ScopeType.INHERIT,
      paramLabel = "DIR",
      description = "Whose token is shown; else BACKLOT_TOKEN, else that of the platform there.")
  private @Nullable Path dataDir;

  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  Main(InputStream in, PrintStream out, PrintStream err) {
    this.in = in;
    this.out = out;
    this.err = err;
  }

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] args) {
    PrintStream out =
        new PrintStream(
            new java.io.BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16),
            false,
            StandardCharsets.UTF_8);
    PrintStream err =
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    int code = run(args, System.in, out, err);
    out.flush();
    System.exit(out.checkError() && code == 0 ? PLATFORM : code);
  }

  /** Runs a command and returns its exit code. */
  public static int run(String[] args, InputStream in, PrintStream out, PrintStream err) {
    Main main = new Main(in, out, err);
    CommandLine line = new CommandLine(main);
    line.addSubcommand("completion", new Completion(main));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setOut(new java.io.PrintWriter(out, true));
    line.setErr(new java.io.PrintWriter(err, true));
    line.setExitCodeExceptionMapper(Main::exitCode);
    line.registerConverter(Kind.class, Kind::parse);
    line.setParameterExceptionHandler(main::wrongUsage);
    line.setExecutionExceptionHandler((e, command, parsed) -> main.failed(e));
    return line.execute(args);
  }

  @Override
  public void run() {
    spec.commandLine().usage(out);
  }

  Api api() {
    String url = server();
    return new Api(url, Credentials.ofProcess(Optional.ofNullable(dataDir)).token(url));
  }

  private String server() {
    String fromEnvironment = System.getenv("BACKLOT_SERVER");
    if (!server.isEmpty()) {
      return server;
    }
    return fromEnvironment == null ? DEFAULT_SERVER : fromEnvironment;
  }

  private int wrongUsage(CommandLine.ParameterException e, String[] args) {
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    String stop = message.endsWith(".") || message.endsWith("?") ? " " : ". ";
    err.println(
        "Cannot run '"
            + command
            + "': "
            + message
            + stop
            + "See '"
            + command
            + " --help'. [USAGE]");
    return USAGE;
  }

  private int failed(Exception e) {
    out.flush();
    if (e instanceof ProblemException problems) {
      problems.problems().forEach(err::println);
    } else {
      err.println("Cannot run the command: " + e + ". Report it. [INTERNAL]");
    }
    return exitCode(e);
  }

  static int exitCode(Throwable e) {
    if (!(e instanceof ProblemException problems)) {
      return PLATFORM;
    }
    int code = PROBLEM;
    for (Problem problem : problems.problems()) {
      if (problem.code() == ProblemCode.USAGE) {
        code = Math.max(code, USAGE);
      } else if (problem.code().blame() == Blame.PLATFORM
          && problem.code() != ProblemCode.TIMED_OUT) {
        code = Math.max(code, PLATFORM);
      }
    }
    return code;
  }

  /** Prints the script that completes commands in bash and zsh. */
  @Command(
      name = "completion",
      description = "Prints a completion script: source <(backlot completion).",
      mixinStandardHelpOptions = true)
  static final class Completion implements Runnable {
    private final Main main;

    Completion(Main main) {
      this.main = main;
    }

    @Override
    public void run() {
      CommandLine line = new CommandLine(main);
      List<String> hidden = List.of("help");
      hidden.forEach(name -> line.getCommandSpec().removeSubcommand(name));
      main.out.print(AutoComplete.bash("backlot", line));
    }
  }
}
