package dev.backlot.quality.mapping;

import dev.backlot.quality.mapping.Branch.OfSource;
import dev.backlot.quality.mapping.PredicateTokens.Token;
import dev.backlot.quality.mapping.PredicateTokens.Type;
import dev.backlot.quality.mapping.SourcePredicate.Junction;
import dev.backlot.quality.mapping.SourcePredicate.Node;
import dev.backlot.quality.mapping.SourcePredicate.Not;
import dev.backlot.quality.mapping.SourcePredicate.Test;
import dev.backlot.schema.FieldType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads the part of the filter's language that compares columns with constants, where PostgreSQL is
 * known to give the same answer. Everything else is refused with the reason.
 */
final class PredicateReader {
  private static final Map<String, String> OPPOSITE =
      Map.of("=", "<>", "<>", "=", "<", ">=", ">=", "<", ">", "<=", "<=", ">");
  private static final Map<String, String> SWAPPED =
      Map.of("=", "=", "<>", "<>", "<", ">", ">", "<", "<=", ">=", ">=", "<=");
  private static final Set<String> TEMPORAL = Set.of("DATE", "TIMESTAMP", "TIMESTAMPTZ");

  private final PredicateTokens tokens;
  private final Branch branch;

  /** A predicate that can't be translated. */
  static final class UnknownException extends Exception {
    private static final long serialVersionUID = 1L;
    private final String fact;

    UnknownException(String fact) {
      super(fact);
      this.fact = fact;
    }

    String fact() {
      return fact;
    }
  }

  PredicateReader(String source, Branch branch) throws UnknownException {
    this.tokens = new PredicateTokens(source);
    this.branch = branch;
  }

  Node read() throws UnknownException {
    Node node = junction(false);
    if (tokens.peek().type() != Type.END) {
      throw new UnknownException("it goes on with '" + tokens.peek().text() + "'");
    }
    return node;
  }

  private Node junction(boolean and) throws UnknownException {
    List<Node> parts = new ArrayList<>();
    do {
      parts.add(and ? negation() : junction(true));
    } while (tokens.word(and ? "AND" : "OR"));
    return parts.size() == 1 ? parts.get(0) : new Junction(and, parts);
  }

  private Node negation() throws UnknownException {
    if (tokens.word("NOT")) {
      return new Not(negation());
    }
    if (tokens.symbol("(")) {
      Node inner = junction(false);
      if (!tokens.symbol(")")) {
        throw new UnknownException("it computes with values");
      }
      return inner;
    }
    return condition();
  }

  private Node condition() throws UnknownException {
    if (isConstant()) {
      PredicateConstant constant = constant();
      String operator = operator();
      return compare(column(), SWAPPED.getOrDefault(operator, operator), constant);
    }
    OfSource column = column();
    if (tokens.word("IS")) {
      return is(column);
    }
    boolean negated = tokens.word("NOT");
    Node node;
    if (tokens.word("IN")) {
      node = in(column);
    } else if (tokens.word("BETWEEN")) {
      node = between(column);
    } else if (tokens.word("LIKE")) {
      node = like(column);
    } else if (negated) {
      throw new UnknownException("NOT stands before '" + tokens.peek().text() + "'");
    } else if (tokens.peek().type() == Type.SYMBOL && !tokens.peek().isSymbol(")")) {
      return compare(column, operator(), constant());
    } else {
      return truth(column, true);
    }
    return negated ? new Not(node) : node;
  }

  private Node is(OfSource column) throws UnknownException {
    boolean negated = tokens.word("NOT");
    Node node;
    if (tokens.word("NULL")) {
      node = isNull(column);
    } else if (tokens.word("TRUE") || tokens.word("FALSE")) {
      throw new UnknownException("IS TRUE and IS FALSE have no counterpart");
    } else {
      throw new UnknownException("IS DISTINCT FROM has no counterpart");
    }
    return negated ? new Not(node) : node;
  }

  /** What the column can't hold is NULL for the filter. */
  private static Node isNull(OfSource column) {
    String name = quoted(column.name());
    List<String> beyond = beyond(column.type());
    if (beyond.isEmpty()) {
      return new Test(name + " IS NULL", name + " IS NOT NULL");
    }
    String list = list(beyond);
    return new Test(
        "(" + name + " IS NULL OR " + name + " IN " + list + ")",
        "(" + name + " IS NOT NULL AND " + name + " NOT IN " + list + ")");
  }

  private Node in(OfSource column) throws UnknownException {
    if (!tokens.symbol("(")) {
      throw new UnknownException("IN has no list");
    }
    List<String> constants = new ArrayList<>();
    do {
      constants.add(constant().fitting(column));
    } while (tokens.symbol(","));
    if (!tokens.symbol(")")) {
      throw new UnknownException("the list of IN computes with values");
    }
    String list = "(" + String.join(", ", constants) + ")";
    return test(column, " IN " + list, " NOT IN " + list);
  }

