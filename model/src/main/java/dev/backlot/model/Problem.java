package dev.backlot.model;

/**
 * Something that is wrong, as a value: API, CLI and UI show the same text.
 *
 * @param code the stable kind of problem
 * @param message {@code Cannot <verb> <noun> '<name>': <cause>. <next step>.}
 * @param place where in the user's document, or {@link Place#NOWHERE}
 */
public record Problem(ProblemCode code, String message, Place place) {

  /** Returns a problem without a place in a document. */
  public static Problem of(ProblemCode code, String message) {
    return new Problem(code, message, Place.NOWHERE);
  }

  /** Returns the same problem at another place. */
  public Problem at(Place newPlace) {
    return new Problem(code, message, newPlace);
  }

  /** Returns {@code [place: ]message [CODE]}, as the command line prints it. */
  @Override
  public String toString() {
    String where = place.toString();
    return (where.isEmpty() ? "" : where + ": ") + message + " [" + code + "]";
  }
}
