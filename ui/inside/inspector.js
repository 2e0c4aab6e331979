// The page's end of inspection.js: one image is looked into at a time, and of those that come meanwhile only the
// newest. The worker starts with the panel and ends with it.

export class Inspector {
  #tell;
  #worker = null;
  #post = null;
  #kept = []; // messages from before the worker has started
  #busy = 0; // the id of the image that is looked into
  #next = null; // the newest after it
  #id = 0;
  #occluded = 0; // the id of the newest drawing whose pieces are asked for

  // tell: gets the messages of inspection.js.
  constructor(tell) {
    this.#tell = tell;
    try {
      this.#worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
      this.#worker.onmessage = ({ data }) => this.#hear(data);
      this.#worker.onerror = (event) => {
        event.preventDefault();
        this.#workHere();
      };
    } catch {
      this.#workHere();
    }
  }

  load(network) {
    this.#busy = 0;
    this.#next = null;
    this.#send({ network });
  }

  explain(image, digits) {
    this.#occluded = 0;
    this.#next = { image, digits };
    if (!this.#busy) this.#explainNext();
  }

  occlude(drawing, digits) {
    this.#occluded = ++this.#id;
    this.#send({ id: this.#occluded, drawing, digits });
  }

  findContributions(layer, unit) {
    this.#send({ id: ++this.#id, layer, unit });
  }

  end() {
    this.#tell = () => {};
    this.#worker?.terminate();
  }

  #explainNext() {
    if (!this.#next) return;
    this.#busy = ++this.#id;
    this.#send({ ...this.#next, id: this.#busy });
    this.#next = null;
  }

  #hear(message) {
    if (message.started) return this.#begin((sent) => this.#worker.postMessage(sent));
    if (message.pieces && message.id !== this.#occluded) return; // of an older drawing
    if (message.layers || message.id === this.#busy) this.#busy = 0;
    this.#tell(message);
    if (!this.#busy) this.#explainNext();
  }

  #send(message) {
    if (this.#post) this.#post(message);
    else this.#kept.push(message);
  }

  #begin(post) {
    this.#post = post;
    for (const message of this.#kept.splice(0)) post(message);
  }

  async #workHere() {
    this.#worker?.terminate();
    this.#worker = null;
    const { Inspection } = await import("./inspection.js");
    const inspection = new Inspection((message) => this.#hear(message));
    this.#begin((message) => setTimeout(() => inspection.take(message)));
  }
}
