package dev.backlot.server;

import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds out, before anything starts, which ports are taken and by whom. */
final class ListeningPorts {
  private ListeningPorts() {}

  /** Returns a problem for each port that is taken. */
  static List<Problem> taken(Map<String, Integer> portsByService) {
    List<Problem> problems = new ArrayList<>();
    portsByService.forEach(
        (service, port) -> {
          if (!free(port)) {
            problems.add(
                Problem.of(
                    ProblemCode.PORT_TAKEN,
                    "Cannot start service '"
                        + service
                        + "': port "
                        + port
                        + " is taken by "
                        + holder(port).orElse("another process")
                        + ". Stop that, or choose other ports with --port or in the"
                        + " configuration file."));
          }
        });
    return problems;
  }

  private static boolean free(int port) {
    for (InetAddress address : addresses()) {
      try (ServerSocket socket = new ServerSocket()) {
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(address, port));
      } catch (IOException e) {
        return false;
      }
    }
    return true;
  }

  /** Loopback for what listens there, and the wildcard for what listens everywhere. */
  private static List<InetAddress> addresses() {
    return List.of(
        new InetSocketAddress("127.0.0.1", 0).getAddress(), new InetSocketAddress(0).getAddress());
  }

  /** Returns who listens, where the system tells: on Linux, for one's own processes. */
  static Optional<String> holder(int port) {
    try {
      for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
        Optional<String> inode = listeningInode(Path.of(table), port);
        if (inode.isPresent()) {
          return processOf("socket:[" + inode.get() + "]");
        }
      }
    } catch (IOException e) {
      return Optional.empty();
    }
    return Optional.empty();
  }

  /** The table's columns are those of proc(5): local address, state 0A for listening, inode. */
  private static Optional<String> listeningInode(Path table, int port) throws IOException {
    if (!Files.isReadable(table)) {
      return Optional.empty();
    }
    String suffix = String.format(":%04X", port);
    for (String line : Files.readAllLines(table)) {
      String[] columns = line.strip().split("\\s+");
      if (columns.length > 9 && columns[1].endsWith(suffix) && columns[3].equals("0A")) {
        return Optional.of(columns[9]);
      }
    }
    return Optional.empty();
  }

  private static Optional<String> processOf(String socket) throws IOException {
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
      for (Path process : processes) {
        if (holds(process.resolve("fd"), socket)) {
          String command = Files.readString(process.resolve("cmdline")).replace('\0', ' ').strip();
          String shown = command.length() > 100 ? command.substring(0, 100) + "…" : command;
          return Optional.of("process " + process.getFileName() + " (" + shown + ")");
        }
      }
    }
    return Optional.empty();
  }

  private static boolean holds(Path descriptors, String socket) {
    try (DirectoryStream<Path> links = Files.newDirectoryStream(descriptors)) {
      for (Path link : links) {
        if (Files.isSymbolicLink(link) && Files.readSymbolicLink(link).toString().equals(socket)) {
          return true;
        }
      }
    } catch (IOException e) {
      return false;
    }
    return false;
  }
}
