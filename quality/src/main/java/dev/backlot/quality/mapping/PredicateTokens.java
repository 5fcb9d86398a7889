package dev.backlot.quality.mapping;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The words of a filter's predicate, read one after another. */
final class PredicateTokens {
  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s*(?:(?<text>'(?:[^']|'')*')|(?<quoted>\"(?:[^\"]|\"\")+\")"
              + "|(?<number>(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][+-]?\\d+)?)"
              + "|(?<word>[A-Za-z_][A-Za-z0-9_$]*)|(?<symbol><=|>=|<>|!=|[=<>(),+-]))");

  private final List<Token> tokens = new ArrayList<>();
  private int at;

  /** What a token is. */
  enum Type {
    TEXT,
    QUOTED,
    NUMBER,
    WORD,
    SYMBOL,
    END
  }

  /**
   * A token.
   *
   * @param text without quotes
   */
  record Token(Type type, String text) {
    boolean isWord(String word) {
      return type == Type.WORD && text.equalsIgnoreCase(word);
    }

    boolean isSymbol(String symbol) {
      return type == Type.SYMBOL && text.equals(symbol);
    }
  }

  PredicateTokens(String source) throws PredicateReader.UnknownException {
    Matcher matcher = TOKEN.matcher(source);
    int end = source.stripTrailing().length();
    for (int from = 0; from < end; from = matcher.end()) {
      if (!matcher.region(from, source.length()).lookingAt()) {
        throw new PredicateReader.UnknownException("it computes with values");
      }
      tokens.add(token(matcher));
    }
  }

  private static Token token(Matcher matcher) {
    for (Type type : Type.values()) {
      String text = type == Type.END ? null : matcher.group(type.name().toLowerCase(Locale.ROOT));
      if (text != null) {
        return new Token(type, unquoted(type, text));
      }
    }
    throw new IllegalStateException("A pattern matched nothing");
  }

  private static String unquoted(Type type, String text) {
    return switch (type) {
      case TEXT -> text.substring(1, text.length() - 1).replace("''", "'");
      case QUOTED -> text.substring(1, text.length() - 1).replace("\"\"", "\"");
      default -> text;
    };
  }

  Token peek() {
    return at < tokens.size() ? tokens.get(at) : new Token(Type.END, "");
  }

  Token next() {
    Token token = peek();
    at++;
    return token;
  }

  boolean word(String word) {
    boolean there = peek().isWord(word);
    at += there ? 1 : 0;
    return there;
  }

  boolean symbol(String symbol) {
    boolean there = peek().isSymbol(symbol);
    at += there ? 1 : 0;
    return there;
  }
}
