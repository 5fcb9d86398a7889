package dev.backlot.processors.expression;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Parses SQL predicates by recursive descent, loosest binding first: OR, AND, NOT, predicates
 * (comparison, IS, IN, BETWEEN, LIKE), concatenation, sums, products, signs, primaries.
 */
final class Parser {
  private static final int MAX_LENGTH = 20_000;
  private static final int MAX_DEPTH = 100;
  private static final int MAX_OPERATORS = 500;
  private static final Set<String> RESERVED =
      Set.of(
          "AND",
          "OR",
          "NOT",
          "IS",
          "IN",
          "BETWEEN",
          "LIKE",
          "ILIKE",
          "ESCAPE",
          "CASE",
          "WHEN",
          "THEN",
          "ELSE",
          "END",
          "SELECT",
          "FROM",
          "WHERE",
          "EXISTS",
          "DISTINCT");
  private static final Map<String, Kind> TEMPORAL =
      Map.of(
          "DATE", Kind.DATE,
          "TIME", Kind.TIME,
          "TIMESTAMP", Kind.TIMESTAMP,
          "TIMESTAMPTZ", Kind.TIMESTAMPTZ);

  private final List<Token> tokens;
  private int at;
  private int depth;
  private int operators;

  private Parser(List<Token> tokens) {
    this.tokens = tokens;
  }

  static Expression parse(String text) throws SyntaxException {
    if (text.length() > MAX_LENGTH) {
      throw new SyntaxException(
          MAX_LENGTH,
          "the expression is longer than " + MAX_LENGTH + " characters",
          "Split it into several filter steps.");
    }
    Parser parser = new Parser(Lexer.tokens(text));
    if (parser.peek().type() == Token.Type.END) {
      throw new SyntaxException(0, "the expression is empty", "Write a predicate.");
    }
    Expression expression = parser.disjunction();
    Token rest = parser.peek();
    if (rest.type() != Token.Type.END) {
      throw new SyntaxException(
          rest.position(),
          rest.describe() + " follows a complete expression",
          rest.isSymbol(")")
              ? "Remove it, or open it with '('."
              : rest.type() == Token.Type.QUOTED_IDENTIFIER
                  ? "Write texts in single quotes, and join predicates with AND or OR."
                  : "Join predicates with AND or OR.");
    }
    return expression;
  }

  private Expression disjunction() throws SyntaxException {
    return junction("OR", false);
  }

  private Expression junction(String keyword, boolean and) throws SyntaxException {
    int position = peek().position();
    List<Expression> parts = new ArrayList<>();
    do {
      parts.add(and ? negation() : junction("AND", true));
    } while (acceptWord(keyword));
    return parts.size() == 1 ? parts.get(0) : new Expression.Junction(and, parts, position);
  }

  private Expression negation() throws SyntaxException {
    Token token = peek();
    if (!acceptWord("NOT")) {
      return predicate();
    }
    enter(token);
    Expression operand = negation();
    depth--;
    return new Expression.Not(operand, token.position());
  }

  private Expression predicate() throws SyntaxException {
    Expression left = concatenation();
    while (true) {
      Token token = peek();
      Expression next = predicateTail(left, token);
      if (next == left) {
        return left;
      }
      count(token);
      left = next;
    }
  }

  private Expression predicateTail(Expression left, Token token) throws SyntaxException {
    Optional<Expression.Operator> operator = operator(token);
    if (operator.isPresent()) {
      at++;
      if (left instanceof Expression.Comparison) {
        throw new SyntaxException(
            token.position(),
            "comparisons can't be chained",
            "Write a < b AND b < c, or use BETWEEN.");
      }
      return new Expression.Comparison(operator.get(), left, concatenation(), token.position());
    }
    if (acceptWord("IS")) {
      return isTail(left, token);
    }
    boolean negated = token.isWord("NOT");
    Token keyword = negated ? tokens.get(at + 1) : token;
    if (!Set.of("IN", "BETWEEN", "LIKE", "ILIKE").contains(keyword.upper())
        || keyword.type() != Token.Type.WORD) {
      return left;
    }
    at += negated ? 2 : 1;
    return switch (keyword.upper()) {
      case "IN" -> inTail(left, negated, token);
      case "BETWEEN" -> {
        Expression low = concatenation();
        expectWord("AND", "BETWEEN needs two bounds", "Write x BETWEEN low AND high.");
        yield new Expression.Between(left, low, concatenation(), negated, token.position());
      }
      default -> likeTail(left, negated, keyword.isWord("ILIKE"), token);
    };
  }

  private static Optional<Expression.Operator> operator(Token token) {
    if (token.type() != Token.Type.SYMBOL) {
      return Optional.empty();
    }
    if (token.text().equals("!=")) {
      return Optional.of(Expression.Operator.DIFFERENT);
    }
    for (Expression.Operator operator : Expression.Operator.values()) {
      if (operator.symbol().equals(token.text())) {
        return Optional.of(operator);
      }
    }
    return Optional.empty();
  }

