import { buildSubgraphSchema } from "@apollo/subgraph";
import { Kind, parse } from "graphql";

/** A subgraph's schema, of which fields can be dropped, added and changed while it runs. */
export class ChangingSchema {
  #original;
  #document;
  #resolvers;

  constructor(text, resolvers) {
    this.#original = parse(text);
    this.#document = this.#original;
    this.#resolvers = resolvers;
  }

  drop(type, field) {
    this.#change(type, (fields) => fields.filter(({ name }) => name.value !== field));
  }

  /** Adds a field, given as in a schema document: "tagline: String"; replaces one of that name. */
  add(type, definition) {
    const [added] = parse(`type T { ${definition} }`).definitions[0].fields;
    this.#change(type, (fields) => [
      ...fields.filter(({ name }) => name.value !== added.name.value),
      added,
    ]);
  }

  reset() {
    this.#document = this.#original;
  }

  build() {
    return buildSubgraphSchema({ typeDefs: this.#document, resolvers: this.#servable() });
  }

  #change(type, edit) {
    const definitions = this.#document.definitions.map((definition) =>
      definition.kind === Kind.OBJECT_TYPE_DEFINITION && definition.name.value === type
        ? { ...definition, fields: edit(definition.fields) }
        : definition,
    );
    this.#document = { ...this.#document, definitions };
  }

  /** The resolvers without those of dropped fields, which no schema would be built with. */
  #servable() {
    const fields = new Map(
      this.#document.definitions
        .filter(({ kind }) => kind === Kind.OBJECT_TYPE_DEFINITION)
        .map((type) => [type.name.value, new Set(type.fields.map(({ name }) => name.value))]),
    );
    return Object.fromEntries(
      Object.entries(this.#resolvers).map(([type, resolvers]) => [
        type,
        fields.has(type)
          ? Object.fromEntries(
              Object.entries(resolvers).filter(
                ([name]) => name.startsWith("__") || fields.get(type).has(name),
              ),
            )
          : resolvers,
      ]),
    );
  }
}
