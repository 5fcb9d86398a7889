package dev.backlot.schema.evolution;

import dev.backlot.schema.evolution.SchemaProposal.Clause;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads proposals: {@code name clause, clause}, or {@code ALTER TABLE} statements. Names without
 * quotes are kept as they are written in a Source's name, and are small letters in SQL, as
 * PostgreSQL has it.
 */
final class ProposalReader {
  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s+|--[^\\n]*|/\\*.*?\\*/|\"(?:[^\"]|\"\")+\"|'(?:[^']|'')*'|[\\p{L}_][\\p{L}\\p{N}_$]*"
              + "|[0-9]+(?:\\.[0-9]+)?|::|.",
          Pattern.DOTALL);

  /** What ends the type of a column. */
  private static final Set<String> BEHIND_A_TYPE =
      Set.of(
          "not",
          "null",
          "default",
          "using",
          "collate",
          "primary",
          "unique",
          "references",
          "check",
          "constraint",
          "generated",
          "cascade",
          "restrict");

  private final List<String> tokens = new ArrayList<>();
  private int at;

  ProposalReader(String text) {
    Matcher token = TOKEN.matcher(text);
    while (token.find()) {
      String found = token.group();
      if (!found.isBlank() && !found.startsWith("--") && !found.startsWith("/*")) {
        tokens.add(found);
      }
    }
  }

  List<SchemaProposal> read() {
    List<SchemaProposal> all = new ArrayList<>();
    while (at < tokens.size()) {
      if (!take(";")) {
        all.add(proposal());
      }
    }
    if (all.isEmpty()) {
      throw new IllegalArgumentException(
          "it is empty. Write such as 'studio.public.movie drop region'");
    }
    return all;
  }

  private SchemaProposal proposal() {
    boolean sql = false;
    if (take("alter", "table")) {
      sql = true;
      take("if", "exists");
      take("only");
    } else if (take("drop", "table")) {
      take("if", "exists");
      List<String> table = name(true);
      skipClause();
      return new SchemaProposal(table, List.of(new Clause.Gone("dropped")));
    }
    List<String> table = name(sql);
    List<Clause> clauses = new ArrayList<>();
    do {
      clauses.add(clause());
      skipClause();
    } while (take(","));
    if (at < tokens.size() && !is(";")) {
      throw unexpected("a comma or the end");
    }
    return new SchemaProposal(table, clauses);
  }

  private Clause clause() {
    if (take("drop")) {
      return drop();
    }
    if (take("add")) {
      return add();
    }
    if (take("rename")) {
      return rename();
    }
    if (take("alter")) {
      take("column");
      return alter();
    }
    if (take("key")) {
      return new Clause.Key(columns());
    }
    throw unexpected("add, drop, rename, alter or key");
  }

  private Clause drop() {
    if (take("constraint")) {
      return new Clause.Unseen("constraint");
    }
    if (take("table")) {
      return new Clause.Gone("dropped");
    }
    take("column");
    take("if", "exists");
    return new Clause.Drop(column());
  }

  private Clause add() {
    if (take("constraint")) {
      column();
    }
    if (take("primary", "key")) {
      return new Clause.Key(columns());
    }
    if (take("unique") || take("foreign") || take("check") || take("exclude")) {
      return new Clause.Unseen("constraint");
    }
    take("column");
    take("if", "not", "exists");
    String column = column();
    String type = type();
    boolean required = false;
    for (int i = at; i + 1 < tokens.size() && !tokens.get(i).equals(","); i++) {
      required |= word(i).equals("not") && word(i + 1).equals("null");
    }
    return new Clause.Add(column, type, required);
  }

  private Clause rename() {
    if (take("constraint")) {
      return new Clause.Unseen("constraint");
    }
    if (take("to")) {
      return new Clause.Gone("renamed to " + column());
    }
    take("column");
    String column = column();
    if (!take("to")) {
      throw unexpected("'to'");
    }
    return new Clause.Rename(column, column());
  }

  private Clause alter() {
    String column = column();
    if (take("set", "data", "type") || take("type")) {
      return new Clause.Retype(column, type());
    }
    if (take("set", "not", "null")) {
      return new Clause.Nullability(column, false);
    }
    if (take("drop", "not", "null")) {
      return new Clause.Nullability(column, true);
    }
    if (is("set") || is("drop") || is("add")) {
      return new Clause.Unseen("default, storage or statistics of " + column);
    }
    throw unexpected("type, set or drop");
  }

  private List<String> name(boolean sql) {
    List<String> parts = new ArrayList<>();
    do {
      String token = next("a Source's or table's name");
      boolean quoted = token.startsWith("\"");
      parts.add(quoted ? unquoted(token) : sql ? token.toLowerCase(Locale.ROOT) : token);
    } while (take("."));
    return parts;
  }

  private List<String> columns() {
    if (!take("(")) {
      throw unexpected("'('");
    }
    List<String> columns = new ArrayList<>();
    do {
      columns.add(column());
    } while (take(","));
    if (!take(")")) {
      throw unexpected("')'");
    }
    return columns;
  }

  private String column() {
    String token = next("a column's name");
    if (token.startsWith("\"")) {
      return unquoted(token);
    }
    if (!Character.isLetter(token.charAt(0)) && token.charAt(0) != '_') {
      at--;
      throw unexpected("a column's name");
    }
    return token.toLowerCase(Locale.ROOT);
  }

  private String type() {
    StringBuilder type = new StringBuilder();
    int depth = 0;
    while (at < tokens.size()) {
      String token = tokens.get(at);
      boolean ends = depth == 0 && (token.equals(",") || token.equals(";"));
      if (ends || (depth == 0 && BEHIND_A_TYPE.contains(word(at)))) {
        break;
      }
      depth += token.equals("(") ? 1 : token.equals(")") ? -1 : 0;
      boolean word = Character.isLetter(token.charAt(0)) && !type.isEmpty();
      boolean dotted = !type.isEmpty() && type.charAt(type.length() - 1) == '.';
      type.append(word && !dotted ? " " : "").append(token);
      at++;
    }
    if (type.isEmpty()) {
      throw unexpected("a type");
    }
    return type.toString();
  }

  /** Passes over what a clause says beyond what matters here. */
  private void skipClause() {
    int depth = 0;
    while (at < tokens.size()
        && (depth > 0 || !(tokens.get(at).equals(",") || tokens.get(at).equals(";")))) {
      depth += tokens.get(at).equals("(") ? 1 : tokens.get(at).equals(")") ? -1 : 0;
      at++;
    }
  }

  private static String unquoted(String token) {
    return token.substring(1, token.length() - 1).replace("\"\"", "\"");
  }

  private String next(String wanted) {
    if (at >= tokens.size()) {
      throw unexpected(wanted);
    }
    return tokens.get(at++);
  }

  private boolean is(String word) {
    return at < tokens.size() && word(at).equals(word);
  }

  private String word(int index) {
    return index < tokens.size() ? tokens.get(index).toLowerCase(Locale.ROOT) : "";
  }

  private boolean take(String... words) {
    for (int i = 0; i < words.length; i++) {
      if (!word(at + i).equals(words[i])) {
        return false;
      }
    }
    at += words.length;
    return true;
  }

  private IllegalArgumentException unexpected(String wanted) {
    String found = at < tokens.size() ? "'" + tokens.get(at) + "'" : "its end";
    return new IllegalArgumentException("it has " + found + " where " + wanted + " is expected");
  }
}