  private Expression isTail(Expression left, Token is) throws SyntaxException {
    boolean negated = acceptWord("NOT");
    Token token = peek();
    if (acceptWord("NULL") || acceptWord("UNKNOWN")) {
      return new Expression.Is(left, Expression.Test.NULL, negated, is.position());
    }
    if (acceptWord("TRUE")) {
      return new Expression.Is(left, Expression.Test.TRUE, negated, is.position());
    }
    if (acceptWord("FALSE")) {
      return new Expression.Is(left, Expression.Test.FALSE, negated, is.position());
    }
    if (acceptWord("DISTINCT")) {
      expectWord("FROM", "IS DISTINCT lacks FROM", "Write IS DISTINCT FROM.");
      return new Expression.Distinct(left, concatenation(), negated, is.position());
    }
    throw new SyntaxException(
        token.position(),
        token.describe() + " can't follow IS",
        "Write IS NULL, IS TRUE, IS FALSE or IS DISTINCT FROM, or compare with '='.");
  }

  private Expression inTail(Expression left, boolean negated, Token start) throws SyntaxException {
    expectSymbol("(", "IN needs a list", "Write IN ('a', 'b').");
    if (peek().isWord("SELECT")) {
      throw new SyntaxException(
          peek().position(), "subqueries are not part of filters", "List the values.");
    }
    List<Expression> choices = new ArrayList<>();
    do {
      choices.add(nested());
    } while (acceptSymbol(","));
    expectSymbol(")", "the list of IN is not closed", "Separate values by ',' and end with ')'.");
    return new Expression.In(left, choices, negated, start.position());
  }

  private Expression likeTail(Expression left, boolean negated, boolean ignoreCase, Token start)
      throws SyntaxException {
    Expression pattern = concatenation();
    Optional<String> escape = Optional.empty();
    if (acceptWord("ESCAPE")) {
      Token token = next();
      if (token.type() != Token.Type.STRING || token.text().length() != 1) {
        throw new SyntaxException(
            token.position(), "ESCAPE needs one character", "Write ESCAPE '!'.");
      }
      escape = Optional.of(token.text());
    }
    return new Expression.Like(left, pattern, escape, ignoreCase, negated, start.position());
  }

  private Expression concatenation() throws SyntaxException {
    Expression left = sum();
    for (Token token = peek(); acceptSymbol("||"); token = peek()) {
      count(token);
      left = new Expression.Concatenation(left, sum(), token.position());
    }
    return left;
  }

  private Expression sum() throws SyntaxException {
    Expression left = product();
    for (Token token = peek(); acceptSymbol("+") || acceptSymbol("-"); token = peek()) {
      count(token);
      left = new Expression.Arithmetic(token.text().charAt(0), left, product(), token.position());
    }
    return left;
  }

  private Expression product() throws SyntaxException {
    Expression left = signed();
    for (Token token = peek();
        acceptSymbol("*") || acceptSymbol("/") || acceptSymbol("%");
        token = peek()) {
      count(token);
      left = new Expression.Arithmetic(token.text().charAt(0), left, signed(), token.position());
    }
    return left;
  }

  private Expression signed() throws SyntaxException {
    Token token = peek();
    if (acceptSymbol("-")) {
      enter(token);
      Expression operand = signed();
      depth--;
      return operand instanceof Expression.NumberLiteral number
          ? new Expression.NumberLiteral(
              number.value().negate(), number.integer(), token.position())
          : new Expression.Negate(operand, token.position());
    }
    if (acceptSymbol("+")) {
      enter(token);
      Expression operand = signed();
      depth--;
      return operand;
    }
    return primary();
  }

  private Expression primary() throws SyntaxException {
    Token token = next();
    return switch (token.type()) {
      case NUMBER -> number(token);
      case STRING -> new Expression.TextLiteral(token.text(), token.position());
      case QUOTED_IDENTIFIER -> new Expression.Column(token.text(), true, token.position());
      case WORD -> word(token);
      default -> {
        if (token.isSymbol("(")) {
          Expression inner = nested();
          expectSymbol(")", "'(' is not closed", "Close it with ')'.");
          yield inner;
        }
        throw new SyntaxException(
            token.position(),
            token.describe() + " stands where a value is expected",
            "Write a column, a literal, a function or '('.");
      }
    };
  }

  private static Expression number(Token token) {
    boolean integer = token.text().chars().allMatch(c -> c >= '0' && c <= '9');
    return new Expression.NumberLiteral(new BigDecimal(token.text()), integer, token.position());
  }

