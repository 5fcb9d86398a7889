/** Entities in memory, by type and id. */
export class Store {
  #types = new Map();

  get(type, id) {
    return this.#types.get(type)?.get(String(id)) ?? null;
  }

  put(type, entities) {
    const known = this.#types.get(type) ?? new Map();
    this.#types.set(type, known);
    for (const entity of entities) {
      known.set(String(entity.id), entity);
    }
  }

  delete(type, ids) {
    for (const id of ids) {
      this.#types.get(type)?.delete(String(id));
    }
  }

  clear() {
    this.#types.clear();
  }
}
