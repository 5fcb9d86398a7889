package dev.backlot.processors.graphql;

import graphql.language.AstPrinter;
import graphql.language.Document;
import graphql.language.Field;
import graphql.language.ListType;
import graphql.language.NonNullType;
import graphql.language.OperationDefinition;
import graphql.language.SelectionSet;
import graphql.language.TypeName;
import graphql.language.VariableDefinition;
import graphql.parser.InvalidSyntaxException;
import graphql.parser.Parser;
import graphql.schema.GraphQLArgument;
import graphql.schema.GraphQLCompositeType;
import graphql.schema.GraphQLEnumType;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLFieldsContainer;
import graphql.schema.GraphQLInputType;
import graphql.schema.GraphQLNamedType;
import graphql.schema.GraphQLSchema;
import graphql.schema.GraphQLType;
import graphql.schema.GraphQLTypeUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a graph offers to those who write a query for enrichment, and what a query, which may be
 * half written, asks for. Pure.
 */
public final class GraphOutline {
  private static final int MOST_TYPES = 2_000;
  private static final int MOST_PATHS = 300;
  private static final int DEEPEST = 8;

  private GraphOutline() {}

  /**
   * A graph.
   *
   * @param query the name of the type whose fields are the roots of queries
   */
  public record Graph(String query, List<Type> types) {
    /** Copies what is mutable. */
    public Graph {
      types = List.copyOf(types);
    }
  }

  /**
   * A type.
   *
   * @param kind object, interface, union, enum, scalar or input
   * @param values of an enum
   */
  public record Type(
      String name, String kind, String doc, List<TypeField> fields, List<String> values) {
    /** Copies what is mutable. */
    public Type {
      fields = List.copyOf(fields);
      values = List.copyOf(values);
    }
  }

  /**
   * A field of a type.
   *
   * @param type in GraphQL's notation, such as {@code [Movie!]}
   * @param of the name of the type inside
   */
  public record TypeField(String name, String type, String of, String doc, List<Argument> args) {
    /** Copies what is mutable. */
    public TypeField {
      args = List.copyOf(args);
    }
  }

  /** An argument of a field. */
  public record Argument(String name, String type, boolean list, boolean required) {}

  /**
   * A query.
   *
   * @param root response key of its first root field, or empty
   * @param type name of what that gives, or empty
   * @param variables in declared order
   * @param paths leaves below the items, by which fields can be taken
   * @param problem why there is not more, a clause without a final stop, or empty
   */
  public record Query(
      String root, String type, List<Argument> variables, List<Path> paths, String problem) {
    /** Copies what is mutable. */
    public Query {
      variables = List.copyOf(variables);
      paths = List.copyOf(paths);
    }
  }

  /**
   * A leaf.
   *
   * @param path response keys joined by dots
   * @param type in GraphQL's notation
   * @param column the type of a field that takes it
   */
  public record Path(String path, String type, String column) {}

  /**
   * Returns what a graph offers.
   *
   * @param schema in GraphQL's schema language
   * @throws RuntimeException when it is none
   */
  public static Graph graph(String schema) {
    GraphQLSchema parsed = GraphSchema.parse(schema);
    List<Type> types =
        parsed.getAllTypesAsList().stream()
            .filter(type -> !type.getName().startsWith("__"))
            .limit(MOST_TYPES)
            .map(GraphOutline::type)
            .toList();
    return new Graph(parsed.getQueryType().getName(), types);
  }

  private static Type type(GraphQLNamedType type) {
    List<TypeField> fields =
        type instanceof GraphQLFieldsContainer container
            ? container.getFieldDefinitions().stream().map(GraphOutline::field).toList()
            : List.of();
    List<String> values =
        type instanceof GraphQLEnumType words
            ? words.getValues().stream().map(value -> value.getName()).toList()
            : List.of();
    String kind =
        type.getClass()
            .getSimpleName()
            .replaceAll("^GraphQL|Type$|ObjectType$", "")
            .toLowerCase(Locale.ROOT);
    return new Type(type.getName(), kind, doc(type.getDescription()), fields, values);
  }

