package dev.backlot.server;

import dev.backlot.model.Problem;
import dev.backlot.server.process.Service;
import dev.backlot.server.process.Supervisor;
import java.io.PrintStream;
import java.time.Duration;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** What the user sees in the terminal. Thread-safe. */
final class Console implements Supervisor.Reporter {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");

  private final PrintStream out;
  private final PrintStream err;

  Console(PrintStream out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  @Override
  public void starting(List<String> services) {
    say("  starting " + String.join(", ", services) + " …");
  }

  @Override
  public void started(Service service, Duration after) {
    say(
        String.format(
            Locale.ROOT,
            "  %-18s ready in %4.1f s   %s",
            service.name(),
            after.toMillis() / 1000.0,
            service.url().orElse("")));
  }

  @Override
  public void note(String message) {
    say(LocalTime.now().format(TIME) + "  " + message);
  }

  synchronized void say(String line) {
    out.println(line.stripTrailing());
    out.flush();
  }

  synchronized void problems(List<Problem> problems) {
    problems.forEach(err::println);
    err.flush();
  }
}
