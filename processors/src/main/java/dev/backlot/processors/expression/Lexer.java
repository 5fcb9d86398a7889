package dev.backlot.processors.expression;

import java.util.ArrayList;
import java.util.List;

/** Cuts an expression into tokens. */
final class Lexer {
  private static final List<String> SYMBOLS =
      List.of("<>", "!=", "<=", ">=", "||", "=", "<", ">", "(", ")", ",", "+", "-", "*", "/", "%");

  private final String text;
  private int at;

  private Lexer(String text) {
    this.text = text;
  }

  static List<Token> tokens(String text) throws SyntaxException {
    return new Lexer(text).run();
  }

  private List<Token> run() throws SyntaxException {
    List<Token> tokens = new ArrayList<>();
    while (true) {
      skipBlanksAndComments();
      if (at >= text.length()) {
        tokens.add(new Token(Token.Type.END, "", text.length()));
        return tokens;
      }
      tokens.add(next());
    }
  }

  private void skipBlanksAndComments() throws SyntaxException {
    while (at < text.length()) {
      if (Character.isWhitespace(text.charAt(at))) {
        at++;
      } else if (text.startsWith("--", at)) {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      } else if (text.startsWith("/*", at)) {
        int end = text.indexOf("*/", at + 2);
        if (end < 0) {
          throw new SyntaxException(at, "a comment is not closed", "Close it with '*/'.");
        }
        at = end + 2;
      } else {
        return;
      }
    }
  }

  private Token next() throws SyntaxException {
    int start = at;
    char c = text.charAt(at);
    if (c == '\'') {
      return new Token(Token.Type.STRING, quoted('\'', "a text"), start);
    }
    if (c == '"') {
      String name = quoted('"', "a quoted name");
      if (name.isEmpty()) {
        throw new SyntaxException(
            start, "a quoted name is empty", "Write a text as '', with single quotes.");
      }
      return new Token(Token.Type.QUOTED_IDENTIFIER, name, start);
    }
    if (isDigit(c) || (c == '.' && at + 1 < text.length() && isDigit(text.charAt(at + 1)))) {
      return number();
    }
    if (Character.isLetter(c) || c == '_') {
      while (at < text.length() && isWordPart(text.charAt(at))) {
        at++;
      }
      return new Token(Token.Type.WORD, text.substring(start, at), start);
    }
    for (String symbol : SYMBOLS) {
      if (text.startsWith(symbol, at)) {
        at += symbol.length();
        return new Token(Token.Type.SYMBOL, symbol, start);
      }
    }
    throw new SyntaxException(start, "'" + character() + "' means nothing here", fixFor(c));
  }

  private String character() {
    return new String(Character.toChars(text.codePointAt(at)));
  }

  private static String fixFor(char c) {
    return switch (c) {
      case '‘', '’', '“', '”' -> "Write texts in straight single quotes.";
      case ';' -> "Give one predicate, without ';'.";
      case '`', '[' -> "Write names that are not plain in double quotes.";
      case '&' -> "Write AND.";
      case '|' -> "Write OR.";
      case '!' -> "Write NOT, or <> for 'differs from'.";
      default -> "Remove it.";
    };
  }

  private String quoted(char quote, String what) throws SyntaxException {
    int start = at;
    StringBuilder content = new StringBuilder();
    at++;
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c != quote) {
        content.append(c);
      } else if (at < text.length() && text.charAt(at) == quote) {
        content.append(quote);
        at++;
      } else {
        return content.toString();
      }
    }
    throw new SyntaxException(start, what + " is not closed", "Close it with " + quote + ".");
  }

  private Token number() throws SyntaxException {
    int start = at;
    digits();
    if (at < text.length() && text.charAt(at) == '.') {
      at++;
      digits();
    }
    if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
      at++;
      if (at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
        at++;
      }
      int exponent = at;
      digits();
      if (exponent == at || at - exponent > 3) {
        throw new SyntaxException(
            start, "'" + text.substring(start, at) + "' is not a number", "Complete its exponent.");
      }
    }
    if (at < text.length() && isWordPart(text.charAt(at))) {
      throw new SyntaxException(
          start,
          "'" + text.substring(start, at + 1) + "' is neither a number nor a name",
          "Write names that start with a digit in double quotes.");
    }
    return new Token(Token.Type.NUMBER, text.substring(start, at), start);
  }

  private void digits() {
    while (at < text.length() && isDigit(text.charAt(at))) {
      at++;
    }
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isWordPart(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '$';
  }
}
