package dev.backlot.server;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.spec.SecretReference;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Secrets that the configuration file refers to. */
final class OwnSecrets {
  private OwnSecrets() {}

  static String read(SecretReference reference, Path directory) {
    if (reference instanceof SecretReference.FromEnvironment environment) {
      String value = System.getenv(environment.variable());
      if (value != null) {
        return value;
      }
      throw new ProblemException(
          ProblemCode.CONNECTION_SECRET_MISSING,
          "Cannot read secret '"
              + environment.variable()
              + "': the environment has no such variable. Set it before starting Backlot.");
    }
    String name = ((SecretReference.FromFile) reference).name();
    Path file = directory.resolve(name).normalize();
    if (!file.startsWith(directory) || !Files.isReadable(file)) {
      throw new ProblemException(
          ProblemCode.CONNECTION_SECRET_MISSING,
          "Cannot read secret '" + name + "': " + directory + " has no such file. Write it there.");
    }
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
