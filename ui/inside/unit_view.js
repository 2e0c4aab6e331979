// One unit of a layer: what it looks for, its output here, its contribution to each digit, and its sum in numbers.

import { fillBars } from "./layers_view.js";
import { largest, make, show } from "./picture.js";
import { describeTerms } from "./arithmetic.js";
import { plain, put } from "./words.js";

const MAX_KERNELS = 6;

export class UnitView {
  #title = make("h4");
  #kernels = make("div", "kernels");
  #kernelWords = make("p", "hint");
  #answer = make("canvas", "answer");
  #answerWords = make("p", "hint");
  #contributionWords = make("p", "hint");
  #bars = make("div", "contributions");
  #sum = make("p", "hint arithmetic");

  constructor() {
    this.#title.setAttribute("aria-live", "polite"); // arrow keys choose a unit far above
    for (let digit = 0; digit < 10; digit++) {
      this.#bars.append(make("div", "", "", make("b", "", `${digit}`), make("span", "axis", "", make("i")), make("span")));
    }
    const looks = make("div", "", "", this.#kernelWords, this.#kernels);
    const answers = make("div", "", "", this.#answerWords, this.#answer);
    const contributions = make("div", "", "", this.#contributionWords, this.#bars);
    this.element = make("div", "unit", "", this.#title, make("div", "unit-parts", "", looks, answers, contributions), this.#sum);
    this.element.hidden = true;
  }

  hide() {
    this.element.hidden = true;
  }

  // layers, outputs: of inspection.js; at: the index of the layer.
  show(layers, outputs, at, unit) {
    this.element.hidden = false;
    const layer = layers[at];
    const last = at === layers.length - 1;
    const units = layer.shape.at(-1);
    const what = layer.shape.length > 1 ? "map" : last ? "digit" : "unit";
    const title = layer.kind === "rescaling" ? "inside.layer.rescaling" : `inside.unit.title-${what}`;
    put(this.#title, title, { digit: unit, number: unit + 1, units });
    this.#showKernels(layers, outputs, at, unit);
    this.#showAnswer(layer, outputs[at], unit);
    const hidden = layers.slice(at + 1).filter(({ kind }) => kind === "dense").length === 1 && layer.kind === "dense";
    put(this.#contributionWords, hidden ? "inside.unit.contributions" : "inside.unit.flow");
    put(this.#sum, ...(layer.kernel ? describeTerms(layer, outputs[at - 1], outputs[at], unit) : [""]));
  }

  // Until those of the unit that was chosen have come.
  hideContributions() {
    this.#bars.style.visibility = "hidden";
  }

  showContributions(contributions) {
    this.#bars.style.visibility = "";
    fillBars(this.#bars, contributions);
  }

  #showAnswer({ shape }, output, unit) {
    const [rows, columns] = shape.length > 1 ? shape : [1, 1];
    const units = shape.at(-1);
    const value = (row, column) => output[(row * columns + column) * units + unit];
    const values = Array.from({ length: rows * columns }, (_, i) => output[i * units + unit]);
    show(this.#answer, rows, columns, value, largest(output));
    this.#answer.hidden = rows === 1;
    const most = plain(Math.max(...values));
    put(this.#answerWords, rows === 1 ? "inside.unit.answer" : "inside.unit.answer-most", { most });
  }

  #showKernels(layers, outputs, at, unit) {
    const pictures = findKernels(layers, outputs, at, unit);
    const most = largest(pictures.flatMap(({ values }) => values));
    const what = pictures.length > 1 ? "kernels" : layers[at].kind === "dense" ? "weights" : "kernel";
    put(this.#kernelWords, pictures.length ? `inside.unit.${what}` : "");
    this.#kernels.replaceChildren(
      ...pictures.map(({ rows, columns, values }) => {
        const canvas = make("canvas");
        show(canvas, rows, columns, (row, column) => values[row * columns + column], most);
        canvas.style.setProperty("--across", columns);
        return canvas;
      }),
    );
  }
}

// The weights of a unit as pictures, [{rows, columns, values}]: of all it weighs where that is one image, else of the
// maps that count most for it here.
function findKernels(layers, outputs, at, unit) {
  const { kind, kernel, shape } = layers[at];
  if (!kernel) return [];
  const units = shape.at(-1);
  // What a dense layer flattens has a shape of its own.
  let before = at - 1;
  while (["flatten", "dropout"].includes(layers[before].kind)) before--;
  const source = layers[before].shape;
  if (kind === "dense" && source.length === 1) return [{ rows: 1, columns: source[0], values: weigh(kernel, units, unit) }];
  const channels = source[2];
  const [rows, columns] = kind === "dense" ? source : layers[at].kernelShape;
  const weights = weigh(kernel, units, unit);
  const maps = Array.from({ length: channels }, (_, channel) => {
    const values = Array.from({ length: rows * columns }, (_, i) => weights[i * channels + channel]);
    return { rows, columns, values, influence: largest(values) * sumOf(outputs[before], channels, channel) };
  });
  return maps.sort((a, b) => b.influence - a.influence).slice(0, MAX_KERNELS);
}

const weigh = (kernel, units, unit) => Array.from({ length: kernel.length / units }, (_, i) => kernel[i * units + unit]);

function sumOf(output, channels, channel) {
  let sum = 0;
  for (let i = channel; i < output.length; i += channels) sum += Math.abs(output[i]);
  return sum || 1e-9;
}
