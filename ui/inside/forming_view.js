// The weights of the first layer of the network in training, as they form: a picture for each unit, or kernel.

import { make, makeSheet, paint } from "./picture.js";
import { name, put } from "./words.js";

const MOST = 127; // as ui/browser/networks.py writes them
const ZOOMS = { 28: 1, 3: 8 }; // CSS pixels for each weight

export class FormingView {
  #state = make("span");
  #scale = make("span", "scale");
  #canvas = make("canvas");
  #values = null; // weights, the units innermost
  #network = null;

  constructor() {
    this.#canvas.role = "img";
    name(this.#canvas, "inside.forming.picture");
    const label = make("p", "layer-name", "", this.#state, this.#scale);
    const maps = make("div", "forming", "", this.#canvas);
    const title = put(make("h3"), "inside.forming.title");
    const explanation = put(make("p", "hint"), "inside.forming.explanation");
    this.element = make("section", "forming-part", "", title, explanation, label, maps);
    this.element.hidden = true;
    new ResizeObserver(() => this.redraw()).observe(maps);
  }

  // weights: Int8Array; network, epochs: of training.js.
  show(weights, { network, epochs }) {
    this.#values = weights;
    this.#network = network;
    const values = { epoch: network.epoch.toFixed(1), epochs, units: network.first.shape.at(-1) };
    put(this.#state, "inside.forming.state", values);
    put(this.#scale, "inside.scale.both", { most: network.first.largest.toFixed(2) });
    this.redraw();
  }

  redraw() {
    const width = this.#canvas.parentElement.clientWidth;
    if (!this.#values || !width) return;
    const { shape } = this.#network.first;
    const units = shape.at(-1);
    const [rows, columns] = shape.length > 2 ? shape : [28, 28];
    const zoom = ZOOMS[columns];
    const across = Math.min(units, Math.max(1, Math.floor((width / zoom + 1) / (columns + 1))));
    const down = Math.ceil(units / across);
    const size = [across * (columns + 1) - 1, down * (rows + 1) - 1];
    Object.assign(this.#canvas.style, { width: `${zoom * size[0]}px`, height: `${zoom * size[1]}px` });
    const sheet = makeSheet(this.#canvas, ...size);
    for (let unit = 0; unit < units; unit++) {
      const left = (unit % across) * (columns + 1);
      const top = Math.floor(unit / across) * (rows + 1);
      paint(sheet, left, top, rows, columns, (y, x) => this.#values[(y * columns + x) * units + unit], MOST);
    }
    this.#canvas.getContext("2d").putImageData(sheet, 0, 0);
  }
}
