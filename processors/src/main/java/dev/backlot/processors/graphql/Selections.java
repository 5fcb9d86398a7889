package dev.backlot.processors.graphql;

import dev.backlot.schema.FieldType;
import dev.backlot.sdk.Suggestions;
import graphql.Scalars;
import graphql.introspection.Introspection;
import graphql.language.Document;
import graphql.language.Field;
import graphql.language.FragmentDefinition;
import graphql.language.FragmentSpread;
import graphql.language.InlineFragment;
import graphql.language.Selection;
import graphql.language.SelectionSet;
import graphql.schema.GraphQLArgument;
import graphql.schema.GraphQLCompositeType;
import graphql.schema.GraphQLEnumType;
import graphql.schema.GraphQLEnumValueDefinition;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLFieldsContainer;
import graphql.schema.GraphQLInputObjectType;
import graphql.schema.GraphQLNamedType;
import graphql.schema.GraphQLOutputType;
import graphql.schema.GraphQLSchema;
import graphql.schema.GraphQLType;
import graphql.schema.GraphQLTypeUtil;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What a valid query selects, by response key, through all its fragments. */
final class Selections {
  private final GraphQLSchema schema;
  private final Map<String, FragmentDefinition> fragments;

  Selections(GraphQLSchema schema, Document document) {
    this.schema = schema;
    this.fragments =
        document.getDefinitionsOfType(FragmentDefinition.class).stream()
            .collect(Collectors.toMap(FragmentDefinition::getName, f -> f, (a, b) -> a));
  }

  /**
   * A selected field.
   *
   * @param conditional whether it is there for some types of the parent only
   */
  record Selected(GraphQLOutputType type, List<Field> fields, boolean conditional) {}

  /** Where a path leads: a leaf's type with the lists around it, or why it leads nowhere. */
  sealed interface Outcome {
    /** A leaf. */
    record Leaf(GraphQLNamedType type, int lists, boolean nullable) implements Outcome {
      FieldType fieldType(FieldType element) {
        return lists == 0 ? element : new FieldType.ArrayOf(element);
      }
    }

    /** Why there is none, a clause without a final stop, and what to do. */
    record Nowhere(String fact, String fix) implements Outcome {}
  }

  /** Returns the selected fields of a parent by response key. */
  Map<String, Selected> below(GraphQLType parent, List<SelectionSet> sets) {
    Map<String, Selected> found = new LinkedHashMap<>();
    if (GraphQLTypeUtil.unwrapAll(parent) instanceof GraphQLCompositeType composite) {
      sets.forEach(set -> collect(composite, set, false, found));
    }
    return found;
  }

  private void collect(
      GraphQLCompositeType parent,
      SelectionSet set,
      boolean conditional,
      Map<String, Selected> found) {
    for (Selection<?> selection : set.getSelections()) {
      if (selection instanceof Field field) {
        definition(parent, field)
            .ifPresent(
                definition ->
                    found.merge(
                        field.getResultKey(),
                        new Selected(
                            definition.getType(),
                            List.of(field),
                            conditional || !field.getDirectives().isEmpty()),
                        Selections::both));
      } else if (selection instanceof InlineFragment fragment) {
        String on =
            fragment.getTypeCondition() == null ? "" : fragment.getTypeCondition().getName();
        collectFragment(
            parent,
            on,
            fragment.getSelectionSet(),
            !fragment.getDirectives().isEmpty() || conditional,
            found);
      } else if (selection instanceof FragmentSpread spread) {
        FragmentDefinition fragment = fragments.get(spread.getName());
        if (fragment != null) {
          collectFragment(
              parent,
              fragment.getTypeCondition().getName(),
              fragment.getSelectionSet(),
              !spread.getDirectives().isEmpty() || conditional,
              found);
        }
      }
    }
  }

  private void collectFragment(
      GraphQLCompositeType parent,
      String on,
      SelectionSet set,
      boolean conditional,
      Map<String, Selected> found) {
    boolean other = !on.isEmpty() && !on.equals(parent.getName());
    if (other && schema.getType(on) instanceof GraphQLCompositeType type) {
      collect(type, set, true, found);
    } else {
      collect(parent, set, conditional, found);
    }
  }

  private static Selected both(Selected a, Selected b) {
    List<Field> fields = new ArrayList<>(a.fields());
    fields.addAll(b.fields());
    return new Selected(a.type(), fields, a.conditional() && b.conditional());
  }

  private static Optional<GraphQLFieldDefinition> definition(
      GraphQLCompositeType parent, Field field) {
    if (field.getName().equals(Introspection.TypeNameMetaFieldDef.getName())) {
      return Optional.of(Introspection.TypeNameMetaFieldDef);
    }
    return parent instanceof GraphQLFieldsContainer container
        ? Optional.ofNullable(container.getFieldDefinition(field.getName()))
        : Optional.empty();
  }