  private Node between(OfSource column) throws UnknownException {
    requireOrder(column);
    String low = constant().fitting(column);
    if (!tokens.word("AND")) {
      throw new UnknownException("BETWEEN computes with values");
    }
    String range = low + " AND " + constant().fitting(column);
    return test(column, " BETWEEN " + range, " NOT BETWEEN " + range);
  }

  private Node like(OfSource column) throws UnknownException {
    PredicateConstant pattern = constant();
    boolean plain = column.type() instanceof FieldType.Text text && isComparable(text);
    if (!plain || pattern.text().indexOf('\\') >= 0 || tokens.peek().isWord("ESCAPE")) {
      throw new UnknownException("its LIKE escapes characters, or is not about a text");
    }
    String rendered = pattern.fitting(column);
    return test(column, " LIKE " + rendered, " NOT LIKE " + rendered);
  }

  private static boolean isComparable(FieldType.Text text) {
    return text.kind() == FieldType.TextKind.PLAIN || text.kind() == FieldType.TextKind.ENUM;
  }

  private Node truth(OfSource column, boolean value) throws UnknownException {
    if (column.type() != FieldType.Simple.BOOLEAN) {
      throw new UnknownException("'" + column.name() + "' is no condition");
    }
    return test(column, value ? " = TRUE" : " = FALSE", value ? " = FALSE" : " = TRUE");
  }

  private Node compare(OfSource column, String operator, PredicateConstant constant)
      throws UnknownException {
    if (!operator.equals("=") && !operator.equals("<>")) {
      requireOrder(column);
    }
    String rendered = constant.fitting(column);
    return test(
        column,
        " " + operator + " " + rendered,
        " " + OPPOSITE.getOrDefault(operator, operator) + " " + rendered);
  }

  /** The filter orders an enum's labels as texts. */
  private static void requireOrder(OfSource column) throws UnknownException {
    if (column.type() instanceof FieldType.Text text && text.kind() == FieldType.TextKind.ENUM) {
      throw new UnknownException("'" + column.name() + "' is an enum, which has another order");
    }
  }

  /** Comparisons with NULL are neither true nor false, in both languages. */
  private static Node test(OfSource column, String holds, String fails) {
    String name = quoted(column.name());
    List<String> beyond = beyond(column.type());
    if (beyond.isEmpty()) {
      return new Test(name + holds, name + fails);
    }
    String known = name + " NOT IN " + list(beyond);
    return new Test(
        "(" + name + holds + " AND " + known + ")", "(" + name + fails + " AND " + known + ")");
  }

  /** Returns values of the database that are NULL for the filter. */
  private static List<String> beyond(FieldType type) {
    if (type instanceof FieldType.Decimal) {
      return List.of("NaN");
    }
    return type.equals(FieldType.Text.NUMERIC)
        ? List.of("NaN", "Infinity", "-Infinity")
        : List.of();
  }

  private static String list(List<String> texts) {
    return texts.stream().map(text -> "'" + text + "'").collect(Collectors.joining(", ", "(", ")"));
  }

  private boolean isConstant() {
    Token token = tokens.peek();
    return token.type() == Type.TEXT
        || token.type() == Type.NUMBER
        || token.isSymbol("-")
        || token.isSymbol("+");
  }

  private PredicateConstant constant() throws UnknownException {
    boolean minus = tokens.symbol("-");
    if (!minus && !tokens.peek().isSymbol("(")) {
      tokens.symbol("+");
    }
    Token token = tokens.next();
    String upper = token.text().toUpperCase(Locale.ROOT);
    if (token.type() == Type.NUMBER) {
      return PredicateConstant.number((minus ? "-" : "") + token.text());
    }
    if (token.type() == Type.WORD
        && TEMPORAL.contains(upper)
        && tokens.peek().type() == Type.TEXT) {
      return PredicateConstant.temporal(upper, tokens.next().text());
    }
    if (token.type() == Type.TEXT && !minus) {
      return PredicateConstant.text(token.text());
    }
    if (token.isWord("TRUE") || token.isWord("FALSE")) {
      return PredicateConstant.truth(upper);
    }
    throw new UnknownException(
        token.type() == Type.END
            ? "it is not complete"
            : "'" + token.text() + "' stands where a constant would");
  }

  private String operator() throws UnknownException {
    Token token = tokens.next();
    String operator = token.text().equals("!=") ? "<>" : token.text();
    if (token.type() != Type.SYMBOL || !OPPOSITE.containsKey(operator)) {
      throw new UnknownException("it computes with values");
    }
    return operator;
  }

  private OfSource column() throws UnknownException {
    Token token = tokens.next();
    boolean quoted = token.type() == Type.QUOTED;
    if (!quoted && token.type() != Type.WORD) {
      throw new UnknownException("'" + token.text() + "' stands where a column would");
    }
    if (!quoted && tokens.peek().isSymbol("(")) {
      throw new UnknownException("it calls function '" + token.text() + "'");
    }
    Branch.Origin origin = branch.named(token.text(), quoted).orElse(null);
    if (!(origin instanceof OfSource column)) {
      throw new UnknownException("'" + token.text() + "' is no column of the Source");
    }
    return column;
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
