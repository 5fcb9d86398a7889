package dev.backlot.warehouse.query;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.backlot.model.Place;
import dev.backlot.model.Problem;
import dev.backlot.model.ProblemCode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** DuckDB's errors as problems with a place in the statement. */
final class DuckError {
  private static final ObjectMapper JSON = new ObjectMapper();

  private DuckError() {}

  /** Returns the problem that an exception's message tells, as JSON or as plain text. */
  static Problem problem(String message, String sql) {
    JsonNode json = json(message);
    String text = json.path("exception_message").asText(message);
    ProblemCode code =
        json.path("exception_type").asText().equals("Permission")
            ? ProblemCode.QUERY_FORBIDDEN
            : ProblemCode.QUERY_INVALID;
    if (json.path("error_subtype").asText().equals("COLUMN_NOT_FOUND") && json.has("name")) {
      text = noColumn(json.path("name").asText(), json.path("candidates").asText(""));
    }
    return Problem.of(code, message(text)).at(place(json.path("position").asText(""), sql));
  }

  /** Returns the problem of a statement that DuckDB can't parse. */
  static Problem ofParse(JsonNode parsed, String sql) {
    String text = parsed.path("error_message").asText();
    if (parsed.path("error_type").asText().equals("not implemented")) {
      return Problem.of(
          ProblemCode.QUERY_FORBIDDEN,
          "Cannot run query: only a SELECT may run here, and this is something else. Write a"
              + " SELECT.");
    }
    return Problem.of(ProblemCode.QUERY_INVALID, message(text))
        .at(place(parsed.path("position").asText(""), sql));
  }

  private static String noColumn(String name, String candidates) {
    List<String> columns =
        Arrays.stream(candidates.split(",")).map(String::strip).filter(c -> !c.isEmpty()).toList();
    List<String> near = NearNames.of(name, columns);
    String next =
        near.isEmpty()
            ? "See `backlot describe table`"
            : "Did you mean \"" + String.join("\" or \"", near) + "\"?";
    return "there is no column \"" + name + "\". " + next;
  }

  private static String message(String text) {
    String oneLine = text.strip().replaceAll("!?\\s*\\n+\\s*", ". ").replaceAll("!$", "");
    String cause = oneLine.substring(0, 1).toLowerCase(Locale.ROOT) + oneLine.substring(1);
    return "Cannot run query: " + cause + (cause.endsWith("?") || cause.endsWith(".") ? "" : ".");
  }

  private static JsonNode json(String message) {
    int start = message.indexOf('{');
    if (start >= 0) {
      try {
        return JSON.readTree(message.substring(start));
      } catch (JsonProcessingException e) {
        return MissingNode.getInstance();
      }
    }
    return MissingNode.getInstance();
  }

  /** Returns line and column of an offset in UTF-8 bytes. */
  static Place place(String byteOffset, String sql) {
    byte[] bytes = sql.getBytes(StandardCharsets.UTF_8);
    long offset;
    try {
      offset = Long.parseLong(byteOffset);
    } catch (NumberFormatException e) {
      return Place.NOWHERE;
    }
    if (offset < 0 || offset > bytes.length) {
      return Place.NOWHERE;
    }
    String before = new String(bytes, 0, (int) offset, StandardCharsets.UTF_8);
    int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
    String lastLine = before.substring(before.lastIndexOf('\n') + 1);
    return new Place("", line, lastLine.codePointCount(0, lastLine.length()) + 1, "");
  }
}
