package dev.backlot.server;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * What the command line says: {@code up|demo [--data-dir DIR] [--port N] [--config FILE]}, and for
 * the demo {@code --no-workload}.
 *
 * @param demo whether the demo studio is wanted too
 * @param workload whether the demo's workload begins at once
 */
record Options(
    boolean demo,
    boolean workload,
    Optional<Path> dataDir,
    Optional<Integer> port,
    Optional<Path> configFile) {
  static final String USAGE =
      """
      Usage: backlot up|demo [--data-dir DIR] [--port PORT] [--config FILE]

        up      runs a platform in the foreground; Ctrl-C stops it
        demo    the same, with a film studio's database whose data never stop moving

        --data-dir DIR    where everything is kept; default ~/.backlot
        --port PORT       where UI and API listen; default 8080. The other services take the
                          ports after it: metadata database +1, Kafka +2, Flink +3, data plane
                          +4, the demo's database +5, Kafka's controller +7
        --config FILE     other ports, external services, memory; see docs/configuration.md
        --no-workload     the demo's data stand still at first
      """;

  /** Reads the arguments; {@code --name VALUE} and {@code --name=VALUE} are the same. */
  static Options parse(List<String> arguments) {
    boolean workload = true;
    Optional<Path> dataDir = Optional.empty();
    Optional<Integer> port = Optional.empty();
    Optional<Path> configFile = Optional.empty();
    if (arguments.isEmpty() || !List.of("up", "demo").contains(arguments.get(0))) {
      throw usage("Cannot run Backlot: the first word must be 'up' or 'demo'");
    }
    boolean demo = arguments.get(0).equals("demo");
    Iterator<String> rest = arguments.subList(1, arguments.size()).iterator();
    while (rest.hasNext()) {
      String argument = rest.next();
      if (demo && argument.equals("--no-workload")) {
        workload = false;
        continue;
      }
      int equals = argument.indexOf('=');
      String name = equals < 0 ? argument : argument.substring(0, equals);
      if (!List.of("--data-dir", "--port", "--config").contains(name)) {
        throw usage("Cannot run Backlot: unknown option '" + argument + "'");
      }
      if (equals < 0 && !rest.hasNext()) {
        throw usage("Cannot run Backlot: option '" + name + "' needs a value");
      }
      String value = equals < 0 ? rest.next() : argument.substring(equals + 1);
      switch (name) {
        case "--data-dir" -> dataDir = Optional.of(Path.of(value));
        case "--config" -> configFile = Optional.of(Path.of(value));
        default -> port = Optional.of(port(value));
      }
    }
    return new Options(demo, workload, dataDir, port, configFile);
  }

  private static int port(String value) {
    try {
      int port = Integer.parseInt(value);
      if (port >= 1 && port <= 65528) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Falls through to the same problem.
    }
    throw usage("Cannot run Backlot: '" + value + "' is not a port from 1 to 65528");
  }

  private static ProblemException usage(String message) {
    return new ProblemException(ProblemCode.USAGE, message + ". See backlot up --help.");
  }
}
