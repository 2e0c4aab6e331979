// Why one digit and not another: model/explain.py, and backward() of model/layers.py, in JavaScript.
//
//     const found = explain(network, image, 7, 1);   // network.js; 784 bytes, 0 paper, 255 ink
//     found.pixels          // Float64Array(784): how much each pixel speaks for 7 (above 0) or for 1, in logits
//     found.ink + found.missingInk + found.averageDigit   // = found.difference, of the two logits
//
// Python defines, this repeats; tests/browser/test_evidence.py holds them together. What the terms mean, and why it
// is the average digit that is compared with, stands in model/explain.py. The network is left with the layers of
// this image as its outputs.

import { AVERAGE_DIGIT } from "./average_digit.js";

const STEPS = 32; // of the integral, for networks that are not linear around a drawing
const TIE = 1e-5; // inputs of a pool that are so near to the largest share its gradient

// digit, other: by default the winner and the runner-up. Returns {digit, other, pixels, ink, missingInk,
// averageDigit, difference, gradient, gradients, logits}; gradients: of each layer, at this image.
export function explain(network, image, digit = null, other = null) {
  let logits = network.read(image).logits;
  [digit, other] = chooseDigits(logits, digit, other);
  const weighting = new Float64Array(logits.length);
  weighting[digit] = 1;
  weighting[other] = -1;
  const difference = logits[digit] - logits[other];
  let { gradient, gradients, ofBiases: averageDigit } = backward(network, weighting);
  if (isLinear(network)) {
    for (let i = 0; i < gradient.length; i++) averageDigit += (gradient[i] * AVERAGE_DIGIT[i]) / 255;
  } else {
    gradient = integrateGradient(network, image, weighting);
    logits = network.read(AVERAGE_DIGIT).logits;
    averageDigit = logits[digit] - logits[other];
    logits = network.read(image).logits;
  }
  const pixels = gradient.map((slope, i) => (slope * (image[i] - AVERAGE_DIGIT[i])) / 255);
  spreadRest(pixels, difference - averageDigit);
  let ink = 0;
  let missingInk = 0;
  pixels.forEach((value, i) => {
    if (image[i] > AVERAGE_DIGIT[i]) ink += value;
    else missingInk += value;
  });
  return { digit, other, pixels, ink, missingInk, averageDigit, difference, gradient, gradients, logits };
}

function chooseDigits(logits, digit, other) {
  const ranked = Array.from(logits.keys()).sort((a, b) => logits[b] - logits[a] || a - b);
  const first = digit ?? ranked.find((one) => one !== other);
  return [first, other ?? ranked.find((one) => one !== first)];
}

function isLinear(network) {
  return !network.layers.some(({ activation }) => ["sigmoid", "tanh"].includes(activation));
}

// The mean gradient on the straight way from the average digit to the image.
function integrateGradient(network, image, weighting) {
  const mean = new Float64Array(image.length);
  for (let step = 0; step < STEPS; step++) {
    const share = (step + 0.5) / STEPS;
    network.read(Float64Array.from(image, (value, i) => AVERAGE_DIGIT[i] + (value - AVERAGE_DIGIT[i]) * share));
    backward(network, weighting).gradient.forEach((slope, i) => (mean[i] += slope / STEPS));
  }
  return mean;
}

// Makes the pixels sum to the total: each is changed by the same share of its size.
function spreadRest(pixels, total) {
  const sum = pixels.reduce((a, b) => a + b, 0);
  const sizes = pixels.reduce((a, b) => a + Math.abs(b), 0);
  for (let i = 0; i < pixels.length; i++) pixels[i] += Math.abs(pixels[i]) * ((total - sum) / (sizes || 1));
}

