// Which network the panel looks into.

import { make } from "./picture.js";
import { put } from "./words.js";

export const TRAINING = "training"; // as ui/browser/networks.py names it
const KEYS = { "": "inside.choice.reads", yours: "inside.choice.own", [TRAINING]: "inside.choice.training" };

export class NetworkChoice {
  chosen = ""; // a name, or nothing: whichever reads the drawing
  #select = make("select");
  #names = [];

  // changed: called when another is chosen.
  constructor(changed) {
    this.#select.addEventListener("change", () => {
      this.chosen = this.#select.value;
      changed();
    });
    this.element = make("label", "choice", "", put(make("span"), "inside.choice"), this.#select);
    this.offer([], null);
  }

  // names: of the networks that can read; training: of training.js, null where there is none.
  offer(names, training) {
    const offered = ["", ...names, ...(training ? [TRAINING] : [])];
    if (String(offered) === String(this.#names)) return;
    this.#names = offered;
    if (!offered.includes(this.chosen)) this.chosen = "";
    this.#select.replaceChildren(...offered.map((name) => put(new Option("", name), KEYS[name] ?? `page.network.${name}`)));
    this.#select.value = this.chosen;
  }
}
