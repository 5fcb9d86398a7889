package dev.backlot.controller.lineage;

import dev.backlot.model.source.PublishedName;
import dev.backlot.model.source.SqlIdentifier;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A field in the graph of fields.
 *
 * @param kind what has it
 * @param owner the Source's or table's name; of a step {@code pipeline/step}; of a pipeline its
 *     name
 * @param field the field; empty for the whole: a Source or table as such, a pipeline, or the rows
 *     that a step lets pass
 */
public record LineageNode(Kind kind, String owner, String field) {
  /** What has fields. */
  public enum Kind {
    SOURCE,
    STEP,
    TABLE,
    PIPELINE;

    /** Returns the word that is shown. */
    public String label() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** Returns a Source's field. */
  public static LineageNode source(String source, String field) {
    return new LineageNode(Kind.SOURCE, source, field);
  }

  /** Returns a table's column. */
  public static LineageNode table(String table, String column) {
    return new LineageNode(Kind.TABLE, table, column);
  }

  /** Returns a field of a step's output. */
  public static LineageNode step(String pipeline, String step, String field) {
    return new LineageNode(Kind.STEP, pipeline + "/" + step, field);
  }

  /** Returns whether it belongs to what holds data, unlike a step. */
  public boolean isData() {
    return kind == Kind.SOURCE || kind == Kind.TABLE;
  }

  /** Returns the same without the field. */
  public LineageNode whole() {
    return new LineageNode(kind, owner, "");
  }

  /** Returns a text that {@link #parse} reads, such as {@code table:studio.movie_report.title}. */
  public String id() {
    String name = kind.label() + ":" + owner;
    return field.isEmpty() ? name : name + "." + SqlIdentifier.quoteIfNeeded(field);
  }

  /**
   * Reads {@code source:NAME[.FIELD]}, {@code table:NAME[.COLUMN]}, {@code
   * step:PIPELINE/STEP[.FIELD]} or {@code pipeline:NAME}, names as they are written elsewhere and
   * fields quoted where they are not plain.
   *
   * @throws IllegalArgumentException with the cause and the next step in plain words
   */
  public static LineageNode parse(String id) {
    int colon = id.indexOf(':');
    String word = colon < 0 ? "" : id.substring(0, colon);
    String rest = id.substring(colon + 1);
    return switch (word) {
      case "source" -> {
        List<SqlIdentifier.Part> parts = SqlIdentifier.split(rest);
        boolean published = PublishedName.is(parts.get(0).text()) && parts.size() < 3;
        yield of(Kind.SOURCE, parts, published ? 1 : 3);
      }
      case "table" -> of(Kind.TABLE, SqlIdentifier.split(rest), 2);
      case "step" -> {
        int slash = rest.indexOf('/');
        int dot = rest.indexOf('.', Math.max(0, slash));
        if (slash < 0) {
          throw new IllegalArgumentException("a step is written as step:PIPELINE/STEP.FIELD");
        }
        yield dot < 0
            ? new LineageNode(Kind.STEP, rest, "")
            : new LineageNode(
                Kind.STEP,
                rest.substring(0, dot),
                SqlIdentifier.split(rest.substring(dot + 1)).get(0).text());
      }
      case "pipeline" -> new LineageNode(Kind.PIPELINE, rest, "");
      default ->
          throw new IllegalArgumentException(
              "it does not begin with source:, table:, step: or pipeline:. Write such as"
                  + " source:studio.public.movie.title");
    };
  }

  private static LineageNode of(Kind kind, List<SqlIdentifier.Part> parts, int own) {
    if (parts.size() < own || parts.size() > own + 1) {
      throw new IllegalArgumentException(
          "it has " + parts.size() + " parts instead of " + own + " and perhaps a field");
    }
    String name =
        parts.subList(0, own).stream()
            .map(
                part -> kind == Kind.TABLE ? part.text() : SqlIdentifier.quoteIfNeeded(part.text()))
            .collect(Collectors.joining("."));
    return new LineageNode(kind, name, parts.size() > own ? parts.get(own).text() : "");
  }
}
