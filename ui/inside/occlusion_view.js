// Occlusion: the line in pieces, coloured by what each carries, and the ten bars without one of them.

import { colour, largest, make } from "./picture.js";
import { name, percent, put, signed } from "./words.js";

const SIDE = 168; // CSS pixels
const LINE = 9;

export class OcclusionView {
  #canvas = make("canvas", "occlusion");
  #said = make("p", "said");
  #bars = make("div", "small-bars");
  #explanation = make("p", "hint");
  #pieces = [];
  #pair = [];
  #at = -1;

  constructor() {
    this.#canvas.tabIndex = 0;
    this.#canvas.role = "application";
    name(this.#canvas, "inside.occlusion.picture");
    this.#said.role = "status";
    put(this.#said, "inside.occlusion.whole");
    this.#bars.hidden = true;
    for (let digit = 0; digit < 10; digit++) this.#bars.append(make("span", "", "", make("b", "", `${digit}`), make("i")));
    this.#canvas.addEventListener("pointermove", (event) => this.#point(event));
    this.#canvas.addEventListener("pointerdown", (event) => this.#point(event));
    // A finger leaves when it lifts: what it chose stays.
    this.#canvas.addEventListener("pointerleave", ({ pointerType }) => pointerType === "touch" || this.#choose(-1));
    this.#canvas.addEventListener("blur", () => this.#choose(-1));
    this.#canvas.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!step || !this.#pieces.length) return;
      event.preventDefault();
      const count = this.#pieces.length;
      this.#choose(this.#at < 0 && step < 0 ? count - 1 : (this.#at + step + count) % count);
    });
    const title = put(make("h3"), "inside.occlusion.title");
    const text = make("div", "text", "", title, this.#explanation, this.#said, this.#bars);
    this.element = make("section", "occlusion-part", "", this.#canvas, text);
  }

  // pieces: of inspection.js; digits: [digit, other] that were compared.
  show(pieces, digits) {
    this.#pieces = pieces;
    this.#pair = digits;
    put(this.#explanation, "inside.occlusion.explanation", { digit: digits[0], other: digits[1] });
    this.#choose(this.#at < pieces.length ? this.#at : -1);
  }

  // The drawing has changed: what was found no longer holds.
  clear() {
    if (!this.#pieces.length) return;
    this.#pieces = [];
    this.#choose(-1);
  }

  redraw() {
    this.#draw();
  }

  #choose(at) {
    this.#at = at;
    const piece = this.#pieces[at];
    if (piece) this.#describe(piece);
    else put(this.#said, this.#pieces.length ? "" : "inside.occlusion.whole");
    this.#bars.hidden = !piece;
    if (piece) piece.probabilities.forEach((share, i) => this.#bars.children[i].style.setProperty("--share", share));
    this.#draw();
  }

  #describe({ probabilities, verdict, fall }) {
    const highest = Math.max(...probabilities);
    put(this.#said, verdict === "digit" ? "inside.occlusion.without" : "inside.occlusion.unsure", {
      digit: probabilities.indexOf(highest),
      percent: percent(highest),
      leader: this.#pair[0],
      other: this.#pair[1],
      change: signed(-fall),
    });
  }

  #draw() {
    const side = Math.round(SIDE * devicePixelRatio);
    Object.assign(this.#canvas, { width: side, height: side });
    const ink = this.#canvas.getContext("2d");
    ink.lineCap = ink.lineJoin = "round";
    const place = this.#fit(side);
    const most = largest(this.#pieces.map(({ fall }) => fall));
    const ground = getComputedStyle(this.#canvas).getPropertyValue("--inside-ground");
    const edge = getComputedStyle(this.#canvas).color;
    this.#pieces.forEach(({ points }) => this.#trace(ink, points.map(place), edge, LINE + 2));
    this.#pieces.forEach(({ points, fall }) => this.#trace(ink, points.map(place), colour(this.#canvas, fall / most), LINE));
    const chosen = this.#pieces[this.#at];
    if (chosen) {
      this.#trace(ink, chosen.points.map(place), edge, LINE + 4);
      this.#trace(ink, chosen.points.map(place), ground, LINE - 2);
    }
  }

  #trace(ink, points, style, width) {
    ink.strokeStyle = style;
    ink.lineWidth = width * devicePixelRatio;
    ink.beginPath();
    ink.moveTo(...points[0]);
    for (const point of points.length > 1 ? points.slice(1) : [[points[0][0] + 0.1, points[0][1]]]) ink.lineTo(...point);
    ink.stroke();
  }

  // What brings points of the drawing into the picture.
  #fit(side) {
    const points = this.#pieces.flatMap((piece) => piece.points);
    const [left, top] = [0, 1].map((axis) => Math.min(...points.map((point) => point[axis])));
    const [right, bottom] = [0, 1].map((axis) => Math.max(...points.map((point) => point[axis])));
    const scale = (0.82 * side) / (Math.max(right - left, bottom - top) || 1);
    return ([x, y]) => [side / 2 + (x - (left + right) / 2) * scale, side / 2 + (y - (top + bottom) / 2) * scale];
  }

  #point({ offsetX, offsetY }) {
    if (!this.#pieces.length) return;
    const place = this.#fit(SIDE);
    const distances = this.#pieces.map(({ points }) =>
      Math.min(...points.map(place).map(([x, y]) => Math.hypot(x - offsetX, y - offsetY))),
    );
    const nearest = Math.min(...distances);
    this.#choose(nearest < 24 ? distances.indexOf(nearest) : -1);
  }
}
