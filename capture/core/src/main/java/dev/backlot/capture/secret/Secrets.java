package dev.backlot.capture.secret;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import dev.backlot.model.spec.SecretReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Resolves references to secrets, from {@code BACKLOT_SECRET_*} variables and one directory only.
 * Each call reads anew, so a rotated secret counts at the next login.
 */
public final class Secrets {
  private static final String PREFIX = "BACKLOT_SECRET_";
  private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*");

  private final Map<String, String> environment;
  private final Path directory;

  /** Resolves from this process's environment and the given directory. */
  public Secrets(Path directory) {
    this(System.getenv(), directory);
  }

  /** Resolves from a given environment, for tests. */
  public Secrets(Map<String, String> environment, Path directory) {
    this.environment = Map.copyOf(environment);
    this.directory = directory;
  }

  /**
   * Returns the secret.
   *
   * @throws ProblemException CONNECTION_SECRET_MISSING when it is not there
   */
  public String resolve(SecretReference reference) {
    if (reference instanceof SecretReference.FromEnvironment environmentReference) {
      return fromEnvironment(environmentReference.variable());
    }
    return fromFile(((SecretReference.FromFile) reference).name());
  }

  /** Returns references to the secrets that there are, by name; their values are not read. */
  public List<SecretReference> references() {
    List<SecretReference> references = new ArrayList<>();
    environment.keySet().stream()
        .filter(variable -> variable.startsWith(PREFIX) && !variable.equals(PREFIX))
        .sorted()
        .forEach(variable -> references.add(new SecretReference.FromEnvironment(variable)));
    try (Stream<Path> files = Files.list(directory)) {
      files
          .filter(file -> Files.isRegularFile(file) && Files.isReadable(file))
          .map(file -> file.getFileName().toString())
          .filter(name -> FILE_NAME.matcher(name).matches())
          .sorted()
          .forEach(name -> references.add(new SecretReference.FromFile(name)));
    } catch (IOException e) {
      // without a secrets directory there are no files in it
    }
    return references;
  }

  private String fromEnvironment(String variable) {
    String value = variable.startsWith(PREFIX) ? environment.get(variable) : null;
    if (value == null) {
      throw missing(
          variable,
          variable.startsWith(PREFIX)
              ? "the environment variable is not set. Set it and start Backlot again."
              : "only variables that begin with " + PREFIX + " are read. Rename it.");
    }
    return value;
  }

  private String fromFile(String name) {
    if (!FILE_NAME.matcher(name).matches()) {
      throw missing(name, "it is not a plain file name. Name a file of the secrets directory.");
    }
    Path file = directory.resolve(name);
    try {
      String content = Files.readString(file);
      return content.endsWith("\n") ? content.substring(0, content.length() - 1) : content;
    } catch (IOException e) {
      throw missing(
          name, "there is no readable file of that name in the secrets directory. Write it there.");
    }
  }

  private static ProblemException missing(String name, String cause) {
    return new ProblemException(
        ProblemCode.CONNECTION_SECRET_MISSING, "Cannot read secret '" + name + "': " + cause);
  }
}
