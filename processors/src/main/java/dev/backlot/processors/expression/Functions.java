package dev.backlot.processors.expression;

import dev.backlot.sdk.Suggestions;
import java.math.RoundingMode;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.binary.BinaryStringData;
import org.jspecify.annotations.Nullable;

/**
 * The functions of the language. All are deterministic, and NULL unless every argument has a value.
 */
final class Functions {
  private static final Set<String> CLOCKS =
      Set.of(
          "now", "current_date", "current_timestamp", "random", "rand", "uuid", "clock_timestamp");
  private static final Set<String> AGGREGATES = Set.of("count", "sum", "avg", "min", "max");

  private final Compiler compiler;
  private final TreeMap<String, Function> functions = new TreeMap<>();

  @FunctionalInterface
  private interface Function {
    Typed compile(Expression.Call call, List<Typed> arguments);
  }

  Functions(Compiler compiler) {
    this.compiler = compiler;
    functions.put("lower", textFunction(t -> t.toLowerCase(Locale.ROOT)));
    functions.put("upper", textFunction(t -> t.toUpperCase(Locale.ROOT)));
    functions.put("trim", textFunction(String::strip));
    functions.put("length", (call, arguments) -> length(call, arguments));
    functions.put("substring", (call, arguments) -> substring(call, arguments));
    functions.put("replace", (call, arguments) -> replace(call, arguments));
    functions.put("concat", (call, arguments) -> concat(call, arguments));
    functions.put("starts_with", (call, arguments) -> startsWith(call, arguments));
    functions.put("coalesce", (call, arguments) -> coalesce(call, arguments));
    functions.put("nullif", (call, arguments) -> nullIf(call, arguments));
    functions.put("abs", numberFunction(Numbers::abs));
    functions.put("floor", numberFunction(n -> Numbers.round(n, RoundingMode.FLOOR)));
    functions.put("ceil", numberFunction(n -> Numbers.round(n, RoundingMode.CEILING)));
    functions.put("round", numberFunction(n -> Numbers.round(n, RoundingMode.HALF_UP)));
    functions.put("year", dateFunction(ChronoField.YEAR));
    functions.put("month", dateFunction(ChronoField.MONTH_OF_YEAR));
    functions.put("day", dateFunction(ChronoField.DAY_OF_MONTH));
  }

  Typed compile(Expression.Call call) {
    List<Typed> arguments = call.arguments().stream().map(compiler::compile).toList();
    Function function = functions.get(call.function());
    if (function != null) {
      return function.compile(call, arguments);
    }
    compiler.problem(call.position(), unknownFact(call.function()), unknownFix(call.function()));
    return Typed.unknown(call);
  }

  /** Returns the evaluator of a text, with a problem when it is none. */
  Evaluator text(Typed typed, String where) {
    if (!typed.kind().isText() && !typed.kind().fitsAnywhere()) {
      compiler.problem(
          typed.position(), where + " needs a text, not " + typed.describe(), "Give it a text.");
    }
    return typed.evaluator();
  }

  private static String unknownFact(String function) {
    if (CLOCKS.contains(function)) {
      return "'" + function + "' changes without any row changing";
    }
    return AGGREGATES.contains(function)
        ? "'" + function + "' needs many rows, and a filter sees one"
        : "there is no function '" + function + "'";
  }

  private String unknownFix(String function) {
    if (CLOCKS.contains(function)) {
      return "Compare with a fixed value here, and with the current time in the query.";
    }
    if (AGGREGATES.contains(function)) {
      return "Aggregate in the query instead.";
    }
    return Suggestions.nearest(function, List.copyOf(functions.keySet()))
        .map(near -> "Did you mean " + near + "?")
        .orElse("There are " + String.join(", ", functions.keySet()) + ".");
  }

  private boolean wrongCount(Expression.Call call, int least, int most) {
    int count = call.arguments().size();
    if (count >= least && count <= most) {
      return false;
    }
    String wanted =
        least == most
            ? String.valueOf(least)
            : most == Integer.MAX_VALUE ? least + " or more" : least + " to " + most;
    compiler.problem(
        call.position(),
        "'"
            + call.function()
            + "' takes "
            + wanted
            + (most == 1 ? " argument" : " arguments")
            + ", not "
            + count,
        "Give it " + wanted + ".");
    return true;
  }

  private Function textFunction(UnaryOperator<String> change) {
    return (call, arguments) -> {
      if (wrongCount(call, 1, 1)) {
        return Typed.unknown(call);
      }
      Evaluator text = text(arguments.get(0), call.function());
      return compiler.computed(
          Kind.TEXT,
          call,
          row -> {
            Object value = text.evaluate(row);
            return value == null
                ? null
                : BinaryStringData.fromString(change.apply(value.toString()));
          });
    };
  }

  private Function numberFunction(UnaryOperator<Object> change) {
    return (call, arguments) -> {
      if (wrongCount(call, 1, 1) || wrongNumber(call, arguments.get(0))) {
        return Typed.unknown(call);
      }
      Evaluator number = arguments.get(0).evaluator();
      return compiler.computed(
          arguments.get(0).kind(),
          call,
          row -> {
            Object value = number.evaluate(row);
            return value == null ? null : change.apply(value);
          });
    };
  }

  private boolean wrongNumber(Expression.Call call, Typed argument) {
    if (argument.kind().isNumber() || argument.kind().fitsAnywhere()) {
      return false;
    }
    compiler.problem(
        argument.position(),
        call.function() + " needs a number, not " + argument.describe(),
        "Give it a number.");
    return true;
  }