  /** Follows response keys from a parent to a leaf. */
  Outcome follow(GraphQLType parent, List<Field> parents, List<String> keys) {
    GraphQLType type = parent;
    List<Field> fields = parents;
    String at = parents.get(0).getResultKey();
    int lists = 0;
    boolean nullable = false;
    for (String key : keys) {
      List<SelectionSet> sets =
          fields.stream().map(Field::getSelectionSet).filter(set -> set != null).toList();
      Map<String, Selected> below = below(type, sets);
      Selected next = below.get(key);
      if (next == null) {
        return new Outcome.Nowhere(
            "the query does not select '" + key + "' of '" + at + "'",
            below.isEmpty()
                ? "End the path at '" + at + "'."
                : Suggestions.fix(key, List.copyOf(below.keySet()))
                    + " Add it to the query, or take another one.");
      }
      GraphQLType step = next.type();
      nullable |= next.conditional() || !GraphTypes.isRequired(step);
      while (GraphTypes.isList(step)) {
        lists++;
        step = GraphTypes.element(step);
      }
      type = GraphQLTypeUtil.unwrapNonNull(step);
      fields = next.fields();
      at = key;
    }
    GraphQLNamedType leaf = GraphQLTypeUtil.unwrapAll(type);
    if (leaf instanceof GraphQLCompositeType) {
      return new Outcome.Nowhere(
          "'" + String.join(".", keys) + "' is an object, " + leaf.getName(),
          "Take one of its fields, such as '"
              + String.join(".", keys)
              + "."
              + below(type, sets(fields)).keySet().stream().findFirst().orElse("id")
              + "'.");
    }
    if (lists > 1) {
      return new Outcome.Nowhere(
          "'" + String.join(".", keys) + "' is a list of lists", "Take something of one list.");
    }
    return new Outcome.Leaf(leaf, lists, nullable);
  }

  private static List<SelectionSet> sets(List<Field> fields) {
    return fields.stream().map(Field::getSelectionSet).filter(set -> set != null).toList();
  }

  /** Returns one line for each part of the schema that a selection uses, with its type. */
  Set<String> signatures(GraphQLCompositeType parent, SelectionSet set) {
    Set<String> lines = new TreeSet<>();
    sign(parent, set, lines);
    return lines;
  }

  private void sign(GraphQLCompositeType parent, SelectionSet set, Set<String> lines) {
    for (Selection<?> selection : set.getSelections()) {
      if (selection instanceof Field field) {
        definition(parent, field).ifPresent(definition -> sign(parent, field, definition, lines));
      } else if (selection instanceof InlineFragment fragment) {
        String on =
            fragment.getTypeCondition() == null ? "" : fragment.getTypeCondition().getName();
        sign(on(parent, on), fragment.getSelectionSet(), lines);
      } else if (selection instanceof FragmentSpread spread) {
        FragmentDefinition fragment = fragments.get(spread.getName());
        if (fragment != null) {
          sign(
              on(parent, fragment.getTypeCondition().getName()), fragment.getSelectionSet(), lines);
        }
      }
    }
  }

  private GraphQLCompositeType on(GraphQLCompositeType parent, String type) {
    return schema.getType(type) instanceof GraphQLCompositeType other ? other : parent;
  }

  private void sign(
      GraphQLCompositeType parent,
      Field field,
      GraphQLFieldDefinition definition,
      Set<String> lines) {
    StringBuilder line = new StringBuilder(parent.getName()).append('.').append(field.getName());
    for (GraphQLArgument argument : definition.getArguments()) {
      boolean given =
          field.getArguments().stream().anyMatch(a -> a.getName().equals(argument.getName()));
      if (given || GraphTypes.isRequired(argument.getType())) {
        line.append('(').append(argument.getName()).append(':');
        line.append(GraphQLTypeUtil.simplePrint(argument.getType())).append(')');
        signInput(GraphQLTypeUtil.unwrapAll(argument.getType()), lines);
      }
    }
    lines.add(line + ":" + GraphQLTypeUtil.simplePrint(definition.getType()));
    if (field.getSelectionSet() != null
        && GraphQLTypeUtil.unwrapAll(definition.getType())
            instanceof GraphQLCompositeType composite) {
      sign(composite, field.getSelectionSet(), lines);
    }
  }

  private static void signInput(GraphQLNamedType type, Set<String> lines) {
    if (type instanceof GraphQLEnumType values) {
      lines.add(
          values.getName()
              + values.getValues().stream()
                  .map(GraphQLEnumValueDefinition::getName)
                  .sorted()
                  .toList());
    } else if (type instanceof GraphQLInputObjectType input) {
      lines.add(
          input.getName()
              + input.getFieldDefinitions().stream()
                  .map(f -> f.getName() + ":" + GraphQLTypeUtil.simplePrint(f.getType()))
                  .sorted()
                  .toList());
    } else if (type != Scalars.GraphQLID) {
      lines.add(type.getName());
    }
  }
}
