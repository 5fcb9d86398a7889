package dev.backlot.capture.predicate;

import dev.backlot.model.ProblemCode;
import dev.backlot.model.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a dump's filter: comparisons of a column with literals, {@code [NOT] IN}, {@code [NOT]
 * BETWEEN}, {@code [NOT] LIKE}, {@code IS [NOT] NULL}, {@code AND}, {@code OR}, {@code NOT} and
 * parentheses. No functions, no subqueries, no casts: nothing that the database would run besides
 * the comparison itself.
 */
public final class PredicateParser {
  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s*(?:(?<text>'(?:[^']|'')*')|(?<quoted>\"(?:[^\"]|\"\")+\")"
              + "|(?<number>[+-]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][+-]?\\d+)?)"
              + "|(?<word>[A-Za-z_][A-Za-z0-9_$]*)|(?<symbol><=|>=|<>|!=|[=<>(),]))");
  private static final Set<String> RESERVED =
      Set.of("AND", "OR", "NOT", "IN", "IS", "NULL", "BETWEEN", "LIKE", "TRUE", "FALSE");

  private final String source;
  private final Set<String> columns;
  private final List<Token> tokens;
  private int at;

  private PredicateParser(String source, Set<String> columns) {
    this.source = source;
    this.columns = columns;
    this.tokens = tokenize(source);
  }

  /**
   * Reads a predicate over the given columns.
   *
   * @throws ProblemException EXPRESSION_SYNTAX or PIPELINE_UNKNOWN_FIELD, with the character
   */
  public static Predicate parse(String source, Set<String> columns) {
    PredicateParser parser = new PredicateParser(source, columns);
    Predicate result = parser.or();
    if (parser.at < parser.tokens.size()) {
      throw parser.expected("the end");
    }
    return result;
  }

  private Predicate or() {
    Predicate left = and();
    while (word("OR")) {
      left = new Predicate.Or(left, and());
    }
    return left;
  }

  private Predicate and() {
    Predicate left = not();
    while (word("AND")) {
      left = new Predicate.And(left, not());
    }
    return left;
  }

  private Predicate not() {
    if (word("NOT")) {
      return new Predicate.Not(not());
    }
    if (symbol("(")) {
      Predicate inner = or();
      if (!symbol(")")) {
        throw expected(")");
      }
      return inner;
    }
    return condition();
  }

  private Predicate condition() {
    String column = column();
    if (word("IS")) {
      boolean negated = word("NOT");
      if (!word("NULL")) {
        throw expected("NULL");
      }
      return negate(negated, new Predicate.IsNull(column));
    }
    boolean negated = word("NOT");
    if (word("IN")) {
      return negate(negated, new Predicate.In(column, list()));
    }
    if (word("BETWEEN")) {
      Predicate.Literal low = literal();
      if (!word("AND")) {
        throw expected("AND");
      }
      return negate(negated, new Predicate.Between(column, low, literal()));
    }
    if (word("LIKE")) {
      return negate(negated, new Predicate.Compare(column, "LIKE", literal()));
    }
    if (negated) {
      throw expected("IN, BETWEEN or LIKE");
    }
    for (String operator : new String[] {"=", "<>", "!=", "<=", ">=", "<", ">"}) {
      if (symbol(operator)) {
        return new Predicate.Compare(column, operator.equals("!=") ? "<>" : operator, literal());
      }
    }
    throw expected("a comparison");
  }

  private List<Predicate.Literal> list() {
    if (!symbol("(")) {
      throw expected("(");
    }
    List<Predicate.Literal> values = new ArrayList<>();
    do {
      values.add(literal());
    } while (symbol(","));
    if (!symbol(")")) {
      throw expected(")");
    }
    return values;
  }

  private String column() {
    if (at < tokens.size()) {
      Token token = tokens.get(at);
      String name = null;
      if (token.kind.equals("quoted")) {
        name = token.text.substring(1, token.text.length() - 1).replace("\"\"", "\"");
      } else if (token.kind.equals("word")
          && !RESERVED.contains(token.text.toUpperCase(Locale.ROOT))) {
        name = token.text;
      }
      if (name != null) {
        if (!columns.contains(name)) {
          throw new ProblemException(
              ProblemCode.PIPELINE_UNKNOWN_FIELD,
              "Cannot read predicate '"
                  + source
                  + "': there is no column '"
                  + name
                  + "' (character "
                  + (token.start + 1)
                  + "). The columns are "
                  + String.join(", ", columns)
                  + ".");
        }
        at++;
        return name;
      }
    }
    throw expected("a column");
  }

  private Predicate.Literal literal() {
    if (at < tokens.size()) {
      Token token = tokens.get(at);
      if (token.kind.equals("text")) {
        at++;
        return new Predicate.Literal(
            Predicate.Literal.Kind.TEXT,
            token.text.substring(1, token.text.length() - 1).replace("''", "'"));
      }
      if (token.kind.equals("number")) {
        at++;
        return new Predicate.Literal(Predicate.Literal.Kind.NUMBER, token.text);
      }
      String upper = token.text.toUpperCase(Locale.ROOT);
      if (token.kind.equals("word") && (upper.equals("TRUE") || upper.equals("FALSE"))) {
        at++;
        return new Predicate.Literal(Predicate.Literal.Kind.BOOLEAN, upper);
      }
    }
    throw expected("a literal");
  }

  private boolean word(String word) {
    if (at < tokens.size()
        && tokens.get(at).kind.equals("word")
        && tokens.get(at).text.equalsIgnoreCase(word)) {
      at++;
      return true;
    }
    return false;
  }

  private boolean symbol(String symbol) {
    if (at < tokens.size()
        && tokens.get(at).kind.equals("symbol")
        && tokens.get(at).text.equals(symbol)) {
      at++;
      return true;
    }
    return false;
  }

  private static Predicate negate(boolean negated, Predicate predicate) {
    return negated ? new Predicate.Not(predicate) : predicate;
  }

  private ProblemException expected(String what) {
    int start = at < tokens.size() ? tokens.get(at).start : source.length();
    return syntax(source, start, "expected " + what);
  }

  private static ProblemException syntax(String source, int start, String cause) {
    return new ProblemException(
        ProblemCode.EXPRESSION_SYNTAX,
        "Cannot read predicate '"
            + source
            + "': "
            + cause
            + " at character "
            + (start + 1)
            + ". Compare columns with literals, joined by AND, OR and NOT.");
  }

  private static List<Token> tokenize(String source) {
    List<Token> tokens = new ArrayList<>();
    Matcher matcher = TOKEN.matcher(source);
    int at = 0;
    while (at < source.stripTrailing().length()) {
      if (!matcher.region(at, source.length()).lookingAt()) {
        throw syntax(source, at, "a character that begins nothing");
      }
      for (String kind : new String[] {"text", "quoted", "number", "word", "symbol"}) {
        String text = matcher.group(kind);
        if (text != null) {
          tokens.add(new Token(kind, text, matcher.start(kind)));
        }
      }
      at = matcher.end();
    }
    return tokens;
  }

  private record Token(String kind, String text, int start) {}
}
