// The page's end of reading: takes drawings, and tells whoever follows what the networks make of them.
//
//     import { reader } from "./reader.js";
//     reader.offer(networks, ["cnn"]);            // descriptions by weights.py, each with the `url` of its weights
//     const stop = reader.follow(({ drawing, image, stages, readings }) => …);
//     reader.read(drawing);
//
// One reader serves the whole page: every part that imports this module gets the same. It works in a module
// worker; where the browser has none, or blocks it, on the page's own thread. One drawing is read at a time, and
// of those that come meanwhile only the newest: what was overtaken is skipped.
//
// Listeners get {drawing, image, stages, readings} (reading.js says what they hold, `drawing` is what was given to
// `read`), {loading: names} or {problem}. A new listener is told at once what was told last.

export class Reader {
  #post = null;
  #kept = []; // messages from before the worker has started
  #offered = null;
  #busy = null; // the message that is being read
  #next = null; // the newest after it
  #last = null;
  #latest = {}; // what was told last, by its kind
  #listeners = new Set();
  #id = 0;
  #worker;

  // worker: makes one; load: imports what replaces it.
  constructor(worker = startWorker, load = () => import("./reading.js")) {
    try {
      this.#worker = worker();
      this.#worker.onmessage = ({ data }) => this.#hear(data);
      this.#worker.onerror = (event) => {
        event.preventDefault?.(); // it is dealt with
        this.#readHere(load);
      };
    } catch {
      this.#readHere(load);
    }
  }

  // networks: descriptions; chosen: the names of those that read, the leading one first. What is on the pad is
  // read anew.
  offer(networks, chosen) {
    // A worker would take relative URLs from its own.
    const absolute = networks.map((one) => ({ ...one, url: new URL(one.url, document.baseURI).href }));
    this.#offered = { networks: absolute, chosen };
    this.#send(this.#offered);
    if (this.#last) this.#readNext(this.#last);
  }

  // The description of a network that was offered.
  find(name) {
    return this.#offered?.networks.find((one) => one.name === name);
  }

  // The names of all that were offered.
  get names() {
    return this.#offered?.networks.map(({ name }) => name) ?? [];
  }

  read(drawing) {
    this.#readNext({ drawing });
  }

  // Weights that could not be had are asked for at once.
  retry() {
    this.#send({ retry: true });
  }

  // Returns what ends it.
  follow(listener) {
    this.#listeners.add(listener);
    for (const message of Object.values(this.#latest)) listener(message);
    return () => this.#listeners.delete(listener);
  }

  #readNext(given) {
    this.#last = given;
    this.#next = given;
    if (!this.#busy) this.#readNow();
  }

  #readNow() {
    if (!this.#next) return;
    this.#busy = { ...this.#next, id: ++this.#id };
    this.#next = null;
    this.#send(this.#busy);
  }

  #send(message) {
    if (this.#post) this.#post(message);
    else this.#kept.push(message);
  }

  #hear(message) {
    if (message.started) return this.#begin((sent) => this.#worker.postMessage(sent));
    if (message.loading || message.readings) delete this.#latest.problem;
    if (message.id) {
      if (message.id !== this.#busy?.id) return;
      const { id, ...answer } = message;
      message = { drawing: this.#busy.drawing, ...answer };
      this.#busy = null;
    }
    // The chosen networks have come: they read again what another has read in their place.
    if (message.loading?.length === 0 && this.#latest.reading?.standIn) this.#next ??= this.#last;
    const kind = message.problem ? "problem" : message.loading ? "loading" : "reading";
    this.#latest[kind] = message;
    for (const listener of [...this.#listeners]) listener(message);
    if (!this.#busy) this.#readNow();
  }

  #begin(post) {
    this.#post = post;
    for (const message of this.#kept.splice(0)) post(message);
  }

  async #readHere(load) {
    this.#worker?.terminate();
    if (this.#worker) this.#worker.onmessage = this.#worker.onerror = null;
    this.#post = null;
    try {
      const { Reading } = await load();
      const reading = new Reading((message) => this.#hear(message));
      // What the worker was told is lost with it.
      this.#kept = [this.#offered, this.#busy].filter(Boolean);
      // Not at once: the pen's line is drawn first.
      this.#begin((message) => setTimeout(() => reading.take(message)));
    } catch (error) {
      this.#hear({ problem: { code: "blocked", values: { message: String(error) }, network: "", again: null } });
    }
  }
}

function startWorker() {
  return new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
}

export const reader = new Reader();
