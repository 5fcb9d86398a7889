package dev.backlot.processors.expression;

import dev.backlot.model.ProblemCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.function.BinaryOperator;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.binary.BinaryStringData;
import org.jspecify.annotations.Nullable;

/** Checks the types of an expression and turns it into closures, collecting every problem. */
final class Compiler {
  private static final Set<String> CLOCKS =
      Set.of("current_date", "current_time", "current_timestamp", "localtime", "localtimestamp");

  private final Columns columns;
  private final List<ExpressionProblem> problems = new ArrayList<>();
  private final Set<String> consumed = new LinkedHashSet<>();
  private final Functions functions = new Functions(this);

  Compiler(Columns columns) {
    this.columns = columns;
  }

  List<ExpressionProblem> problems() {
    return problems;
  }

  /** Returns the columns named so far. */
  Set<String> consumed() {
    return consumed;
  }

  Typed compile(Expression expression) {
    if (expression instanceof Expression.Column column) {
      return column(column);
    }
    if (expression instanceof Expression.NullLiteral) {
      return new Typed(Kind.NULL, row -> null, true, expression);
    }
    if (expression instanceof Expression.BooleanLiteral literal) {
      return constant(Kind.BOOLEAN, literal.value(), expression);
    }
    if (expression instanceof Expression.NumberLiteral literal) {
      return number(literal);
    }
    if (expression instanceof Expression.TextLiteral literal) {
      return constant(Kind.TEXT, BinaryStringData.fromString(literal.value()), expression);
    }
    if (expression instanceof Expression.TemporalLiteral literal) {
      return temporal(literal.kind(), literal.value(), literal);
    }
    if (expression instanceof Expression.Not not) {
      Evaluator operand = condition(not.operand(), "NOT");
      return computed(
          Kind.BOOLEAN,
          expression,
          row -> {
            Object value = operand.evaluate(row);
            return value == null ? null : (Object) !(Boolean) value;
          });
    }
    if (expression instanceof Expression.Negate negate) {
      return negate(negate);
    }
    if (expression instanceof Expression.Junction junction) {
      return junction(junction);
    }
    if (expression instanceof Expression.Comparison comparison) {
      return comparison(comparison);
    }
    if (expression instanceof Expression.Arithmetic arithmetic) {
      return arithmetic(arithmetic);
    }
    if (expression instanceof Expression.Concatenation concatenation) {
      return concatenation(concatenation);
    }
    if (expression instanceof Expression.Is is) {
      return is(is);
    }
    if (expression instanceof Expression.Distinct distinct) {
      return distinct(distinct);
    }
    if (expression instanceof Expression.In in) {
      return in(in);
    }
    if (expression instanceof Expression.Between between) {
      return between(between);
    }
    if (expression instanceof Expression.Like like) {
      return like(like);
    }
    if (expression instanceof Expression.Call call) {
      return functions.compile(call);
    }
    return caseOf((Expression.Case) expression);
  }

  /** Compiles something that must be true, false or NULL. */
  Evaluator condition(Expression expression, String where) {
    Typed typed = compile(expression);
    if (typed.kind() != Kind.BOOLEAN && !typed.kind().fitsAnywhere()) {
      problem(
          typed.position(),
          where + " needs a condition, but " + typed.describe() + " stands there",
          "Compare it, such as with '=' or IS NOT NULL.");
    }
    return typed.evaluator();
  }

  Typed constant(Kind kind, @Nullable Object value, Expression expression) {
    return new Typed(kind, row -> value, true, expression);
  }

  Typed computed(Kind kind, Expression expression, Evaluator evaluator) {
    return new Typed(kind, evaluator, false, expression);
  }

  void problem(int position, String fact, String fix) {
    problems.add(new ExpressionProblem(ProblemCode.EXPRESSION_TYPE, position, fact, fix));
  }

