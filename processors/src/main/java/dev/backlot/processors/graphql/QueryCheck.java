package dev.backlot.processors.graphql;

import dev.backlot.model.ProblemCode;
import dev.backlot.processors.graphql.Enrichment.By;
import dev.backlot.processors.graphql.Enrichment.Taken;
import dev.backlot.processors.graphql.Enrichment.Variable;
import dev.backlot.schema.Field;
import dev.backlot.schema.FieldType;
import dev.backlot.schema.SystemColumn;
import dev.backlot.sdk.Finding;
import dev.backlot.sdk.Shape;
import dev.backlot.sdk.Suggestions;
import graphql.ParseAndValidate;
import graphql.language.AstPrinter;
import graphql.language.Document;
import graphql.language.OperationDefinition;
import graphql.language.SourceLocation;
import graphql.language.VariableDefinition;
import graphql.parser.InvalidSyntaxException;
import graphql.parser.Parser;
import graphql.schema.GraphQLFieldsContainer;
import graphql.schema.GraphQLInputType;
import graphql.schema.GraphQLObjectType;
import graphql.schema.GraphQLSchema;
import graphql.schema.GraphQLType;
import graphql.schema.GraphQLTypeUtil;
import graphql.validation.ValidationError;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Meets a step's config with its graph's schema and its input: pure. Finds everything that is wrong
 * with the query, its variables, what is matched and what is taken.
 */
final class QueryCheck {
  /** The library says where and which rule before what; the place is told apart from the text. */
  private static final Pattern RULE = Pattern.compile("^Validation error \\([^)]*\\)\\s*:\\s*");

  private static final Pattern UNKNOWN_FIELD =
      Pattern.compile("[Ff]ield '([^']+)' in type '([^']+)' is undefined");
  private static final int MOST_TEXT = 100_000;

  private final Map<String, Object> config;
  private final Shape input;
  private final List<Finding> findings = new ArrayList<>();

  private QueryCheck(Map<String, Object> config, Shape input) {
    this.config = config;
    this.input = input;
  }

  /** What came of the check. */
  sealed interface Outcome {
    /** Everything fits; where the endpoint is, and how it is asked, is the caller's. */
    record Fits(
        By by,
        String root,
        List<Variable> variables,
        Map<String, String> match,
        List<Taken> take,
        String schemaHash)
        implements Outcome {}

    /** Everything that was found. */
    record Wrong(List<Finding> findings) implements Outcome {}
  }

  /**
   * Checks a config.
   *
   * @param schema of the graph; without one, only what can be said without it
   */
  static Outcome check(Map<String, Object> config, Shape input, Optional<GraphQLSchema> schema) {
    return new QueryCheck(config, input).run(schema);
  }

  private Outcome run(Optional<GraphQLSchema> schema) {
    Optional<Document> document = parse(String.valueOf(config.get("query")));
    checkFields();
    Optional<OperationDefinition> operation = document.flatMap(this::operation);
    if (schema.isPresent() && document.isPresent() && operation.isPresent()) {
      int before = findings.size();
      for (ValidationError error :
          ParseAndValidate.validate(schema.get(), document.get(), Locale.ENGLISH)) {
        invalid(error, schema.get());
      }
      if (findings.size() == before) {
        return against(schema.get(), document.get(), operation.get());
      }
    }
    return new Outcome.Wrong(findings.stream().distinct().toList());
  }

  private Optional<Document> parse(String query) {
    if (query.length() > MOST_TEXT) {
      queryFinding(null, ProblemCode.GRAPHQL_SYNTAX, "it is too long", "Shorten it.");
      return Optional.empty();
    }
    try {
      return Optional.of(Parser.parse(query));
    } catch (InvalidSyntaxException e) {
      String token = e.getOffendingToken();
      queryFinding(
          e.getLocation(),
          ProblemCode.GRAPHQL_SYNTAX,
          token == null || token.isBlank() || token.equals("<EOF>")
              ? "the document is not GraphQL or ends too early"
              : "'" + token + "' is not expected there",
          "Correct the query there.");
      return Optional.empty();
    }
  }