  private static TypeField field(GraphQLFieldDefinition field) {
    return new TypeField(
        field.getName(),
        GraphQLTypeUtil.simplePrint(field.getType()),
        GraphQLTypeUtil.unwrapAll(field.getType()).getName(),
        doc(field.getDescription()),
        field.getArguments().stream().map(GraphOutline::argument).toList());
  }

  private static Argument argument(GraphQLArgument argument) {
    return new Argument(
        argument.getName(),
        GraphQLTypeUtil.simplePrint(argument.getType()),
        GraphTypes.isList(argument.getType()),
        GraphTypes.isRequired(argument.getType()) && !argument.hasSetDefaultValue());
  }

  private static String doc(@org.jspecify.annotations.Nullable String text) {
    return text == null ? "" : text.strip();
  }

  /**
   * Returns what a query asks for.
   *
   * @param schema in GraphQL's schema language
   * @throws RuntimeException when the schema is none
   */
  public static Query query(String schema, String query) {
    Document document;
    try {
      document = new Parser().parseDocument(query);
    } catch (InvalidSyntaxException e) {
      return none("it is not a whole query yet");
    }
    Optional<OperationDefinition> operation =
        document.getDefinitionsOfType(OperationDefinition.class).stream().findFirst();
    if (operation.isEmpty()) {
      return none("it has no operation");
    }
    GraphQLSchema parsed = GraphSchema.parse(schema);
    List<Argument> variables = new ArrayList<>();
    for (VariableDefinition variable : operation.get().getVariableDefinitions()) {
      Optional<GraphQLInputType> type = input(parsed, variable);
      variables.add(
          new Argument(
              variable.getName(),
              AstPrinter.printAst(variable.getType()),
              type.filter(GraphTypes::isList).isPresent(),
              type.filter(GraphTypes::isRequired).isPresent()
                  && variable.getDefaultValue() == null));
    }
    Selections selections = new Selections(parsed, document);
    Map<String, Selections.Selected> roots =
        selections.below(parsed.getQueryType(), List.of(operation.get().getSelectionSet()));
    if (roots.isEmpty()) {
      return new Query("", "", variables, List.of(), "its root field is not in the graph");
    }
    Map.Entry<String, Selections.Selected> root = roots.entrySet().iterator().next();
    GraphQLType type = root.getValue().type();
    GraphQLType item = GraphTypes.isList(type) ? GraphTypes.element(type) : type;
    List<Path> paths = new ArrayList<>();
    collect(selections, item, root.getValue().fields(), "", List.of(), paths);
    return new Query(
        root.getKey(), GraphQLTypeUtil.unwrapAll(type).getName(), variables, paths, "");
  }

  /** Returns a variable's type, if the graph has it. */
  private static Optional<GraphQLInputType> input(
      GraphQLSchema schema, VariableDefinition variable) {
    return schema.getType(name(variable.getType())) instanceof GraphQLInputType
        ? Optional.of(VariableTypes.of(schema, variable.getType()))
        : Optional.empty();
  }

  private static String name(graphql.language.Type<?> type) {
    if (type instanceof NonNullType required) {
      return name(required.getType());
    }
    return type instanceof ListType list ? name(list.getType()) : ((TypeName) type).getName();
  }

  private static Query none(String problem) {
    return new Query("", "", List.of(), List.of(), problem);
  }

  private static void collect(
      Selections selections,
      GraphQLType parent,
      List<Field> fields,
      String prefix,
      List<String> keys,
      List<Path> paths) {
    List<SelectionSet> sets =
        fields.stream().map(Field::getSelectionSet).filter(set -> set != null).toList();
    selections
        .below(parent, sets)
        .forEach(
            (key, selected) -> {
              String path = prefix + key;
              GraphQLNamedType inner = GraphQLTypeUtil.unwrapAll(selected.type());
              if (paths.size() >= MOST_PATHS || keys.size() >= DEEPEST) {
                return;
              }
              if (inner instanceof GraphQLCompositeType) {
                List<String> deeper = new ArrayList<>(keys);
                deeper.add(key);
                collect(selections, inner, selected.fields(), path + ".", deeper, paths);
              } else {
                paths.add(
                    new Path(
                        path,
                        GraphQLTypeUtil.simplePrint(selected.type()),
                        GraphTypes.leaf(inner).notation()));
              }
            });
  }
}
