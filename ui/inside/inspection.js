// Looks into one network: evidence, layers and each unit's contributions, and occlusion of the line piece by piece. Runs
// in a worker (worker.js) or on the page's own thread; inspector.js is the other end.
//
// In go, as messages to `take`:
//   {network}                 its description, with `url` and `dtype` of the weights; until these have come, the
//                             network before answers
//   {id, image, digits}       784 bytes to explain; digits: [digit, other], each null for the network's own choice
//   {id, drawing, digits}     occlusion of a drawing; given up when another message comes
//   {id, layer, unit}         the contributions of one unit, for the newest image, to the ten logits
// Out come, through `tell`:
//   {layers}                  of a network that has arrived, with kernels and biases: network.layers without outputs
//   {id, image, evidence, outputs, contributions}   of each layer: its outputs, and its units'
//                             contributions to the logits' difference
//   {id, pieces}              [{points, fall, verdict, probabilities}]: without that piece; fall: of the difference
//   {id, contributions}       ten numbers
//   {id, problem}             one word: "unreachable" or "failed"; no id where a network could not be loaded

import { backward, explain } from "../browser/evidence.js";
import { Network } from "../browser/network.js";
import { preprocess } from "../browser/preprocess.js";
import { decode } from "../browser/reading.js";
import { cut, without } from "./pieces.js";

export class Inspection {
  #tell;
  #description = null;
  #network = null;
  #image = null;
  #newest = 0; // counts messages

  constructor(tell) {
    this.#tell = tell;
  }

  async take(message) {
    const turn = ++this.#newest;
    try {
      if (message.network) await this.#load(message.network);
      else if (!this.#network) return;
      else if (message.drawing) await this.#occlude(message, turn);
      else if (message.image) this.#explain(message);
      else this.#findContributions(message);
    } catch (error) {
      console.error(error);
      this.#tell({ id: message.id, problem: "failed" });
    }
  }

  async #load(description) {
    this.#description = description; // until it has come, the one before answers
    const response = await fetch(description.url).catch(() => null);
    const bytes = await response?.arrayBuffer();
    if (description !== this.#description) return; // another was chosen meanwhile
    if (!response?.ok) return this.#tell({ problem: "unreachable" });
    this.#network = new Network(description, decode(bytes, description.dtype));
    this.#tell({ layers: this.#network.layers.map(({ output, ...layer }) => layer) });
  }

  #explain({ id, image, digits }) {
    this.#image = image;
    const network = this.#network;
    const { gradients, gradient, ...evidence } = explain(network, image, ...digits);
    const outputs = network.layers.map(({ output }) => output.slice());
    outputs[outputs.length - 1] = evidence.logits;
    this.#tell({
      id,
      image,
      evidence,
      outputs,
      contributions: network.layers.map((layer, i) => sumContributions(layer, outputs[i], gradients[i])),
    });
  }

  #findContributions({ id, layer, unit }) {
    const network = this.#network;
    if (!this.#image) return;
    const { logits } = network.read(this.#image);
    const found = network.layers[layer];
    const output = layer === network.layers.length - 1 ? logits : found.output; // not the probabilities
    const contributions = Array.from({ length: 10 }, (_, digit) => {
      const weighting = new Float64Array(10);
      weighting[digit] = 1;
      const { gradients } = backward(network, weighting);
      return sumContributions(found, output, gradients[layer])[unit];
    });
    this.#tell({ id, contributions });
  }

  async #occlude({ id, drawing, digits: [digit, other] }, turn) {
    const read = (strokes) => this.#network.read(preprocess(strokes));
    const difference = ({ logits }) => logits[digit] - logits[other];
    const whole = difference(read(drawing));
    const pieces = [];
    for (const piece of cut(drawing)) {
      await pause(); // so that a new drawing need not wait for the occlusion of the last
      if (turn !== this.#newest) return;
      const reading = read(without(drawing, piece));
      const { probabilities, verdict } = reading;
      pieces.push({ points: piece.points, fall: whole - difference(reading), probabilities, verdict });
    }
    this.#tell({ id, pieces });
  }
}

// What flows through each unit towards a difference of logits: its output times the gradient by it. A unit of a
// convolution is a whole map. For the last hidden layer that is output × weight.
function sumContributions({ shape }, output, gradient) {
  const units = shape.at(-1);
  const contributions = new Float64Array(units);
  for (let i = 0; i < output.length; i++) contributions[i % units] += output[i] * gradient[i];
  return contributions;
}

const pause = () =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel(); // a timer would wait 4 ms each time
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