  private Optional<OperationDefinition> operation(Document document) {
    List<OperationDefinition> operations = document.getDefinitionsOfType(OperationDefinition.class);
    if (operations.size() != 1) {
      queryFinding(
          operations.size() > 1 ? operations.get(1).getSourceLocation() : null,
          ProblemCode.GRAPHQL_INVALID,
          "the document has " + operations.size() + " operations",
          "Keep one query.");
      return Optional.empty();
    }
    OperationDefinition operation = operations.get(0);
    if (operation.getOperation() != OperationDefinition.Operation.QUERY) {
      queryFinding(
          operation.getSourceLocation(),
          ProblemCode.GRAPHQL_INVALID,
          "the operation is a " + operation.getOperation().name().toLowerCase(Locale.ROOT),
          "Enrichment only reads: write a query.");
      return Optional.empty();
    }
    if (operation.getSelectionSet().getSelections().size() != 1
        || !(operation.getSelectionSet().getSelections().get(0)
            instanceof graphql.language.Field)) {
      queryFinding(
          operation.getSelectionSet().getSourceLocation(),
          ProblemCode.GRAPHQL_INVALID,
          "the query does not have exactly one root field",
          "Select one field of Query; use one enrichment step for each.");
      return Optional.empty();
    }
    return Optional.of(operation);
  }

  /** Checks what needs no schema: fields of the row, names of what is added. */
  private void checkFields() {
    texts("variables").forEach((name, field) -> known(field, "config.variables." + name));
    texts("match").forEach((path, field) -> known(field, "config.match." + path));
    Set<String> taken = new HashSet<>(input.names());
    texts("take")
        .forEach(
            (name, path) -> {
              if (SystemColumn.ofColumn(name).isPresent()) {
                conflict(name, "'" + name + "' is the name of a system column");
              } else if (!taken.add(name)) {
                conflict(name, "its input has a field '" + name + "' already");
              }
              if (!path.matches("[_A-Za-z][_0-9A-Za-z]*(\\.[_A-Za-z][_0-9A-Za-z]*)*")) {
                finding(
                    "config.take." + name,
                    "'" + path + "' is not a path",
                    "Write it as director.name.");
              }
            });
    texts("types")
        .forEach(
            (name, type) -> {
              if (!texts("take").containsKey(name)) {
                finding(
                    "config.types." + name,
                    "nothing of the name '" + name + "' is taken",
                    Suggestions.fix(name, List.copyOf(texts("take").keySet())));
              }
            });
  }

  private void known(String field, String path) {
    if (input.index(field) < 0) {
      findings.add(
          new Finding(
              ProblemCode.PIPELINE_UNKNOWN_FIELD,
              path,
              "its input has no field '" + field + "'",
              Suggestions.fix(field, input.names())));
    }
  }

  private Outcome against(GraphQLSchema schema, Document document, OperationDefinition operation) {
    graphql.language.Field root =
        (graphql.language.Field) operation.getSelectionSet().getSelections().get(0);
    GraphQLObjectType query = schema.getQueryType();
    GraphQLType rootType = query.getFieldDefinition(root.getName()).getType();
    Map<String, GraphQLInputType> types = variableTypes(schema, operation);
    List<Variable> variables = variables(operation, types);
    long lists = types.values().stream().filter(GraphTypes::isList).count();
    By by = lists > 0 ? By.LIST : By.ALIAS;
    if (lists > 0 && types.size() > 1) {
      finding(
          "config.variables",
          "the variable that takes a list is not the only one",
          "Write the other values into the query, or let every variable take one value.");
    }
    if (!(GraphQLTypeUtil.unwrapAll(rootType) instanceof GraphQLFieldsContainer)) {
      queryFinding(
          root.getSourceLocation(),
          ProblemCode.GRAPHQL_INVALID,
          "'" + root.getName() + "' is not an object",
          "Ask for objects, so that fields can be taken of them.");
      return new Outcome.Wrong(findings);
    }
    checkRoot(by, root, rootType, document);
    GraphQLType item = GraphTypes.isList(rootType) ? GraphTypes.element(rootType) : rootType;
    Selections selections = new Selections(schema, document);
    Map<String, String> match = match(by, selections, item, root);
    List<Taken> take = take(selections, item, root);
    if (!findings.isEmpty()) {
      return new Outcome.Wrong(findings.stream().distinct().toList());
    }
    return new Outcome.Fits(
        by,
        root.getResultKey(),
        variables,
        match,
        take,
        GraphSchema.hash(selections.signatures(query, operation.getSelectionSet())));
  }

