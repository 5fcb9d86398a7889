package dev.backlot.model.alert;

import java.util.Locale;

/**
 * What an alert is about.
 *
 * @param name unique among those of its kind, as {@code get} shows it
 */
public record Subject(Kind kind, String name) {
  /** The installation itself. */
  public static final Subject PLATFORM = new Subject(Kind.PLATFORM, "backlot");

  /** The kinds of things that can need a person. */
  public enum Kind {
    PIPELINE,
    CONNECTION,
    ENDPOINT,
    SOURCE,
    TABLE,
    AUDIT,
    PLATFORM;

    /** Returns the word that API and documents use. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Returns a pipeline as a subject. */
  public static Subject pipeline(String name) {
    return new Subject(Kind.PIPELINE, name);
  }

  /** Returns a connection as a subject. */
  public static Subject connection(String name) {
    return new Subject(Kind.CONNECTION, name);
  }

  /** Returns {@code pipeline 'movie_report'}. */
  @Override
  public String toString() {
    return kind.label() + " '" + name + "'";
  }
}
