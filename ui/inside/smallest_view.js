// The smallest network as a figure: every weight, sum, error and gradient of a step, and the loss as a curve.

import { make } from "./picture.js";
import { FIRST, INPUTS, STEPS, TARGETS, backward, drawWeights, step } from "./smallest.js";
import { name, plain, put } from "./words.js";

const NAMES = ["w₁₁", "w₁₂", "w₂₁", "w₂₂", "b₁", "b₂", "v₁", "v₂", "c"];
const HEADINGS = ["input", "sums", "relu", "prediction", "target", "error"].map((one) => `inside.smallest.${one}`);
const COLUMNS = ["weight", "value", "gradient", "next"].map((one) => `inside.smallest.${one}`);
const WIDTH = 300;
const HEIGHT = 90;

const flatten = ({ w1, b1, w2, b2 }) => [...w1.flat(), ...b1, ...w2, b2];

export class SmallestView {
  #weights = FIRST;
  #losses = [];
  #state = make("p", "sum");
  #note = make("p", "hint");
  #points = make("table");
  #parameters = make("table");
  #curve = make("canvas", "loss");
  #running = 0;

  constructor() {
    const buttons = make("p", "buttons");
    const actions = [
      ["inside.smallest.step", () => this.#takeStep()],
      ["inside.smallest.run", () => this.#run()],
      ["inside.smallest.anew", () => this.#begin(drawWeights())],
    ];
    for (const [key, action] of actions) {
      const button = put(make("button"), key);
      button.type = "button";
      button.addEventListener("click", () => {
        cancelAnimationFrame(this.#running);
        action();
      });
      buttons.append(button);
    }
    Object.assign(this.#curve, { width: 2 * WIDTH, height: 2 * HEIGHT, role: "img" });
    name(this.#curve, "inside.smallest.curve");
    const figure = make("div", "smallest-parts", "", this.#wrap(this.#points), this.#wrap(this.#parameters));
    const plot = make("div", "plot", "", put(make("p", "layer-name"), "inside.smallest.curve"), this.#curve);
    const left = make("div", "", "", this.#state, buttons, this.#note, plot);
    const body = make("div", "smallest-body", "", left, figure);
    const title = put(make("h3"), "inside.smallest.title");
    const explanation = put(make("p", "hint"), "inside.smallest.explanation");
    this.element = make("section", "smallest-part", "", title, explanation, body);
    this.#begin(FIRST);
  }

  redraw() {
    this.#draw();
  }

  #wrap(table) {
    const outer = make("div", "table", "", table);
    outer.role = "group";
    outer.tabIndex = 0; // on a phone one scrolls in it, with arrow keys, too
    return name(outer, "inside.smallest.title");
  }

  #begin(weights) {
    this.#weights = weights;
    this.#losses = [backward(weights).loss];
    this.#show();
  }

  #takeStep() {
    this.#weights = step(this.#weights, backward(this.#weights));
    this.#losses.push(backward(this.#weights).loss);
    this.#show();
  }

  #run() {
    if (this.#losses.length > STEPS) return;
    this.#takeStep();
    this.#running = requestAnimationFrame(() => this.#run());
  }

  #show() {
    const { loss, gradient, points } = backward(this.#weights);
    put(this.#state, "inside.smallest.state", { step: this.#losses.length - 1, loss: loss.toFixed(6) });
    put(this.#note, points.every(({ sums }) => sums.every((sum) => sum <= 0)) ? "inside.smallest.stuck" : "");
    const pair = (values) => values.map((value) => plain(value, 3)).join(", ");
    fillTable(
      this.#points,
      HEADINGS,
      points.map(({ sums, hidden, prediction, error }, i) => [
        INPUTS[i].join(", "), pair(sums), pair(hidden), plain(prediction, 3), TARGETS[i], plain(error, 3),
      ]),
    );
    const next = flatten(step(this.#weights, { gradient }));
    const slopes = flatten(gradient);
    const rows = flatten(this.#weights).map((value, i) => [NAMES[i], ...[value, slopes[i], next[i]].map((one) => plain(one, 4))]);
    fillTable(this.#parameters, COLUMNS, rows);
    this.#draw();
  }

  #draw() {
    const ink = this.#curve.getContext("2d");
    const style = getComputedStyle(this.#curve);
    ink.setTransform(2, 0, 0, 2, 0, 0);
    ink.clearRect(0, 0, WIDTH, HEIGHT);
    ink.font = `11px ${style.fontFamily}`;
    ink.fillStyle = ink.strokeStyle = style.getPropertyValue("--muted");
    const most = Math.max(...this.#losses);
    const last = Math.max(STEPS, this.#losses.length - 1);
    const place = (loss, i) => [34 + ((WIDTH - 40) * i) / last, HEIGHT - 18 - ((HEIGHT - 26) * loss) / most];
    ink.textAlign = "right";
    ink.fillText(most.toFixed(2), 30, 12);
    ink.fillText("0", 30, HEIGHT - 15);
    ink.textAlign = "left";
    ink.fillText("0", 34, HEIGHT - 3);
    ink.textAlign = "right";
    ink.fillText(`${last}`, WIDTH - 4, HEIGHT - 3);
    ink.globalAlpha = 0.4;
    ink.strokeRect(34, 8, WIDTH - 40, HEIGHT - 26);
    ink.globalAlpha = 1;
    ink.strokeStyle = style.getPropertyValue("--accent");
    ink.lineWidth = 1.5;
    ink.beginPath();
    this.#losses.forEach((loss, i) => ink.lineTo(...place(loss, i)));
    ink.stroke();
    ink.fillStyle = style.getPropertyValue("--accent");
    ink.beginPath();
    ink.arc(...place(this.#losses.at(-1), this.#losses.length - 1), 3, 0, 7);
    ink.fill();
  }
}

function fillTable(table, headings, rows) {
  const head = make("tr", "", "", ...headings.map((key) => put(make("th"), key)));
  table.replaceChildren(head, ...rows.map((row) => make("tr", "", "", ...row.map((cell) => make("td", "", `${cell}`)))));
}
