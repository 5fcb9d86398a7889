package dev.backlot.controller.incident;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * Writes a small file into a local warehouse, and deletes it. Other warehouses are not tried:
 * there, the job that fails says so. Run by one thread; the answer is for any.
 */
final class WarehouseProbe implements Runnable {
  private static final byte[] CONTENT = new byte[64 * 1024];
  private static final long LEAST_ROOM = 32L << 20;

  private final Optional<Path> root;
  private volatile String refusal = "";

  WarehouseProbe(String warehouseUri) {
    this.root =
        warehouseUri.startsWith("file:")
            ? Optional.of(Path.of(URI.create(warehouseUri)))
            : Optional.empty();
  }

  /** Returns why nothing can be written, a clause; empty when it worked last. */
  Optional<String> refusal() {
    return Optional.of(refusal).filter(text -> !text.isEmpty());
  }

  @Override
  public void run() {
    if (root.isEmpty() || !Files.isDirectory(root.get())) {
      return;
    }
    Path file = root.get().resolve(".backlot-probe-" + UUID.randomUUID());
    try {
      Files.write(file, CONTENT, StandardOpenOption.CREATE_NEW, StandardOpenOption.SYNC);
      long room = Files.getFileStore(root.get()).getUsableSpace();
      refusal = room < LEAST_ROOM ? root.get() + " has " + (room >> 20) + " MiB of room left" : "";
    } catch (IOException | RuntimeException e) {
      refusal = root.get() + ": " + why(e);
    } finally {
      try {
        Files.deleteIfExists(file);
      } catch (IOException | RuntimeException e) {
        // what could not be written can't be deleted either
      }
    }
  }

  private static String why(Exception e) {
    String reason =
        e instanceof FileSystemException system && system.getReason() != null
            ? system.getReason()
            : String.valueOf(e.getMessage());
    return reason.toLowerCase(Locale.ROOT).replaceAll("[.\\s]+$", "");
  }
}