  private Typed column(Expression.Column column) {
    int index = columns.index(column);
    if (index >= 0) {
      consumed.add(columns.field(index).name());
      return computed(
          Kind.of(columns.field(index).type()),
          column,
          Columns.reader(columns.field(index).type(), index));
    }
    if (!column.quoted() && CLOCKS.contains(column.name().toLowerCase(Locale.ROOT))) {
      problem(
          column.position(),
          "'" + column.name() + "' changes without any row changing",
          "Compare with a fixed time here, and with the current time in the query.");
    } else {
      problems.add(
          new ExpressionProblem(
              ProblemCode.PIPELINE_UNKNOWN_FIELD,
              column.position(),
              "there is no field '" + column.name() + "'",
              columns.fixFor(column)));
    }
    return Typed.unknown(column);
  }

  private Typed number(Expression.NumberLiteral literal) {
    boolean fits = literal.integer() && literal.value().toBigInteger().bitLength() < 64;
    return fits
        ? constant(Kind.INTEGER, literal.value().longValueExact(), literal)
        : constant(Kind.DECIMAL, literal.value(), literal);
  }

  private Typed temporal(Kind kind, String text, Expression expression) {
    Long value = Times.parse(kind, text);
    if (value == null) {
      problem(
          expression.position(),
          "'" + text + "' is not " + kind.description(),
          "Write it as " + Times.example(kind) + ".");
      return Typed.unknown(expression);
    }
    return constant(kind, value, expression);
  }

  private Typed negate(Expression.Negate negate) {
    Typed operand = compile(negate.operand());
    if (!operand.kind().isNumber() && !operand.kind().fitsAnywhere()) {
      problem(negate.position(), "'-' needs a number, not " + operand.describe(), "Remove it.");
      return Typed.unknown(negate);
    }
    Evaluator evaluator = operand.evaluator();
    return computed(
        operand.kind(),
        negate,
        row -> {
          Object value = evaluator.evaluate(row);
          return value == null ? null : Numbers.negate(value);
        });
  }

  private Typed junction(Expression.Junction junction) {
    String name = junction.and() ? "AND" : "OR";
    Evaluator[] parts =
        junction.parts().stream().map(p -> condition(p, name)).toArray(Evaluator[]::new);
    Boolean decisive = !junction.and();
    return computed(
        Kind.BOOLEAN,
        junction,
        row -> {
          boolean unknown = false;
          for (Evaluator part : parts) {
            Object value = part.evaluate(row);
            if (decisive.equals(value)) {
              return decisive;
            }
            unknown |= value == null;
          }
          return unknown ? null : (Object) !decisive;
        });
  }

  private Typed comparison(Expression.Comparison comparison) {
    Typed left = compile(comparison.left());
    Against against =
        against(comparison.operator(), left, comparison.right(), comparison.position());
    Evaluator value = left.evaluator();
    return computed(Kind.BOOLEAN, comparison, row -> against.test().of(value.evaluate(row), row));
  }

  /** Compares a value that is known already with an expression. */
  @FunctionalInterface
  interface ValueTest {
    @Nullable Object of(@Nullable Object value, RowData row);
  }

  /** A value is compared with an expression; each side is evaluated once, however deep it nests. */
  record Against(ValueTest test) {
    private static final Against NEVER = new Against((value, row) -> null);
  }

  /** Checks and compiles the comparison of an operand with another expression. */
  Against against(Expression.Operator operator, Typed operand, Expression other, int position) {
    return against(operator, operand, compile(other), position);
  }

  Against against(Expression.Operator operator, Typed operand, Typed other, int position) {
    Pair pair = pair(operand, other);
    Comparator<Object> comparator = comparator(position, operator.symbol(), pair);
    boolean equality =
        operator == Expression.Operator.EQUAL || operator == Expression.Operator.DIFFERENT;
    if (comparator == null || !(equality || ordered(position, pair))) {
      return Against.NEVER;
    }
    if (equality && (isNull(pair.left) || isNull(pair.right))) {
      problem(
          position,
          "a comparison with NULL is never true",
          operator == Expression.Operator.EQUAL ? "Write IS NULL." : "Write IS NOT NULL.");
    }
    Comparisons.Test test =
        Comparisons.test(operator, pair.left.kind(), pair.right.kind(), comparator);
    Evaluator right = pair.right.evaluator();
    if (pair.left == operand) {
      return new Against(
          (value, row) -> value == null ? null : test.of(value, right.evaluate(row)));
    }
    Object literal = pair.left.value();
    return new Against((value, row) -> test.of(literal, right.evaluate(row)));
  }