  private void checkRoot(
      By by, graphql.language.Field root, GraphQLType rootType, Document document) {
    boolean list = GraphTypes.isList(rootType);
    if (by == By.LIST && (!list || GraphTypes.isList(GraphTypes.element(rootType)))) {
      queryFinding(
          root.getSourceLocation(),
          ProblemCode.GRAPHQL_INVALID,
          "'" + root.getName() + "' takes a list, but does not answer with one",
          "Use a root field that gives a list of objects, or variables of one value each.");
    } else if (by == By.ALIAS && list) {
      queryFinding(
          root.getSourceLocation(),
          ProblemCode.GRAPHQL_INVALID,
          "'" + root.getName() + "' answers with a list, but no variable takes one",
          "Use a root field that gives one object, or one that takes a list of keys.");
    }
    if (by == By.ALIAS && AliasedDocument.usesVariablesInFragments(document)) {
      queryFinding(
          root.getSourceLocation(),
          ProblemCode.GRAPHQL_INVALID,
          "a fragment uses a variable, which differs from row to row",
          "Write the fragment's fields into the query itself.");
    }
  }

  private static Map<String, GraphQLInputType> variableTypes(
      GraphQLSchema schema, OperationDefinition operation) {
    Map<String, GraphQLInputType> types = new LinkedHashMap<>();
    for (VariableDefinition variable : operation.getVariableDefinitions()) {
      types.put(variable.getName(), VariableTypes.of(schema, variable.getType()));
    }
    return types;
  }

  private List<Variable> variables(
      OperationDefinition operation, Map<String, GraphQLInputType> types) {
    Map<String, String> given = texts("variables");
    given.keySet().stream()
        .filter(name -> !types.containsKey(name))
        .forEach(
            name ->
                finding(
                    "config.variables." + name,
                    "the query has no variable '$" + name + "'",
                    types.isEmpty()
                        ? "Declare it in the query."
                        : Suggestions.fix(name, List.copyOf(types.keySet()))));
    List<Variable> variables = new ArrayList<>();
    for (VariableDefinition definition : operation.getVariableDefinitions()) {
      String name = definition.getName();
      GraphQLInputType type = types.get(name);
      String field = given.get(name);
      if (type == null) {
        continue;
      }
      if (field == null) {
        if (GraphTypes.isRequired(type) && definition.getDefaultValue() == null) {
          queryFinding(
              definition.getSourceLocation(),
              ProblemCode.GRAPHQL_INVALID,
              "nothing fills the variable '$" + name + "'",
              "Name the field that does in 'variables'.");
        } else {
          types.remove(name);
        }
        continue;
      }
      checkVariable(name, type, field);
      variables.add(new Variable(name, AstPrinter.printAst(definition.getType()), field));
    }
    return variables;
  }

  private void checkVariable(String name, GraphQLInputType type, String field) {
    GraphQLType one = GraphTypes.isList(type) ? GraphTypes.element(type) : type;
    Optional<FieldType> has = input.field(field).map(Field::type);
    if (has.isPresent()
        && one instanceof GraphQLInputType inputType
        && !GraphTypes.accepts(inputType, has.get())) {
      finding(
          "config.variables." + name,
          "'$%s' takes %s, and '%s' is %s"
              .formatted(
                  name, GraphQLTypeUtil.simplePrint(type), field, GraphTypes.plain(has.get())),
          "Use a field of a fitting type.");
    }
  }

  private Map<String, String> match(
      By by, Selections selections, GraphQLType item, graphql.language.Field root) {
    Map<String, String> match = texts("match");
    if (by == By.ALIAS) {
      if (!match.isEmpty()) {
        finding(
            "config.match",
            "each row is asked about by itself, so nothing is to be matched",
            "Remove 'match', or use a variable that takes a list.");
      }
      return match;
    }
    if (match.isEmpty()) {
      finding(
          "config.match",
          "many rows share a request, so each item must say which row it is for",
          "Add 'match', such as {id: "
              + texts("variables").values().stream().findFirst().orElse("id")
              + "}.");
    }
    match.forEach(
        (path, field) -> {
          String at = "config.match." + path;
          Selections.Outcome outcome =
              selections.follow(item, List.of(root), List.of(path.split("\\.")));
          if (outcome instanceof Selections.Outcome.Nowhere nowhere) {
            finding(at, nowhere.fact(), nowhere.fix());
          } else if (outcome instanceof Selections.Outcome.Leaf leaf && leaf.lists() > 0) {
            finding(at, "'" + path + "' is a list", "Match something of one value.");
          }
          Optional<FieldType> has = input.field(field).map(Field::type);
          if (has.isPresent() && !isMatchable(has.get())) {
            finding(
                at,
                "'" + field + "' is " + GraphTypes.plain(has.get()) + ", which can't be matched",
                "Match a number, text, uuid or date.");
          }
        });
    return match;
  }

