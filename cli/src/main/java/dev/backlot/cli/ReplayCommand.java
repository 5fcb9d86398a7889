package dev.backlot.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code replay deadletters PIPELINE}. */
@Command(
    name = "replay",
    description = "Processes a pipeline's dead letters once more, after their cause is mended.",
    mixinStandardHelpOptions = true)
final class ReplayCommand implements Callable<Integer> {
  @ParentCommand private Main main;
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Parameters(index = "0", paramLabel = "deadletters")
  private Kind kind = Kind.DEADLETTER;

  @Parameters(index = "1", paramLabel = "PIPELINE")
  private String pipeline = "";

  @Option(names = "--step", paramLabel = "STEP", description = "Those that failed in this step.")
  private String step = "";

  @Option(names = "--id", paramLabel = "ID", description = "This one; may stand several times.")
  private List<String> ids = new ArrayList<>();

  @Option(names = "--all", description = "All that wait.")
  private boolean all;

  @Override
  public Integer call() {
    if (kind != Kind.DEADLETTER) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "only dead letters can be replayed, not a " + kind.noun());
    }
    if (step.isEmpty() && ids.isEmpty() && !all) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "say which: --all, --step STEP or --id ID");
    }
    Map<String, @Nullable Object> request = new LinkedHashMap<>();
    request.put("step", step);
    request.put("ids", ids);
    request.put("all", all);
    Map<String, @Nullable Object> answer =
        main.api().post(Kind.PIPELINE.path(pipeline) + "/deadletters/replay", request);
    List<?> replayed = Values.list(answer.get("replayed"));
    main.out.println(
        replayed.size()
            + (replayed.size() == 1 ? " dead letter of pipeline " : " dead letters of pipeline ")
            + pipeline
            + " on the way");
    boolean refused = false;
    for (Object element : Values.list(answer.get("refused"))) {
      Map<String, @Nullable Object> refusal = Values.map(element);
      main.out.println(
          "not " + Values.text(refusal.get("id")) + ": " + Values.text(refusal.get("reason")));
      refused = true;
    }
    return refused ? Main.PROBLEM : 0;
  }
}
