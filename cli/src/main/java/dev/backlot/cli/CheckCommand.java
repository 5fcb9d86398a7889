package dev.backlot.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** {@code check -f FILE}: looks at a database before its connection is applied. */
@Command(
    name = "check",
    description = {
      "Checks the database of a connection step by step, without applying anything, and counts its",
      "tables. Every failure comes with the statement that mends it."
    },
    mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
  @ParentCommand private Main main;
  @Mixin private DocumentCommands.Files files;

  @Override
  public Integer call() throws IOException {
    boolean capturable = true;
    for (String text : files.read(main).values()) {
      try (Events events = new Events()) {
        main.api().copy("/api/v1/connections/check", Map.of("document", text), events);
        capturable &= events.capturable;
      }
    }
    return capturable ? 0 : Main.PROBLEM;
  }

  /** Prints server-sent events as they come. */
  private final class Events extends OutputStream {
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private String event = "";
    private boolean capturable;

    @Override
    public void write(int b) {
      if (b != '\n') {
        line.write(b);
        return;
      }
      String text = line.toString(StandardCharsets.UTF_8);
      line.reset();
      if (text.startsWith("event: ")) {
        event = text.substring("event: ".length());
      } else if (text.startsWith("data: ")) {
        data(text.substring("data: ".length()));
      }
    }

    private void data(String json) {
      Map<String, @Nullable Object> body = Values.map(read(json));
      switch (event) {
        case "check" -> check(body);
        case "end" -> capturable = Boolean.TRUE.equals(body.get("capturable"));
        case "problems" -> Values.list(body.get("problems")).forEach(this::message);
        default -> {
          // tables are for those who choose among them
        }
      }
    }

    private @Nullable Object read(String json) {
      try {
        return JsonText.read(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)));
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }

    private void check(Map<String, @Nullable Object> step) {
      String fact = Values.text(step.get("fact"));
      main.out.printf(
          "%-8s %s%s%n",
          Values.text(step.get("state")).toLowerCase(Locale.ROOT),
          Values.text(step.get("title")),
          fact.isEmpty() ? "" : ": " + fact);
      Values.list(step.get("problems")).forEach(this::message);
      Values.list(step.get("advice")).forEach(text -> main.out.println("         " + text));
    }

    private void message(@Nullable Object problem) {
      main.out.println("         " + Values.text(Values.map(problem).get("message")));
    }
  }
}
