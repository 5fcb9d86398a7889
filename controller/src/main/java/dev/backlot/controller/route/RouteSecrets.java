package dev.backlot.controller.route;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.spec.SecretReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Resolves routes' secrets, from {@code BACKLOT_SECRET_*} variables and one directory only. Each
 * call reads anew, so a rotated secret counts for the next message.
 */
public final class RouteSecrets {
  private static final String PREFIX = "BACKLOT_SECRET_";
  private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*");

  private final Map<String, String> environment;
  private final Path directory;

  /** Resolves from an environment and a directory. */
  public RouteSecrets(Map<String, String> environment, Path directory) {
    this.environment = Map.copyOf(environment);
    this.directory = directory;
  }

  /**
   * Returns the secret.
   *
   * @throws ProblemException CONNECTION_SECRET_MISSING when it is not there or empty
   */
  String resolve(SecretReference reference) {
    String secret =
        reference instanceof SecretReference.FromEnvironment variable
            ? fromEnvironment(variable.variable())
            : fromFile(((SecretReference.FromFile) reference).name());
    if (secret.isBlank()) {
      throw missing(name(reference), "it is empty. Write the secret there.");
    }
    return secret;
  }

  private String fromEnvironment(String variable) {
    String value = variable.startsWith(PREFIX) ? environment.get(variable) : null;
    if (value == null) {
      throw missing(
          variable, "the environment variable is not set. Set it and start Backlot again.");
    }
    return value;
  }

  private String fromFile(String name) {
    try {
      if (FILE_NAME.matcher(name).matches()) {
        return Files.readString(directory.resolve(name)).strip();
      }
    } catch (IOException e) {
      // said below
    }
    throw missing(
        name, "there is no readable file of that name in the secrets directory. Write it there.");
  }

  private static String name(SecretReference reference) {
    return reference instanceof SecretReference.FromEnvironment variable
        ? variable.variable()
        : ((SecretReference.FromFile) reference).name();
  }

  private static ProblemException missing(String name, String cause) {
    return new ProblemException(
        ProblemCode.CONNECTION_SECRET_MISSING, "Cannot read secret '" + name + "': " + cause);
  }
}
