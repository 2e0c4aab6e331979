// The panel: opens and closes, hears what the pad is read as (ui/browser/reader.js), has it looked into, and hands what
// comes of that to its parts. Closed it follows nothing and holds no worker.

import { reader } from "../browser/reader.js";
import { OcclusionView } from "./occlusion_view.js";
import { EvidenceView } from "./evidence_view.js";
import { FormingView } from "./forming_view.js";
import { Inspector } from "./inspector.js";
import { LayersView } from "./layers_view.js";
import { NetworkChoice, TRAINING } from "./network_choice.js";
import { forgetColours, make } from "./picture.js";
import { SmallestView } from "./smallest_view.js";
import { Training } from "./training.js";
import { UnitView } from "./unit_view.js";
import { put } from "./words.js";

const REST = 120; // milliseconds without news after which the pen rests
const THEME_SWITCH = 200; // milliseconds in which Gradio has changed the colours
const TRIES = ["inside.try.bar", "inside.try.close", "inside.try.kernel", "inside.try.smaller"];

export class Panel {
  #body;
  #choice = new NetworkChoice(() => this.#choose());
  #evidence = new EvidenceView(() => this.#compare());
  #occlusion = new OcclusionView();
  #layers = new LayersView((layer, unit) => this.#look(layer, unit));
  #unit = new UnitView();
  #forming = new FormingView();
  #smallest = new SmallestView();
  #message = make("p", "message");
  #parts;
  #training;
  #inspector = null;
  #stop = null;
  #offered = null; // the network that the inspector has, or is fetching
  #isFetching = false;
  #problem = ""; // why the network that is offered could not be had, a key
  #network = null; // its layers; of the network in training those before, while newer weights are fetched
  #reading = null; // the newest of the reader
  #found = null; // the newest of the inspector
  #rest = 0;

