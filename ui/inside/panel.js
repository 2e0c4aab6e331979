// The panel: opens and closes, hears what the pad is read as (ui/browser/reader.js), has it looked into, and hands what
// comes of that to its parts. Closed it follows nothing and holds no worker.

import { reader } from "../browser/reader.js";
import { AccountView } from "./account_view.js";
import { EvidenceView } from "./evidence_view.js";
import { Inspector } from "./inspector.js";
import { LayersView } from "./layers_view.js";
import { forgetColours, make } from "./picture.js";
import { SmallestView } from "./smallest_view.js";
import { UnitView } from "./unit_view.js";
import { WORDS } from "./words.js";

const REST = 120; // milliseconds without news after which the pen rests

export class Panel {
  #body;
  #evidence = new EvidenceView(() => this.#explain());
  #account = new AccountView();
  #layers = new LayersView((layer, unit) => this.#look(layer, unit));
  #unit = new UnitView();
  #smallest = new SmallestView();
  #message = make("p", "message", WORDS.waiting);
  #parts;
  #inspector = null;
  #stop = null;
  #offered = null; // the network that the inspector has, or is fetching
  #network = null; // its layers, once it has arrived
  #reading = null; // the newest of the reader
  #found = null; // the newest of the inspector
  #rest = 0;

  constructor(details) {
    this.#body = details.querySelector(".inside-body");
    const why = make("div", "why", "", this.#evidence.element, this.#account.element);
    this.#parts = make("div", "parts", "", why, this.#layers.element, this.#unit.element);
    const tries = make("ul", "tries", "", ...WORDS.tries.map((text) => make("li", "", text)));
    this.#message.role = "status";
    this.#body.replaceChildren(tries, this.#message, this.#parts, this.#smallest.element);
    this.#parts.hidden = true;
    details.addEventListener("toggle", () => (details.open ? this.#open() : this.#close()));
    document.addEventListener("click", ({ target }) => this.#pickBar(target));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => setTimeout(() => this.#redraw(), 200));
    if (details.open) this.#open();
  }

  #open() {
    if (this.#stop) return;
    forgetColours();
    this.#inspector = new Inspector((message) => this.#hear(message));
    this.#stop = reader.follow((message) => this.#follow(message));
    this.#smallest.redraw();
  }

  #close() {
    this.#stop?.();
    this.#inspector?.end();
    clearTimeout(this.#rest);
    this.#stop = this.#inspector = this.#offered = this.#network = null;
  }

  #redraw() {
    forgetColours();
    if (!this.#stop) return;
    if (this.#found) this.#evidence.show(this.#found.evidence, this.#found.image);
    for (const part of [this.#account, this.#layers, this.#smallest]) part.redraw();
  }

  // Another reading: of another drawing, or by another network.
  #follow(message) {
    if (!message.readings) return;
    this.#reading = message;
    this.#account.clear();
    const [{ name, verdict }] = message.readings;
    const blank = verdict === "blank" || !message.readings.length;
    this.#parts.hidden = blank;
    this.#say(blank ? WORDS.waiting : "");
    const offered = reader.find(name);
    if (offered && offered.sha256 !== this.#offered?.sha256) {
      this.#offered = offered;
      this.#network = null;
      this.#inspector.load(offered);
    } else if (this.#network && !blank) this.#explain();
  }

  #explain() {
    clearTimeout(this.#rest);
    if (!this.#reading || !this.#network) return;
    this.#account.clear();
    this.#inspector.explain(this.#reading.image, this.#evidence.chosen);
  }

  #hear(message) {
    if (message.problem) this.#say(WORDS.problems[message.problem]);
    else if (message.layers) this.#arrive(message.layers);
    else if (message.evidence) this.#show(message);
    else if (message.pieces) this.#account.show(message.pieces, this.#pair);
    else this.#unit.showPull(message.pull);
  }

  #arrive(layers) {
    this.#network = layers;
    this.#layers.build(layers);
    this.#unit.hide();
    if (!this.#parts.hidden) this.#explain();
  }

  #show(found) {
    this.#found = found;
    this.#evidence.show(found.evidence, found.image);
    this.#layers.show(found.outputs, found.pulls);
    if (this.#layers.chosen) this.#look(...this.#layers.chosen, false);
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => this.#useRest(), REST);
  }

  // What takes too long, or would unsettle, while the pen moves.
  #useRest() {
    const { drawing } = this.#reading;
    this.#layers.reorder();
    if (this.#layers.chosen) this.#inspector.pull(...this.#layers.chosen);
    if (drawing?.length) this.#inspector.account(drawing, this.#pair);
  }

  get #pair() {
    return [this.#found.evidence.digit, this.#found.evidence.other];
  }

  #look(layer, unit, chosen = true) {
    if (!this.#found) return;
    this.#unit.show(this.#network, this.#found.outputs, layer, unit);
    if (!chosen) return;
    this.#inspector.pull(layer, unit);
    this.#rest = setTimeout(() => this.#useRest(), REST); // the account was given up for it
  }

  // A click on a bar of the readout: the first names what speaks for, the next what against.
  #next = 0;
  #pickBar(target) {
    const bar = target.closest?.("#probabilities .bar");
    if (!bar || !this.#stop) return;
    this.#evidence.choose(this.#next, Number(bar.querySelector("[data-digit]").dataset.digit));
    this.#next = 1 - this.#next;
  }

  #say(text) {
    this.#message.textContent = text;
    this.#message.hidden = !text;
  }
}