  private Function dateFunction(ChronoField field) {
    return (call, arguments) -> {
      if (wrongCount(call, 1, 1)) {
        return Typed.unknown(call);
      }
      Typed argument = arguments.get(0);
      Kind kind = argument.kind();
      boolean dated = kind == Kind.DATE || kind == Kind.TIMESTAMP || kind == Kind.TIMESTAMPTZ;
      if (!dated && !kind.fitsAnywhere()) {
        compiler.problem(
            argument.position(),
            call.function() + " needs a date or timestamp, not " + argument.describe(),
            "Give it a date, such as DATE '2026-03-14'.");
        return Typed.unknown(call);
      }
      Evaluator time = argument.evaluator();
      return compiler.computed(
          Kind.INTEGER,
          call,
          row -> {
            Object value = time.evaluate(row);
            return value == null ? null : Times.part(kind, (Long) value, field);
          });
    };
  }

  private Typed length(Expression.Call call, List<Typed> arguments) {
    if (wrongCount(call, 1, 1)) {
      return Typed.unknown(call);
    }
    Evaluator text = text(arguments.get(0), "length");
    return compiler.computed(
        Kind.INTEGER,
        call,
        row -> {
          Object value = text.evaluate(row);
          return value == null
              ? null
              : value instanceof BinaryStringData binary
                  ? (Object) (long) binary.numChars()
                  : (Object) (long) value.toString().codePoints().count();
        });
  }

  private Typed substring(Expression.Call call, List<Typed> arguments) {
    if (wrongCount(call, 2, 3)) {
      return Typed.unknown(call);
    }
    for (Typed number : arguments.subList(1, arguments.size())) {
      if (wrongNumber(call, number)) {
        return Typed.unknown(call);
      }
    }
    Evaluator text = text(arguments.get(0), "substring");
    Evaluator start = arguments.get(1).evaluator();
    Evaluator length =
        arguments.size() == 3 ? arguments.get(2).evaluator() : row -> (long) Integer.MAX_VALUE;
    return compiler.computed(
        Kind.TEXT,
        call,
        row -> {
          Object value = text.evaluate(row);
          Object from = start.evaluate(row);
          Object count = length.evaluate(row);
          return value == null || from == null || count == null
              ? null
              : slice(value.toString(), ((Number) from).longValue(), ((Number) count).longValue());
        });
  }

  /** Cuts characters from a 1-based place on; what lies before the text counts but is not there. */
  private static StringData slice(String text, long from, long count) {
    int[] points = text.codePoints().toArray();
    long end = Math.min(points.length, Math.max(0, from - 1 + Math.max(0, count)));
    int first = (int) Math.min(end, Math.max(0, from - 1));
    return BinaryStringData.fromString(new String(points, first, (int) end - first));
  }

  private Typed replace(Expression.Call call, List<Typed> arguments) {
    if (wrongCount(call, 3, 3)) {
      return Typed.unknown(call);
    }
    List<Evaluator> texts = arguments.stream().map(a -> text(a, "replace")).toList();
    return compiler.computed(
        Kind.TEXT,
        call,
        row -> {
          String[] values = values(texts, row);
          return values == null || values[1].isEmpty()
              ? (values == null ? null : BinaryStringData.fromString(values[0]))
              : BinaryStringData.fromString(values[0].replace(values[1], values[2]));
        });
  }

  private Typed concat(Expression.Call call, List<Typed> arguments) {
    if (wrongCount(call, 1, Integer.MAX_VALUE)) {
      return Typed.unknown(call);
    }
    List<Evaluator> texts = arguments.stream().map(a -> text(a, "concat")).toList();
    return compiler.computed(
        Kind.TEXT,
        call,
        row -> {
          String[] values = values(texts, row);
          return values == null ? null : BinaryStringData.fromString(String.join("", values));
        });
  }

  private Typed startsWith(Expression.Call call, List<Typed> arguments) {
    if (wrongCount(call, 2, 2)) {
      return Typed.unknown(call);
    }
    List<Evaluator> texts = arguments.stream().map(a -> text(a, "starts_with")).toList();
    return compiler.computed(
        Kind.BOOLEAN,
        call,
        row -> {
          String[] values = values(texts, row);
          return values == null ? null : (Object) values[0].startsWith(values[1]);
        });
  }

  private static String @Nullable [] values(
      List<Evaluator> texts, org.apache.flink.table.data.RowData row) {
    String[] values = new String[texts.size()];
    for (int i = 0; i < values.length; i++) {
      Object value = texts.get(i).evaluate(row);
      if (value == null) {
        return null;
      }
      values[i] = value.toString();
    }
    return values;
  }

  private Typed coalesce(Expression.Call call, List<Typed> arguments) {
    if (wrongCount(call, 1, Integer.MAX_VALUE)) {
      return Typed.unknown(call);
    }
    Compiler.Unified unified = compiler.unify(new ArrayList<>(arguments), "coalesce");
    return compiler.computed(
        unified.kind(),
        call,
        row -> {
          for (Evaluator evaluator : unified.evaluators()) {
            Object value = evaluator.evaluate(row);
            if (value != null) {
              return value;
            }
          }
          return null;
        });
  }

  private Typed nullIf(Expression.Call call, List<Typed> arguments) {
    if (wrongCount(call, 2, 2)) {
      return Typed.unknown(call);
    }
    Compiler.Against equal =
        compiler.against(
            Expression.Operator.EQUAL, arguments.get(0), arguments.get(1), call.position());
    Evaluator value = arguments.get(0).evaluator();
    return compiler.computed(
        arguments.get(0).kind(),
        call,
        row -> {
          Object given = value.evaluate(row);
          return Boolean.TRUE.equals(equal.test().of(given, row)) ? null : given;
        });
  }
}
