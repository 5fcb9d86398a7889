package dev.backlot.processors.expression;

import java.util.Locale;

/**
 * A lexical unit.
 *
 * @param text a word or symbol as written; a quoted identifier or string without its quotes
 * @param position 0-based character where it starts
 */
record Token(Type type, String text, int position) {
  enum Type {
    WORD,
    QUOTED_IDENTIFIER,
    STRING,
    NUMBER,
    SYMBOL,
    END
  }

  boolean isWord(String keyword) {
    return type == Type.WORD && text.equalsIgnoreCase(keyword);
  }

  boolean isSymbol(String symbol) {
    return type == Type.SYMBOL && text.equals(symbol);
  }

  String upper() {
    return text.toUpperCase(Locale.ROOT);
  }

  String describe() {
    return switch (type) {
      case END -> "the end of the expression";
      case STRING -> "the text '" + text + "'";
      case QUOTED_IDENTIFIER -> "the name \"" + text + "\"";
      default -> "'" + text + "'";
    };
  }
}
