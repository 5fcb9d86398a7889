package dev.backlot.controller.secret;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backlot.model.spec.SecretReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A secret that a document names.
 *
 * @param path where, such as {@code config.password} or {@code steps[1].config.token}; empty for
 *     the document itself
 */
public record NamedSecret(SecretReference reference, String path) {
  /** No other variable is ever read. */
  private static final String PREFIX = "BACKLOT_SECRET_";

  /**
   * Returns every secret that a document names, in reading order, one that stands twice twice.
   *
   * <p>It goes by the shape alone: an object with a text {@code env} or {@code file}, anywhere but
   * in the labels. So what a kind of document or somebody else's step may hold some day is found
   * without being listed here, and what only looks like a reference is taken for one.
   */
  public static List<NamedSecret> in(JsonNode document) {
    List<NamedSecret> found = new ArrayList<>();
    collect(document, "", found);
    return List.copyOf(found);
  }

  private static void collect(JsonNode node, String path, List<NamedSecret> found) {
    if (path.equals("labels")) {
      return;
    }
    String variable = node.path("env").asText();
    if (node.path("env").isTextual() && variable.startsWith(PREFIX)) {
      found.add(new NamedSecret(new SecretReference.FromEnvironment(variable), path));
    }
    if (node.path("file").isTextual()) {
      found.add(new NamedSecret(new SecretReference.FromFile(node.path("file").asText()), path));
    }
    if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        collect(node.get(i), path + "[" + i + "]", found);
      }
    }
    node.properties()
        .forEach(
            field ->
                collect(
                    field.getValue(),
                    path.isEmpty() ? field.getKey() : path + "." + field.getKey(),
                    found));
  }

  /** Returns the variable's or the file's name. */
  String name() {
    return reference instanceof SecretReference.FromEnvironment variable
        ? variable.variable()
        : ((SecretReference.FromFile) reference).name();
  }

  /** Returns what is the same for all references that may lead to the same secret. */
  SecretReference folded() {
    // There are file systems that don't tell Studio from studio.
    return reference instanceof SecretReference.FromFile file
        ? new SecretReference.FromFile(file.name().toLowerCase(Locale.ROOT))
        : reference;
  }
}