  private static boolean isMatchable(FieldType type) {
    return type instanceof FieldType.Text
        || type == FieldType.Simple.INT
        || type == FieldType.Simple.LONG
        || type == FieldType.Simple.UUID
        || type == FieldType.Simple.BOOLEAN
        || type == FieldType.Simple.DATE
        || type instanceof FieldType.Decimal;
  }

  private List<Taken> take(Selections selections, GraphQLType item, graphql.language.Field root) {
    Map<String, String> types = texts("types");
    boolean keeps = !"delete".equals(config.get("on_missing"));
    boolean itemNullable = keeps;
    List<Taken> taken = new ArrayList<>();
    texts("take")
        .forEach(
            (name, path) -> {
              Selections.Outcome outcome =
                  selections.follow(item, List.of(root), List.of(path.split("\\.")));
              if (outcome instanceof Selections.Outcome.Nowhere nowhere) {
                finding("config.take." + name, nowhere.fact(), nowhere.fix());
              } else if (outcome instanceof Selections.Outcome.Leaf leaf) {
                type(name, leaf, types.get(name))
                    .ifPresent(
                        type ->
                            taken.add(
                                new Taken(
                                    name,
                                    path,
                                    leaf.fieldType(type),
                                    itemNullable || leaf.nullable())));
              }
            });
    return taken;
  }

  private Optional<FieldType> type(
      String name, Selections.Outcome.Leaf leaf, @org.jspecify.annotations.Nullable String wanted) {
    if (wanted == null) {
      return Optional.of(GraphTypes.leaf(leaf.type()));
    }
    try {
      FieldType type = FieldType.parse(wanted);
      if (GraphTypes.isDeclarable(leaf.type(), type)) {
        return Optional.of(type);
      }
      finding(
          "config.types." + name,
          "'" + name + "' is " + leaf.type().getName() + ", which can't become " + wanted,
          "Remove it, or use a type that holds every value.");
    } catch (IllegalArgumentException e) {
      finding(
          "config.types." + name,
          "'" + wanted + "' is not a type",
          "Use text, json, int, long, double, boolean, decimal(p,s), date, timestamp, timestamptz"
              + " or uuid.");
    }
    return Optional.empty();
  }

  private void invalid(ValidationError error, GraphQLSchema schema) {
    String fact = RULE.matcher(error.getMessage()).replaceFirst("");
    String fix = "Correct the query there.";
    Matcher unknown = UNKNOWN_FIELD.matcher(fact);
    if (unknown.find()
        && schema.getType(unknown.group(2)) instanceof GraphQLFieldsContainer container) {
      fact = "'" + container.getName() + "' has no field '" + unknown.group(1) + "'";
      fix =
          Suggestions.fix(
              unknown.group(1),
              container.getFieldDefinitions().stream().map(f -> f.getName()).toList());
    }
    SourceLocation location =
        error.getLocations() == null || error.getLocations().isEmpty()
            ? null
            : error.getLocations().get(0);
    queryFinding(location, ProblemCode.GRAPHQL_INVALID, fact.replaceAll("\\.\\s*$", ""), fix);
  }

  private void queryFinding(
      @org.jspecify.annotations.Nullable SourceLocation location,
      ProblemCode code,
      String fact,
      String fix) {
    if (location == null || location.getLine() < 1) {
      findings.add(new Finding(code, "config.query", fact, fix));
      return;
    }
    int column = Math.max(1, location.getColumn());
    findings.add(
        new Finding(
            code,
            "config.query@" + location.getLine() + ":" + column,
            "at " + location.getLine() + ":" + column + " of the query, " + fact,
            fix));
  }

  private void conflict(String name, String fact) {
    findings.add(
        new Finding(
            ProblemCode.PIPELINE_FIELD_CONFLICT,
            "config.take." + name,
            fact,
            "Choose another name."));
  }

  private void finding(String path, String fact, String fix) {
    findings.add(new Finding(ProblemCode.GRAPHQL_INVALID, path, fact, fix));
  }

  private Map<String, String> texts(String name) {
    Map<String, String> texts = new LinkedHashMap<>();
    if (config.get(name) instanceof Map<?, ?> map) {
      map.forEach((key, value) -> texts.put(String.valueOf(key), String.valueOf(value)));
    }
    return texts;
  }
}
