package dev.backlot.spec;

import dev.backlot.model.spec.SecretReference;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads references to secrets. */
final class SecretReader {
  /** Stands for a reference that could not be read. */
  static final SecretReference NOTHING = new SecretReference.FromEnvironment("BACKLOT_SECRET_");

  private static final String PREFIX = "BACKLOT_SECRET_";
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Pattern FILE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*");

  private SecretReader() {}

  /**
   * Reads {@code env} or {@code file}.
   *
   * @param secret the reference
   * @param parent the mapping that holds it under {@code field}
   */
  static SecretReference read(MapReader secret, MapReader parent, String field) {
    Optional<String> variable = secret.string("env");
    Optional<String> file = secret.string("file");
    if (secret.has("env") == secret.has("file")) {
      parent.invalid(
          field,
          "'" + parent.pathOf(field) + "' needs exactly one of 'env' and 'file'",
          "Write '" + field + ": {env: BACKLOT_SECRET_…}'.");
      return NOTHING;
    }
    if (variable.isPresent()) {
      if (!variable.get().startsWith(PREFIX) || !VARIABLE.matcher(variable.get()).matches()) {
        secret.invalid(
            "env",
            "'" + variable.get() + "' is not a variable that may hold secrets",
            "Use one that starts with " + PREFIX + ".");
      }
      return new SecretReference.FromEnvironment(variable.get());
    }
    if (file.isPresent() && !FILE.matcher(file.get()).matches()) {
      secret.invalid(
          "file",
          "'" + file.get() + "' is not a plain file name",
          "Name a file in the secrets directory, without a path.");
    }
    return new SecretReference.FromFile(file.orElse(""));
  }
}
