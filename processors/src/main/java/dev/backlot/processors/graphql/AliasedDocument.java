package dev.backlot.processors.graphql;

import graphql.language.AstPrinter;
import graphql.language.AstTransformer;
import graphql.language.Document;
import graphql.language.Field;
import graphql.language.FragmentDefinition;
import graphql.language.Node;
import graphql.language.NodeVisitorStub;
import graphql.language.OperationDefinition;
import graphql.language.SelectionSet;
import graphql.language.VariableDefinition;
import graphql.language.VariableReference;
import graphql.parser.Parser;
import graphql.util.TraversalControl;
import graphql.util.TraverserContext;
import graphql.util.TreeTransformerUtil;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A query whose root field stands once per row, each time under another alias and with variables of
 * its own. For one thread.
 */
final class AliasedDocument {
  private final Document document;
  private final OperationDefinition operation;
  private final Set<String> filled;
  private final Map<Integer, String> printed = new HashMap<>();

  /** Repeats a query; only the variables that rows fill differ. */
  AliasedDocument(String query, Set<String> filled) {
    this.document = Parser.parse(query);
    this.operation = document.getDefinitionsOfType(OperationDefinition.class).get(0);
    this.filled = Set.copyOf(filled);
  }

  /** Returns the alias of a row's root field. */
  static String alias(int row) {
    return "r" + row;
  }

  /** Returns the name of a row's variable. */
  static String variable(String name, int row) {
    return name + "_" + row;
  }

  /** Returns the query for this many rows. */
  String text(int rows) {
    return printed.computeIfAbsent(rows, this::print);
  }

  private String print(int rows) {
    List<VariableDefinition> variables =
        new ArrayList<>(
            operation.getVariableDefinitions().stream()
                .filter(variable -> !filled.contains(variable.getName()))
                .toList());
    List<graphql.language.Selection> roots = new ArrayList<>();
    Field root = (Field) operation.getSelectionSet().getSelections().get(0);
    for (int i = 0; i < rows; i++) {
      int row = i;
      for (VariableDefinition variable : operation.getVariableDefinitions()) {
        if (filled.contains(variable.getName())) {
          variables.add(
              variable.transform(builder -> builder.name(variable(variable.getName(), row))));
        }
      }
      Field renamed = (Field) renamed(root, row);
      roots.add(renamed.transform(builder -> builder.alias(alias(row))));
    }
    OperationDefinition repeated =
        operation.transform(
            builder ->
                builder
                    .variableDefinitions(variables)
                    .selectionSet(SelectionSet.newSelectionSet(roots).build()));
    return AstPrinter.printAstCompact(
        document.transform(
            builder ->
                builder.definitions(
                    document.getDefinitions().stream()
                        .map(definition -> definition == operation ? repeated : definition)
                        .toList())));
  }

  private Node<?> renamed(Field root, int row) {
    return new AstTransformer()
        .transform(
            root,
            new NodeVisitorStub() {
              @Override
              public TraversalControl visitVariableReference(
                  VariableReference node, TraverserContext<Node> context) {
                if (!filled.contains(node.getName())) {
                  return TraversalControl.CONTINUE;
                }
                return TreeTransformerUtil.changeNode(
                    context,
                    node.transform(builder -> builder.name(variable(node.getName(), row))));
              }
            });
  }

  /** Returns whether fragments, which rows share, use variables. */
  static boolean usesVariablesInFragments(Document document) {
    return document.getDefinitionsOfType(FragmentDefinition.class).stream()
        .anyMatch(fragment -> AstPrinter.printAst(fragment).contains("$"));
  }
}