  // askTraining: asks for the network in training; the answer is for `hearTraining`.
  constructor(details, askTraining) {
    const isBusy = () => this.#isFetching && this.#offered.name === TRAINING;
    this.#training = new Training(askTraining, (first) => this.#learn(first), isBusy);
    this.#body = details.querySelector(".inside-body");
    const why = make("div", "why", "", this.#evidence.element, this.#occlusion.element);
    this.#parts = make("div", "parts", "", why, this.#layers.element, this.#unit.element);
    const tries = make("ul", "tries", "", ...TRIES.map((key) => put(make("li"), key)));
    this.#message.role = "status";
    const parts = [this.#message, this.#parts, this.#forming.element, this.#smallest.element];
    this.#body.replaceChildren(tries, this.#choice.element, ...parts);
    this.#parts.hidden = true;
    details.addEventListener("toggle", () => (details.open ? this.#open() : this.#close()));
    document.addEventListener("click", ({ target }) => this.#pickBar(target));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => setTimeout(() => this.#redraw(), THEME_SWITCH));
    if (details.open) this.#open();
  }

  #open() {
    if (this.#stop) return;
    forgetColours();
    this.#inspector = new Inspector((message) => this.#hear(message));
    this.#stop = reader.follow((message) => this.#follow(message));
    this.#smallest.redraw();
    this.#training.open();
  }

  #close() {
    this.#stop?.();
    this.#training.close();
    this.#inspector?.end();
    clearTimeout(this.#rest);
    this.#stop = this.#inspector = this.#offered = this.#network = null;
    this.#isFetching = false;
    this.#problem = "";
  }

  #redraw() {
    forgetColours();
    if (!this.#stop) return;
    if (this.#found) this.#evidence.show(this.#found.evidence, this.#found.image);
    for (const part of [this.#occlusion, this.#layers, this.#forming, this.#smallest]) part.redraw();
  }

  // Another reading: of another drawing, or by another network.
  #follow(message) {
    if (!message.readings) return;
    this.#reading = message;
    this.#occlusion.clear();
    this.#choice.offer(reader.names, this.#training.newest);
    this.#choose();
    this.#explain();
  }

  // What the network in training is known to be. first: the weights of its first layer, where they are new.
  #learn(first) {
    const { newest } = this.#training;
    if (!this.#stop) return;
    this.#choice.offer(reader.names, newest);
    this.#forming.element.hidden = !newest?.network;
    if (first) this.#forming.show(first, newest);
    this.#choose();
  }

  hearTraining(answer) {
    this.#training.hear(answer);
  }

  // Fetches the network that is to be looked into, if it is another.
  #choose() {
    const name = this.#choice.chosen || this.#reading?.readings[0].name;
    const offered = name === TRAINING ? this.#training.newest?.network : reader.find(name);
    const isOther = offered && offered.sha256 !== this.#offered?.sha256;
    if (isOther) this.#problem = "";
    this.#showState(name === TRAINING && !offered ? "inside.choice.none" : this.#problem);
    if (!isOther) return;
    if (offered.name !== this.#offered?.name) this.#network = null;
    this.#offered = offered;
    this.#isFetching = true;
    this.#inspector.load(offered);
  }

  // missing: why there is no network to look into, a key.
  #showState(missing = "") {
    const blank = !this.#reading || this.#reading.readings[0].verdict === "blank";
    this.#parts.hidden = blank || Boolean(missing);
    this.#say(missing || (blank ? "inside.waiting" : ""));
  }

  #compare() {
    this.#occlusion.clear();
    this.#explain();
  }

  #explain() {
    clearTimeout(this.#rest);
    if (!this.#network || this.#parts.hidden) return;
    this.#inspector.explain(this.#reading.image, this.#evidence.chosen);
  }

  #hear(message) {
    if (message.problem || message.layers) this.#isFetching = false;
    if (message.problem) this.#complain(message);
    else if (message.layers) this.#arrive(message.layers);
    else if (message.evidence) this.#show(message);
    else if (message.pieces) this.#occlusion.show(message.pieces, this.#pair);
    else this.#unit.showContributions(message.contributions);
  }

  // A problem with an id is of one question, any other of the network.
  #complain({ id, problem }) {
    const key = `inside.problem.${problem}`;
    if (!id) this.#problem = key;
    this.#showState(key);
  }

  #arrive(layers) {
    const isOther = describeShapes(layers) !== describeShapes(this.#network ?? []);
    this.#network = layers;
    this.#showState();
    if (isOther) {
      this.#occlusion.clear();
      this.#layers.build(layers);
      this.#unit.hide();
    }
    this.#explain();
  }

  #show(found) {
    this.#found = found;
    this.#evidence.show(found.evidence, found.image);
    this.#layers.show(found.outputs, found.contributions);
    if (this.#layers.chosen) this.#look(...this.#layers.chosen, false);
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => this.#useRest(), REST);
  }

  // What takes too long, or would unsettle, while the pen moves.
  #useRest() {
    const { drawing } = this.#reading;
    this.#layers.rest();
    if (this.#layers.chosen) this.#inspector.findContributions(...this.#layers.chosen);
    if (drawing?.length) this.#inspector.occlude(drawing, this.#pair);
  }

  get #pair() {
    return [this.#found.evidence.digit, this.#found.evidence.other];
  }

  #look(layer, unit, chosen = true) {
    if (!this.#found || !this.#network) return; // none while another is on its way
    this.#unit.show(this.#network, this.#found.outputs, layer, unit);
    if (!chosen) return;
    this.#unit.hideContributions();
    this.#inspector.findContributions(layer, unit);
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => this.#useRest(), REST); // occlusion was given up for it
  }

  // A click on a bar of the readout: the first names what speaks for, the next what against.
  #next = 0;
  #pickBar(target) {
    const bar = target.closest?.("#probabilities .bar");
    if (!bar || !this.#stop) return;
    this.#evidence.choose(this.#next, Number(bar.querySelector("[data-digit]").dataset.digit));
    this.#next = 1 - this.#next;
  }

  #say(key) {
    put(this.#message, key);
    this.#message.hidden = !key;
  }
}

const describeShapes = (layers) => JSON.stringify(layers.map(({ kind, shape }) => [kind, shape]));