  private static boolean isNull(Typed typed) {
    return typed.kind() == Kind.NULL && typed.expression() instanceof Expression.NullLiteral;
  }

  private boolean ordered(int position, Pair pair) {
    for (Typed side : List.of(pair.left, pair.right)) {
      if (!side.kind().isOrdered() && !side.kind().fitsAnywhere()) {
        problem(
            position,
            side.describe() + " has no order here",
            "Use '=', '<>' or IN with the values meant.");
        return false;
      }
    }
    return true;
  }

  /** Returns how to compare both sides; null, and a problem, when they have nothing in common. */
  private @Nullable Comparator<Object> comparator(int position, String operator, Pair pair) {
    Comparator<Object> comparator = Comparisons.between(pair.left.kind(), pair.right.kind());
    if (comparator == null) {
      problem(
          position,
          "'"
              + operator
              + "' can't compare "
              + pair.left.describe()
              + " with "
              + pair.right.describe(),
          comparisonFix(pair));
    }
    return comparator;
  }

  private static String comparisonFix(Pair pair) {
    Typed other = pair.right.constant() ? pair.left : pair.right;
    Typed literal = pair.right.constant() ? pair.right : pair.left;
    if (other.kind().isNumber() && literal.kind().isText()) {
      boolean numeric =
          literal.expression() instanceof Expression.TextLiteral text
              && Numbers.parse(text.value()) != null;
      return numeric ? "Write the number without quotes." : "Compare it with a number.";
    }
    if (other.kind().isText() && literal.kind().isNumber() && literal.constant()) {
      return "Write the text in single quotes.";
    }
    if (other.kind() == Kind.BOOLEAN) {
      return "Compare it with TRUE or FALSE, or use it as the condition itself.";
    }
    if (other.kind().isTemporal() && !literal.kind().isTemporal()) {
      return "Compare it with "
          + other.kind().description()
          + " such as "
          + Times.example(other.kind())
          + ".";
    }
    if (other.kind() == Kind.LIST || other.kind() == Kind.INTERVAL || other.kind() == Kind.MAP) {
      return "Only IS NULL and IS NOT NULL work on it.";
    }
    return "Compare values of one type.";
  }

  private Typed arithmetic(Expression.Arithmetic arithmetic) {
    Typed left = compile(arithmetic.left());
    Typed right = compile(arithmetic.right());
    for (Typed side : List.of(left, right)) {
      if (!side.kind().isNumber() && !side.kind().fitsAnywhere()) {
        problem(
            arithmetic.position(),
            "'" + arithmetic.operator() + "' needs numbers, not " + side.describe(),
            side.kind().isText() ? "Join texts with '||'." : "Compare it directly instead.");
        return Typed.unknown(arithmetic);
      }
    }
    Evaluator l = left.evaluator();
    Evaluator r = right.evaluator();
    char operator = arithmetic.operator();
    return computed(
        widest(left.kind(), right.kind()),
        arithmetic,
        row -> {
          Object a = l.evaluate(row);
          Object b = a == null ? null : r.evaluate(row);
          return a == null || b == null ? null : Numbers.calculate(operator, a, b);
        });
  }

  private static Kind widest(Kind left, Kind right) {
    if (left.fitsAnywhere() || right.fitsAnywhere()) {
      return left.fitsAnywhere() ? right : left;
    }
    return left.compareTo(right) >= 0 ? left : right;
  }

  private Typed concatenation(Expression.Concatenation concatenation) {
    Evaluator left = functions.text(compile(concatenation.left()), "||");
    Evaluator right = functions.text(compile(concatenation.right()), "||");
    return computed(
        Kind.TEXT,
        concatenation,
        row -> {
          Object a = left.evaluate(row);
          Object b = a == null ? null : right.evaluate(row);
          return a == null || b == null ? null : BinaryStringData.fromString(a.toString() + b);
        });
  }

