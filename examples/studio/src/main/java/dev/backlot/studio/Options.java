package dev.backlot.studio;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * What the command line says.
 *
 * @param control directory of the pause switch
 * @param seed of the data
 * @param rate of the workload, in changed rows a second
 * @param paused whether to throw the pause switch before the workload begins
 * @param graphPort where to serve the graph; not served without one
 * @param once whether to end when the data are there
 */
record Options(
    String host,
    int port,
    String adminUser,
    String database,
    Path control,
    long seed,
    double rate,
    boolean paused,
    OptionalInt graphPort,
    boolean once) {
  private static final Set<String> VALUES =
      Set.of(
          "--host",
          "--port",
          "--admin-user",
          "--database",
          "--control",
          "--seed",
          "--rate",
          "--graph-port");
  private static final Set<String> SWITCHES = Set.of("--no-workload", "--once");

  /**
   * Reads the command line.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  static Options parse(List<String> arguments) {
    Map<String, String> given = new HashMap<>();
    for (int i = 0; i < arguments.size(); i++) {
      String option = arguments.get(i);
      if (SWITCHES.contains(option)) {
        given.put(option, "");
      } else if (VALUES.contains(option) && i + 1 < arguments.size()) {
        given.put(option, arguments.get(++i));
      } else {
        throw new IllegalArgumentException(
            "Cannot read option '%s': it is unknown or lacks its value. Known: %s, %s."
                .formatted(option, sorted(VALUES), sorted(SWITCHES)));
      }
    }
    double rate = Double.parseDouble(given.getOrDefault("--rate", "10"));
    if (!(rate > 0)) {
      throw new IllegalArgumentException(
          "Cannot use rate '%s': it is not above 0. Pause with --no-workload.".formatted(rate));
    }
    return new Options(
        given.getOrDefault("--host", "localhost"),
        Integer.parseInt(given.getOrDefault("--port", "5432")),
        given.getOrDefault("--admin-user", "postgres"),
        given.getOrDefault("--database", "studio"),
        Path.of(given.getOrDefault("--control", "studio-control")),
        Long.parseLong(given.getOrDefault("--seed", "1")),
        rate,
        given.containsKey("--no-workload"),
        given.containsKey("--graph-port")
            ? OptionalInt.of(Integer.parseInt(given.get("--graph-port")))
            : OptionalInt.empty(),
        given.containsKey("--once"));
  }

  private static String sorted(Set<String> options) {
    return String.join(" ", options.stream().sorted().toList());
  }
}
