// The picture of evidence, its sum in words, and the two digits that are compared.

import { largest, make, show } from "./picture.js";
import { name, put, signed } from "./words.js";

const SVG = "http://www.w3.org/2000/svg";
const INKED = 128; // grey levels; the outline runs between pixels with more and with less

// The outline of the ink as a path of an SVG, between the pixels, so that evidence can be told from missing ink.
function traceInk(image) {
  const inked = (row, column) => image[28 * row + column] >= INKED;
  let path = "";
  for (let row = 1; row < 28; row++) {
    for (let column = 1; column < 28; column++) {
      if (inked(row, column) !== inked(row - 1, column)) path += `M${column} ${row}h1`;
      if (inked(row, column) !== inked(row, column - 1)) path += `M${column} ${row}v1`;
    }
  }
  return path;
}

const round = (value) => Math.round(10 * value) / 10;

// The values of the sum. Its last part is the rest, so that what is printed adds up to the tenth.
function describeSum({ digit, other, ink, missingInk, difference }) {
  return {
    ink: signed(ink),
    missing: signed(missingInk),
    average: signed(round(difference) - round(ink) - round(missingInk)),
    difference: Math.abs(difference).toFixed(1),
    winner: difference < 0 ? other : digit,
  };
}

export class EvidenceView {
  chosen = [null, null]; // digit and other, null for the network's own choice
  #changed;
  #title = make("h3");
  #canvas = make("canvas");
  #sum = make("p", "sum");
  #explanation = make("p", "hint");
  #legend = make("div", "legend", "", make("span"), make("i"), make("span"));
  #outline = document.createElementNS(SVG, "path");
  #choices;

  // changed: called when two other digits are to be compared.
  constructor(changed) {
    this.#changed = changed;
    this.#choices = ["inside.evidence.winner", "inside.evidence.runner-up"].map((automatic, i) => {
      const select = make("select");
      select.append(put(new Option("", ""), automatic), ...Array.from({ length: 10 }, (_, digit) => new Option(digit, digit)));
      name(select, i ? "inside.evidence.against" : "inside.evidence.for");
      select.addEventListener("change", () => this.choose(i, select.value === "" ? null : Number(select.value)));
      return select;
    });
    this.#canvas.role = "img";
    const [digit, other] = this.#choices;
    const [speaks, against] = ["inside.evidence.for", "inside.evidence.against"].map((key) => put(make("span"), key));
    const pair = make("p", "pair", "", speaks, digit, against, other);
    const unit = put(make("p", "hint"), "inside.evidence.unit");
    const text = make("div", "text", "", this.#title, this.#sum, pair, this.#explanation, unit);
    const outline = document.createElementNS(SVG, "svg");
    outline.setAttribute("viewBox", "0 0 28 28");
    outline.setAttribute("aria-hidden", "true");
    outline.append(this.#outline);
    const picture = make("div", "outlined", "", this.#canvas, outline);
    this.element = make("section", "evidence-part", "", make("div", "scaled", "", picture, this.#legend), text);
    this.element.id = "evidence";
  }

  // i: 0 for what speaks for, 1 for against.
  choose(i, digit) {
    this.chosen[i] = digit;
    if (digit !== null && this.chosen[1 - i] === digit) this.chosen[1 - i] = null;
    this.#choices.forEach((select, j) => (select.value = this.chosen[j] ?? ""));
    this.#changed();
  }

  // evidence: of inspection.js; image: what was read.
  show(evidence, image) {
    const { digit, other, pixels } = evidence;
    const most = largest(pixels);
    show(this.#canvas, 28, 28, (row, column) => pixels[28 * row + column], most);
    this.#outline.setAttribute("d", traceInk(image));
    name(this.#canvas, "inside.evidence.picture", { digit, other });
    put(this.#title, "inside.evidence.title", { digit, other });
    put(this.#sum, "inside.evidence.sum", describeSum(evidence));
    put(this.#explanation, "inside.evidence.explanation", { digit, other });
    const [low, , high] = this.#legend.children;
    low.textContent = `${other} ${most.toFixed(2)}`;
    high.textContent = `${digit} ${most.toFixed(2)}`;
  }
}
