// Every layer of the network as one row of pictures: maps of a convolution, units of a dense layer, logits.

import { largest, make, makeSheet, paint } from "./picture.js";
import { name, put, signed } from "./words.js";

const ZOOM = 2; // CSS pixels for each number of a map
const CELL = 3; // side of a dense unit's square, in numbers of a map
const LOGIT_CELL = 14; // the ten logits are larger
const SHOWN = ["rescaling", "conv2d", "max_pooling2d", "dense"];

export class LayersView {
  chosen = null; // [layer, unit]
  #choose;
  #rows = [];
  #sort = make("input");
  #body = make("div");

  // choose: called with the index of a layer and of a unit that somebody wants to see.
  constructor(choose) {
    this.#choose = choose;
    this.#sort.type = "checkbox";
    this.#sort.addEventListener("change", () => this.#reorder());
    const sort = make("label", "sort", "", this.#sort, put(make("span"), "inside.layers.sort"));
    const head = make("div", "part-head", "", put(make("h3"), "inside.layers.title"), sort);
    const explanation = put(make("p", "hint"), "inside.layers.explanation");
    this.element = make("section", "layers-part", "", head, explanation, this.#body);
    new ResizeObserver(() => this.#rows.forEach((row) => this.#place(row))).observe(this.#body);
  }

  // layers: of inspection.js, when a network has arrived.
  build(layers) {
    this.chosen = null;
    this.#rows = layers.flatMap((layer, index) => (SHOWN.includes(layer.kind) ? [this.#build(layer, index, layers)] : []));
    this.#body.replaceChildren(...this.#rows.map(({ element }) => element));
    this.#rows.forEach((row) => this.#place(row));
  }

  #build({ kind, shape }, index, layers) {
    const last = index === layers.length - 1;
    const [rows, columns] = shape.length > 1 ? shape : [1, 1];
    const units = shape.at(-1);
    const text = { key: `inside.layer.${last ? "logits" : kind}`, values: { units, rows, columns } };
    const canvas = make("canvas");
    canvas.tabIndex = 0;
    canvas.role = "application";
    name(canvas, "inside.layer.keys", { layer: text });
    const scale = make("span", "scale");
    const label = make("p", "layer-name", "", put(make("span"), text.key, text.values), scale);
    const order = Array.from({ length: units }, (_, i) => i);
    const row = { index, rows, columns, units, last, canvas, scale, order, most: 0, marker: make("i", "marker") };
    row.element = make("div", "layer", "", label, make("div", "maps", "", canvas, row.marker));
    row.marker.hidden = true;
    canvas.addEventListener("click", ({ offsetX, offsetY }) => this.#pick(row, this.#find(row, offsetX, offsetY)));
    canvas.addEventListener("keydown", (event) => this.#useKey(row, event));
    return row;
  }

  // Lays a row's units out in a grid as wide as the panel, one number of a map apart.
  #place(row) {
    const cell = row.last ? LOGIT_CELL : CELL;
    row.width = row.columns === 1 ? cell : row.columns;
    row.height = row.columns === 1 ? cell : row.rows;
    const room = Math.max(1, Math.floor((this.#body.clientWidth / ZOOM + 1) / (row.width + 1)));
    row.across = Math.min(row.units, room);
    const down = Math.ceil(row.units / row.across);
    row.canvas.style.width = `${ZOOM * (row.across * (row.width + 1) - 1)}px`;
    row.canvas.style.height = `${ZOOM * (down * (row.height + 1) - 1)}px`;
    row.size = [row.across * (row.width + 1) - 1, down * (row.height + 1) - 1];
    this.#draw(row);
  }

  // outputs, contributions: of inspection.js.
  show(outputs, contributions) {
    for (const row of this.#rows) {
      row.output = outputs[row.index];
      row.contributions = contributions[row.index];
      row.most = largest(row.output);
      const both = row.output.some((value) => value < 0);
      put(row.scale, both ? "inside.scale.both" : "inside.scale.positive", { most: row.most.toFixed(row.most < 10 ? 2 : 1) });
      this.#draw(row);
    }
  }

  // The pen rests. Not at each of its movements: pictures that change places cannot be followed.
  rest() {
    if (this.#sort.checked) this.#reorder();
  }

  // Units by their contribution to the digit that leads, or in the network's own order.
  #reorder() {
    for (const row of this.#rows) {
      row.order.sort((a, b) => a - b);
      if (this.#sort.checked && row.contributions && !row.last) row.order.sort((a, b) => row.contributions[b] - row.contributions[a]);
      this.#draw(row);
    }
  }

  redraw() {
    this.#rows.forEach((row) => this.#draw(row));
  }

  #draw(row) {
    if (!row.size || !row.output) return;
    const sheet = makeSheet(row.canvas, ...row.size);
    const { columns, units, output } = row;
    row.order.forEach((unit, i) => {
      const left = (i % row.across) * (row.width + 1);
      const top = Math.floor(i / row.across) * (row.height + 1);
      const value = columns === 1 ? () => output[unit] : (y, x) => output[(y * columns + x) * units + unit];
      paint(sheet, left, top, row.height, row.width, value, row.most);
    });
    row.canvas.getContext("2d").putImageData(sheet, 0, 0);
    this.#mark(row);
  }

  #mark(row) {
    const chosen = this.chosen?.[0] === row.index;
    row.marker.hidden = !chosen;
    if (!chosen) return;
    const at = row.order.indexOf(this.chosen[1]);
    const place = { left: (at % row.across) * (row.width + 1), top: Math.floor(at / row.across) * (row.height + 1) };
    const size = { width: row.width, height: row.height };
    for (const [name, value] of Object.entries({ ...place, ...size })) row.marker.style[name] = `${ZOOM * value}px`;
  }

  #find(row, x, y) {
    const across = Math.min(row.across - 1, Math.floor(x / ZOOM / (row.width + 1)));
    return Math.floor(y / ZOOM / (row.height + 1)) * row.across + across;
  }

  #pick(row, at) {
    if (at < 0 || at >= row.units || !row.output) return;
    this.chosen = [row.index, row.order[at]];
    this.#rows.forEach((one) => this.#mark(one));
    this.#choose(...this.chosen);
  }

  #useKey(row, event) {
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: row.across, ArrowUp: -row.across }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = this.chosen?.[0] === row.index ? row.order.indexOf(this.chosen[1]) + step : 0;
    this.#pick(row, Math.max(0, Math.min(row.units - 1, at)));
  }
}

// Ten numbers as bars to the left and to the right of nothing, with their values.
export function fillBars(bars, values) {
  const most = largest(values);
  values.forEach((value, i) => {
    const bar = bars.children[i];
    bar.style.setProperty("--share", most ? value / most : 0);
    bar.classList.toggle("below", value < 0);
    bar.lastChild.textContent = signed(value, most < 1 ? 2 : 1);
  });
}