  private Typed is(Expression.Is is) {
    if (is.test() == Expression.Test.NULL) {
      Evaluator operand = compile(is.operand()).evaluator();
      boolean whenNull = !is.negated();
      return computed(Kind.BOOLEAN, is, row -> (operand.evaluate(row) == null) == whenNull);
    }
    Evaluator operand = condition(is.operand(), "IS " + is.test());
    Boolean expected = is.test() == Expression.Test.TRUE;
    boolean negated = is.negated();
    return computed(Kind.BOOLEAN, is, row -> expected.equals(operand.evaluate(row)) != negated);
  }

  private Typed distinct(Expression.Distinct distinct) {
    Pair pair = pair(compile(distinct.left()), compile(distinct.right()));
    Comparator<Object> comparator = comparator(distinct.position(), "IS DISTINCT FROM", pair);
    if (comparator == null) {
      return Typed.unknown(distinct);
    }
    Evaluator l = pair.left.evaluator();
    Evaluator r = pair.right.evaluator();
    boolean whenDistinct = !distinct.negated();
    return computed(
        Kind.BOOLEAN,
        distinct,
        row -> {
          Object a = l.evaluate(row);
          Object b = r.evaluate(row);
          boolean differs =
              a == null || b == null ? !Objects.equals(a, b) : comparator.compare(a, b) != 0;
          return differs == whenDistinct;
        });
  }

  private Typed in(Expression.In in) {
    Typed operand = compile(in.operand());
    Evaluator value = operand.evaluator();
    Against[] choices =
        in.choices().stream()
            .map(c -> against(Expression.Operator.EQUAL, operand, c, c.position()))
            .toArray(Against[]::new);
    boolean negated = in.negated();
    return computed(
        Kind.BOOLEAN,
        in,
        row -> {
          Object given = value.evaluate(row);
          boolean unknown = false;
          for (Against choice : choices) {
            Object equal = choice.test().of(given, row);
            if (Boolean.TRUE.equals(equal)) {
              return !negated;
            }
            unknown |= equal == null;
          }
          return unknown ? null : (Object) negated;
        });
  }

  private Typed between(Expression.Between between) {
    Typed operand = compile(between.operand());
    Evaluator value = operand.evaluator();
    Expression low = between.low();
    Expression high = between.high();
    Against above = against(Expression.Operator.GREATER_OR_EQUAL, operand, low, low.position());
    Against below = against(Expression.Operator.LESS_OR_EQUAL, operand, high, high.position());
    boolean negated = between.negated();
    return computed(
        Kind.BOOLEAN,
        between,
        row -> {
          Object given = value.evaluate(row);
          Object a = above.test().of(given, row);
          Object b = below.test().of(given, row);
          if (Boolean.FALSE.equals(a) || Boolean.FALSE.equals(b)) {
            return negated;
          }
          return a == null || b == null ? null : (Object) !negated;
        });
  }

  private Typed like(Expression.Like like) {
    Evaluator operand =
        functions.text(compile(like.operand()), like.ignoreCase() ? "ILIKE" : "LIKE");
    Typed pattern = compile(like.pattern());
    Evaluator patterns = functions.text(pattern, "LIKE");
    int escape = like.escape().map(e -> (int) e.charAt(0)).orElse((int) '\\');
    boolean fold = like.ignoreCase();
    boolean negated = like.negated();
    LikePattern fixed = null;
    if (pattern.constant() && pattern.value() instanceof StringData text) {
      fixed = LikePattern.of(fold(text.toString(), fold), escape);
      if (fixed == null) {
        problem(
            pattern.position(),
            "the pattern ends in its escape character",
            "Complete it, or write the escape character twice.");
      }
    }
    LikePattern constant = fixed;
    return computed(
        Kind.BOOLEAN,
        like,
        row -> {
          Object value = operand.evaluate(row);
          if (value == null) {
            return null;
          }
          LikePattern matcher = constant;
          if (matcher == null) {
            Object text = patterns.evaluate(row);
            matcher = text == null ? null : LikePattern.of(fold(text.toString(), fold), escape);
          }
          if (matcher == null) {
            return null;
          }
          boolean matches =
              fold
                  ? matcher.matches(fold(value.toString(), true))
                  : matcher.matches((StringData) value);
          return matches != negated;
        });
  }