// The gradient of a weighted sum of the logits by each pixel's ink (0 to 1), and what the biases add, each times the
// gradient by it. For the image that the network has just read. gradients: by the outputs of each layer.
export function backward({ layers }, weighting) {
  let gradient = weighting;
  const gradients = [];
  let ofBiases = 0;
  for (let i = layers.length - 1; i > 0; i--) {
    const layer = layers[i];
    gradients[i] = gradient;
    if (layer.kind === "flatten" || layer.kind === "dropout") continue; // the same numbers in the same order
    if (layer.kind === "max_pooling2d") {
      gradient = shareLargest(layer, layers[i - 1].output, gradient);
      continue;
    }
    gradient = multiplySlope(layer, gradient);
    const outputs = layer.bias.length;
    for (let j = 0; j < gradient.length; j++) ofBiases += gradient[j] * layer.bias[j % outputs];
    gradient = layer.kind === "dense" ? multiplyBack(layer, gradient) : convolveBack(layer, gradient);
  }
  gradients[0] = gradient; // of the rescaling, where the loop ends
  return { gradient, ofBiases, gradients };
}

function multiplySlope({ activation, output }, gradient) {
  if (activation === "relu") return gradient.map((value, i) => (output[i] > 0 ? value : 0));
  if (activation === "sigmoid") return gradient.map((value, i) => value * output[i] * (1 - output[i]));
  if (activation === "tanh") return gradient.map((value, i) => value * (1 - output[i] ** 2));
  return gradient;
}

function multiplyBack({ kernel }, gradient) {
  const outputs = gradient.length;
  const back = new Float64Array(kernel.length / outputs);
  const used = [...gradient.keys()].filter((j) => gradient[j]);
  for (let i = 0; i < back.length; i++) {
    let sum = 0;
    for (const j of used) sum += kernel[i * outputs + j] * gradient[j];
    back[i] = sum;
  }
  return back;
}

const transposed = new WeakMap(); // kernels with their inputs innermost, since loops run in the order of memory

function transpose({ kernel, kernelShape: [rows, columns, inputs, outputs] }) {
  if (!transposed.has(kernel)) {
    const turned = new Float32Array(kernel.length);
    for (let at = 0; at < rows * columns; at++) {
      for (let i = 0; i < inputs; i++) {
        for (let j = 0; j < outputs; j++) turned[(at * outputs + j) * inputs + i] = kernel[(at * inputs + i) * outputs + j];
      }
    }
    transposed.set(kernel, turned);
  }
  return transposed.get(kernel);
}

function convolveBack(layer, gradient) {
  const [rows, columns, inputs] = layer.input;
  const [kernelRows, kernelColumns, , outputs] = layer.kernelShape;
  const turned = transpose(layer);
  const back = new Float64Array(rows * columns * inputs);
  const above = (kernelRows - 1) >> 1;
  const left = (kernelColumns - 1) >> 1;
  for (let at = 0; at < gradient.length; at++) {
    const value = gradient[at];
    if (!value) continue;
    const output = at % outputs;
    const place = (at - output) / outputs;
    const column = place % columns;
    const row = (place - column) / columns;
    for (let i = 0; i < kernelRows; i++) {
      const y = row + i - above;
      if (y < 0 || y >= rows) continue;
      for (let j = 0; j < kernelColumns; j++) {
        const x = column + j - left;
        if (x < 0 || x >= columns) continue;
        const to = (y * columns + x) * inputs;
        const from = ((i * kernelColumns + j) * outputs + output) * inputs;
        for (let k = 0; k < inputs; k++) back[to + k] += value * turned[from + k];
      }
    }
  }
  return back;
}

// Inputs of a pool that are the largest together share its gradient evenly.
function shareLargest({ input, pool, shape, output }, values, gradient) {
  const [, columns, channels] = input;
  const back = new Float64Array(values.length);
  const places = new Int32Array(pool * pool);
  for (let at = 0; at < gradient.length; at++) {
    if (!gradient[at]) continue;
    const channel = at % channels;
    const place = (at - channel) / channels;
    const column = place % shape[1];
    const row = (place - column) / shape[1];
    let found = 0;
    for (let i = 0; i < pool; i++) {
      for (let j = 0; j < pool; j++) {
        const from = ((row * pool + i) * columns + column * pool + j) * channels + channel;
        if (values[from] >= output[at] - TIE) places[found++] = from;
      }
    }
    for (let i = 0; i < found; i++) back[places[i]] += gradient[at] / found;
  }
  return back;
}
