import { setTimeout as sleep } from "node:timers/promises";

/**
 * What goes wrong in one server; replaced as a whole. Whatever waits for the end of a hang goes on
 * when the faults are replaced.
 */
export class Faults {
  #set = {};
  #left = Infinity;
  #waiting = [];

  replace(set) {
    this.#set = set ?? {};
    this.#left = this.#set.times ?? Infinity;
    for (const goOn of this.#waiting.splice(0)) {
      goOn();
    }
  }

  /** The faults that the next request meets: all or, after the given number of requests, none. */
  meet() {
    if (this.#left <= 0) {
      return {};
    }
    this.#left -= 1;
    return this.#set;
  }

  /** Applies what happens before a request is looked at. */
  async before(met) {
    if (met.delay || met.jitter) {
      await sleep((met.delay ?? 0) + Math.random() * (met.jitter ?? 0));
    }
    if (met.hang) {
      await new Promise((goOn) => this.#waiting.push(goOn));
    }
  }

  /** The answer that replaces the real one, if any. */
  instead(met) {
    if (met.status && Math.random() < met.rate) {
      const headers = { "content-type": "text/plain" };
      if (met.retryAfter !== undefined && met.retryAfter !== null) {
        headers["retry-after"] = String(met.retryAfter);
      }
      return { status: met.status, headers, text: `a fault: ${met.status}` };
    }
    if (met.notJson) {
      const headers = { "content-type": "text/html" };
      return { status: 200, headers, text: "<html><body>Please sign in</body></html>" };
    }
    return undefined;
  }

  /** Applies what happens to a real answer before it is sent. */
  async after(met, text) {
    if (met.answerDelay) {
      await sleep(met.answerDelay);
    }
    if (met.hugeAnswer) {
      const padding = "x".repeat(met.hugeAnswer);
      return text.replace(/\}\s*$/, `,"extensions":{"padding":"${padding}"}}`);
    }
    return text;
  }
}

/** Spoils a list that a resolver answers with, one item per id. */
export function spoilList(met, ids, items) {
  let spoilt = items.map((item, index) => spoilItem(met, ids[index], item));
  if (met.reversed) {
    spoilt = spoilt.reverse();
  }
  return met.missing ? spoilt.slice(0, Math.max(0, spoilt.length - met.missing)) : spoilt;
}

/** Spoils one item. */
export function spoilItem(met, id, item) {
  if (met.errorsFor?.includes(id)) {
    return new Error(`a fault for '${id}'`);
  }
  return met.nullsFor?.includes(id) ? null : item;
}