  private static String fold(String text, boolean fold) {
    return fold ? text.toLowerCase(Locale.ROOT) : text;
  }

  private Typed caseOf(Expression.Case chosen) {
    List<Against> conditions = new ArrayList<>();
    List<Typed> results = new ArrayList<>();
    Typed operand = chosen.operand().map(this::compile).orElse(null);
    for (Expression.When when : chosen.whens()) {
      Expression condition = when.condition();
      if (operand == null) {
        Evaluator holds = condition(condition, "WHEN");
        conditions.add(new Against((value, row) -> holds.evaluate(row)));
      } else {
        conditions.add(
            against(Expression.Operator.EQUAL, operand, condition, condition.position()));
      }
      results.add(compile(when.result()));
    }
    chosen.otherwise().ifPresent(otherwise -> results.add(compile(otherwise)));
    Unified unified = unify(results, "CASE");
    Evaluator value = operand == null ? row -> null : operand.evaluator();
    return computed(
        unified.kind,
        chosen,
        row -> {
          Object given = value.evaluate(row);
          for (int i = 0; i < conditions.size(); i++) {
            if (Boolean.TRUE.equals(conditions.get(i).test().of(given, row))) {
              return unified.evaluators.get(i).evaluate(row);
            }
          }
          return unified.evaluators.size() > conditions.size()
              ? unified.evaluators.get(conditions.size()).evaluate(row)
              : null;
        });
  }

  /** Brings the results of CASE, COALESCE and the like to one kind. */
  Unified unify(List<Typed> parts, String where) {
    BinaryOperator<Kind> wider =
        (a, b) -> a.isNumber() && b.isNumber() ? widest(a, b) : a.isText() ? Kind.TEXT : a;
    Kind kind = Kind.NULL;
    for (Typed part : parts) {
      if (!(part.expression() instanceof Expression.TextLiteral) && !part.kind().fitsAnywhere()) {
        kind = kind == Kind.NULL ? part.kind() : wider.apply(kind, part.kind());
      }
    }
    if (kind == Kind.NULL && parts.stream().anyMatch(p -> p.kind() == Kind.TEXT)) {
      kind = Kind.TEXT;
    }
    List<Evaluator> evaluators = new ArrayList<>();
    for (Typed part : parts) {
      Typed fitted = fit(part, kind);
      boolean same =
          fitted.kind() == kind
              || fitted.kind().fitsAnywhere()
              || (fitted.kind().isNumber() && kind.isNumber())
              || (fitted.kind().isText() && kind.isText());
      if (!same) {
        problem(
            part.position(),
            where + " gives " + kind.description() + " and " + part.describe(),
            "Give results of one type.");
      }
      evaluators.add(fitted.evaluator());
    }
    return new Unified(kind, evaluators);
  }

  record Unified(Kind kind, List<Evaluator> evaluators) {}

  private record Pair(Typed left, Typed right) {}

  /** Reads text literals as what stands on the other side, as SQL does. */
  private Pair pair(Typed left, Typed right) {
    return new Pair(fit(left, right.kind()), fit(right, left.kind()));
  }

  private Typed fit(Typed typed, Kind kind) {
    if (!(typed.expression() instanceof Expression.TextLiteral literal)
        || typed.kind() != Kind.TEXT) {
      return typed;
    }
    if (kind.isTemporal()) {
      return temporal(kind, literal.value(), literal);
    }
    if (kind == Kind.UUID) {
      String lower = literal.value().toLowerCase(Locale.ROOT);
      if (lower.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")) {
        return constant(Kind.UUID, BinaryStringData.fromString(lower), literal);
      }
      problem(
          literal.position(),
          "'" + literal.value() + "' is not a uuid",
          "Write 32 hexadecimal digits in groups of 8-4-4-4-12.");
      return Typed.unknown(literal);
    }
    return typed;
  }
}
