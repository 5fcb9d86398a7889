package dev.backlot.warehouse;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;

/**
 * The name of a table or view in the catalog {@code lake}: {@code studio.movie_report}. A part that
 * is no plain identifier is double-quoted as in SQL.
 *
 * @param namespace without dots
 * @param name exact, case kept
 */
public record TableName(String namespace, String name)
    implements Serializable, Comparable<TableName> {
  /** Ends the name of the business view of a table. */
  public static final String LATEST = "_latest";

  private static final int LONGEST = 128;

  /** Refuses what can be no name. */
  public TableName {
    if (namespace.contains(".")) {
      throw invalid(namespace + "." + name, "a namespace has no dots");
    }
    for (String part : List.of(namespace, name)) {
      if (part.isBlank() || part.length() > LONGEST) {
        throw invalid(namespace + "." + name, "each part has 1 to " + LONGEST + " characters");
      }
      if (part.chars().anyMatch(c -> c < ' ' || c == '/' || c == '\\')) {
        throw invalid(namespace + "." + name, "slashes and control characters are not allowed");
      }
    }
  }

  /**
   * Parses {@code namespace.table} or {@code lake.namespace.table}.
   *
   * @throws ProblemException with SPEC_INVALID_VALUE
   */
  public static TableName parse(String text) {
    List<String> parts = split(text);
    if (parts.size() == 3 && parts.get(0).equals(LakeCatalog.NAME)) {
      parts = parts.subList(1, 3);
    }
    if (parts.size() != 2) {
      throw invalid(text, "it has " + parts.size() + " parts, and namespace.table has two");
    }
    return new TableName(parts.get(0), parts.get(1));
  }

  static TableName of(TableIdentifier identifier) {
    return new TableName(identifier.namespace().toString(), identifier.name());
  }

  /** Returns Iceberg's name for it. */
  public TableIdentifier identifier() {
    return TableIdentifier.of(Namespace.of(namespace), name);
  }

  /** Returns the name of this table's business view. */
  public TableName latest() {
    return new TableName(namespace, name + LATEST);
  }

  /** Returns the name as a spec or a query writes it. */
  @Override
  public String toString() {
    return quoted(namespace) + "." + quoted(name);
  }

  @Override
  public int compareTo(TableName other) {
    int byNamespace = namespace.compareTo(other.namespace);
    return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
  }

  private static String quoted(String part) {
    return part.matches("[A-Za-z_][A-Za-z0-9_$]*") ? part : '"' + part.replace("\"", "\"\"") + '"';
  }

  private static List<String> split(String text) {
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    boolean inQuotes = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' && inQuotes && i + 1 < text.length() && text.charAt(i + 1) == '"') {
        part.append('"');
        i++;
      } else if (c == '"') {
        inQuotes = !inQuotes;
      } else if (c == '.' && !inQuotes) {
        parts.add(part.toString());
        part.setLength(0);
      } else {
        part.append(c);
      }
    }
    if (inQuotes) {
      throw invalid(text, "a quote is not closed");
    }
    parts.add(part.toString());
    return parts;
  }

  private static ProblemException invalid(String text, String cause) {
    return new ProblemException(
        ProblemCode.SPEC_INVALID_VALUE,
        "Cannot use table name '" + text + "': " + cause + ". Write it as namespace.table.");
  }
}
