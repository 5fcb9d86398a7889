package dev.backlot.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the token that a server asks for: {@code BACKLOT_TOKEN}; else that of a data directory,
 * which is only ever sent to this machine: the one that is named, else the one that the platform on
 * the server's port has written down, else the default one.
 */
final class Credentials {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final int DEFAULT_PORT = 80;

  private final String environment;
  private final Optional<Path> dataDir;
  private final Path home;

  Credentials(String environment, Optional<Path> dataDir, Path home) {
    this.environment = environment;
    this.dataDir = dataDir;
    this.home = home;
  }

  static Credentials ofProcess(Optional<Path> dataDir) {
    String token = System.getenv("BACKLOT_TOKEN");
    return new Credentials(
        token == null ? "" : token.strip(), dataDir, Path.of(System.getProperty("user.home")));
  }

  /** Returns the token for a server; empty when there is none. */
  String token(String server) {
    if (!environment.isEmpty() && dataDir.isEmpty()) {
      return environment;
    }
    Optional<Integer> port = loopbackPort(server);
    if (port.isEmpty()) {
      return "";
    }
    Path own = home.resolve(".backlot");
    Path directory =
        dataDir.orElseGet(
            () ->
                read(own.resolve("servers").resolve(String.valueOf(port.get())))
                    .map(Path::of)
                    .orElse(own));
    return read(directory.resolve("token")).orElse("");
  }

  private static Optional<Integer> loopbackPort(String server) {
    try {
      URI uri = URI.create(server);
      return uri.getHost() != null && LOOPBACK.contains(uri.getHost())
          ? Optional.of(uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort())
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> read(Path file) {
    try {
      return Files.isReadable(file)
          ? Optional.of(Files.readString(file).strip())
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