  private Expression word(Token token) throws SyntaxException {
    String word = token.upper();
    Kind temporal = TEMPORAL.get(word);
    if (temporal != null && isTemporalLiteral(temporal)) {
      return temporalLiteral(token, temporal);
    }
    if (peek().isSymbol("(") && !RESERVED.contains(word)) {
      return call(token);
    }
    return switch (word) {
      case "TRUE" -> new Expression.BooleanLiteral(true, token.position());
      case "FALSE" -> new Expression.BooleanLiteral(false, token.position());
      case "NULL" -> new Expression.NullLiteral(token.position());
      case "CASE" -> caseTail(token);
      default -> {
        if (RESERVED.contains(word)) {
          throw new SyntaxException(
              token.position(),
              "'" + token.text() + "' stands where a value is expected",
              "Complete the expression before it, or write a column of that name as \""
                  + token.text()
                  + "\".");
        }
        yield new Expression.Column(token.text(), false, token.position());
      }
    };
  }

  private boolean isTemporalLiteral(Kind temporal) {
    return peek().type() == Token.Type.STRING
        || (temporal == Kind.TIMESTAMP && (peek().isWord("WITH") || peek().isWord("WITHOUT")));
  }

  private Expression temporalLiteral(Token start, Kind temporal) throws SyntaxException {
    Kind kind = temporal;
    boolean with = acceptWord("WITH");
    if (with || acceptWord("WITHOUT")) {
      for (String keyword : List.of("TIME", "ZONE")) {
        expectWord(keyword, "the type is not complete", "Write TIMESTAMP WITH TIME ZONE '…'.");
      }
      kind = with ? Kind.TIMESTAMPTZ : Kind.TIMESTAMP;
    }
    Token text = next();
    if (text.type() != Token.Type.STRING) {
      throw new SyntaxException(
          text.position(), text.describe() + " is not a text", "Write the time in single quotes.");
    }
    return new Expression.TemporalLiteral(kind, text.text(), start.position());
  }

  private Expression call(Token name) throws SyntaxException {
    expectSymbol("(", "a function needs its arguments", "Write them in parentheses.");
    List<Expression> arguments = new ArrayList<>();
    if (!acceptSymbol(")")) {
      do {
        arguments.add(nested());
      } while (acceptSymbol(","));
      expectSymbol(")", "the arguments are not closed", "Separate them by ',' and end with ')'.");
    }
    return new Expression.Call(name.text().toLowerCase(Locale.ROOT), arguments, name.position());
  }

  private Expression caseTail(Token start) throws SyntaxException {
    Optional<Expression> operand = Optional.empty();
    if (!peek().isWord("WHEN")) {
      operand = Optional.of(nested());
    }
    List<Expression.When> whens = new ArrayList<>();
    while (acceptWord("WHEN")) {
      Expression condition = nested();
      expectWord("THEN", "WHEN lacks THEN", "Write WHEN condition THEN value.");
      whens.add(new Expression.When(condition, nested()));
    }
    if (whens.isEmpty()) {
      throw new SyntaxException(
          peek().position(), "CASE has no WHEN", "Write CASE WHEN condition THEN value END.");
    }
    Optional<Expression> otherwise = acceptWord("ELSE") ? Optional.of(nested()) : Optional.empty();
    expectWord("END", "CASE is not closed", "Close it with END.");
    return new Expression.Case(operand, whens, otherwise, start.position());
  }

  private Expression nested() throws SyntaxException {
    enter(peek());
    Expression inner = disjunction();
    depth--;
    return inner;
  }

  /** Chains nest to the left: each operator is a level for whoever walks the tree. */
  private void count(Token token) throws SyntaxException {
    if (++operators > MAX_OPERATORS) {
      throw new SyntaxException(
          token.position(),
          "the expression has more than " + MAX_OPERATORS + " operators",
          "Split it into several filter steps, or use IN.");
    }
  }

  private void enter(Token token) throws SyntaxException {
    if (++depth > MAX_DEPTH) {
      throw new SyntaxException(
          token.position(),
          "the expression nests deeper than " + MAX_DEPTH + " levels",
          "Split it into several filter steps.");
    }
  }

  private Token peek() {
    return tokens.get(at);
  }

  private Token next() {
    Token token = tokens.get(at);
    if (token.type() != Token.Type.END) {
      at++;
    }
    return token;
  }

  private boolean acceptWord(String keyword) {
    if (peek().isWord(keyword)) {
      at++;
      return true;
    }
    return false;
  }

  private boolean acceptSymbol(String symbol) {
    if (peek().isSymbol(symbol)) {
      at++;
      return true;
    }
    return false;
  }

  private void expectWord(String keyword, String fact, String fix) throws SyntaxException {
    if (!acceptWord(keyword)) {
      throw new SyntaxException(peek().position(), fact + ": found " + peek().describe(), fix);
    }
  }

  private void expectSymbol(String symbol, String fact, String fix) throws SyntaxException {
    if (!acceptSymbol(symbol)) {
      throw new SyntaxException(peek().position(), fact + ": found " + peek().describe(), fix);
    }
  }
}
