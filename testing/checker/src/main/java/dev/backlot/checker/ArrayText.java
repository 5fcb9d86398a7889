package dev.backlot.checker;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads PostgreSQL's text form of a one-dimensional array (documentation, section 8.15.6). */
final class ArrayText {
  private ArrayText() {}

  /** Returns the elements' texts, null for NULL. */
  static List<@Nullable String> elements(String text) {
    List<@Nullable String> elements = new ArrayList<>();
    int at = 1;
    while (at < text.length() && text.charAt(at) != '}') {
      StringBuilder element = new StringBuilder();
      boolean quoted = text.charAt(at) == '"';
      if (quoted) {
        at++;
      }
      while (quoted ? text.charAt(at) != '"' : text.charAt(at) != ',' && text.charAt(at) != '}') {
        if (text.charAt(at) == '\\') {
          at++;
        }
        element.append(text.charAt(at++));
      }
      if (quoted) {
        at++;
      }
      boolean isNull = !quoted && element.toString().equalsIgnoreCase("NULL");
      elements.add(isNull ? null : element.toString());
      if (text.charAt(at) == ',') {
        at++;
      }
    }
    return elements;
  }
}
