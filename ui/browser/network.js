// Runs a network of this project: what Keras computes of an image, with every layer's output.
//
//     const network = new Network(description, weights);
//     const reading = network.read(image);   // 784 bytes, 0 paper, 255 ink
//     reading.layers[2].output               // Float64Array, rows × columns × channels of layers[2].shape
//     reading.logits, reading.probabilities  // ten numbers each
//     reading.digit, reading.verdict, reading.score
//
// description: plain JSON, as ui/browser/weights.py writes it: {name, temperature, threshold, layers}, each layer
// {name, kind} and what its kind needs. Kinds: rescaling (scale, offset), conv2d (kernel: [rows, columns, channels
// in, channels out], activation; padding "same", stride 1), max_pooling2d (pool), flatten, dense (kernel: [in, out],
// activation), dropout (which in use does nothing). Activations: relu, sigmoid, tanh; softmax for the last layer.
// weights: one Float32Array, kernel and bias of each layer in turn, each in Keras' own order.
//
// network.layers[i] holds, beside what its description says, `input` and `shape` (of what goes in and comes out),
// `output` (Float64Array), and, where it has weights, `kernelShape`, `kernel` and `bias` (views into `weights`): all
// that a gradient needs. The last layer's `output` are the probabilities before temperature. Buffers are made once
// for each network: the outputs are those of the newest reading, so copy what is to be kept; logits and
// probabilities are new each time.
//
// Loops run in the order of memory, output channels innermost, and zeros are skipped: after a ReLU, and on paper,
// most values are.

const CLASSES = 10;
const SOFTENING = 2; // the temperature at which the out-of-distribution score looks at probabilities
const IMAGE = [28, 28, 1];
const EVEN = new Array(CLASSES).fill(1 / CLASSES); // nothing known: each digit as likely as any other
const BLANK = { digit: null, verdict: "blank", score: 1 / CLASSES };

// What is wrong with a network, for the page to put into words. code: "layer" (values: kind), "activation"
// (activation), "shape" (layer, expected, found), "size" (expected, found), "number" (a weight that is no number).
export class NetworkError extends Error {
  constructor(code, values = {}) {
    super(`${code}: ${JSON.stringify(values)}`);
    this.name = "NetworkError";
    this.code = code;
    this.values = values;
  }
}

const ACTIVATIONS = {
  softmax: null, // see read: the logits are wanted too
  relu: (values) => {
    for (let i = 0; i < values.length; i++) if (!(values[i] > 0)) values[i] = 0;
  },
  sigmoid: (values) => {
    for (let i = 0; i < values.length; i++) values[i] = 1 / (1 + Math.exp(-values[i]));
  },
  tanh: (values) => {
    for (let i = 0; i < values.length; i++) values[i] = Math.tanh(values[i]);
  },
};

// Of each kind of layer: the shape of its output, and how to compute it from its input.
const KINDS = {
  rescaling: {
    shape: ({ input }) => input,
    run: ({ scale, offset, output }, input) => {
      for (let i = 0; i < output.length; i++) output[i] = input[i] * scale + offset;
    },
  },
  conv2d: {
    shape: ({ input, kernel }) => [input[0], input[1], kernel.at(-1)],
    run: convolve,
  },
  max_pooling2d: {
    shape: ({ input, pool }) => [Math.floor(input[0] / pool), Math.floor(input[1] / pool), input[2]],
    run: takeLargest,
  },
  flatten: {
    shape: ({ input }) => [count(input)],
    run: ({ output }, input) => output.set(input),
  },
  dropout: {
    shape: ({ input }) => input,
    run: ({ output }, input) => output.set(input),
  },
  dense: {
    shape: ({ kernel }) => [kernel[1]],
    run: multiply,
  },
};

export class Network {
  // Raises NetworkError where the description and the weights do not make a network.
  constructor(description, weights) {
    this.name = description.name;
    this.temperature = description.temperature ?? 1;
    this.threshold = description.threshold ?? 0;
    this.weights = weights;
    let used = 0;
    const take = (length) => weights.subarray(used, (used += length));
    let input = IMAGE;
    this.layers = description.layers.map((described) => {
      const layer = checkLayer(described, input);
      if (described.kernel) {
        layer.kernelShape = described.kernel;
        layer.kernel = take(count(described.kernel));
        layer.bias = take(described.kernel.at(-1));
      }
      input = layer.shape;
      return layer;
    });
    if (used !== weights.length) throw new NetworkError("size", { expected: used, found: weights.length });
    if (!weights.every(Number.isFinite)) throw new NetworkError("number");
    if (count(input) !== CLASSES) {
      throw new NetworkError("shape", { layer: this.layers.at(-1)?.name, expected: CLASSES, found: count(input) });
    }
  }

  read(image) {
    let values = image;
    for (const layer of this.layers) {
      KINDS[layer.kind].run(layer, values);
      if (layer.activation) ACTIVATIONS[layer.activation]?.(layer.output);
      values = layer.output;
    }
    const logits = Float64Array.from(values);
    applySoftmax(values);
    const blank = image.every((value) => value === 0);
    const probabilities = blank ? EVEN.slice() : applyTemperature(values, this.temperature);
    const found = blank ? BLANK : makePrediction(probabilities, this.threshold);
    return { name: this.name, layers: this.layers, logits, probabilities, ...found };
  }
}

function checkLayer(described, input) {
  const { kind, activation, kernel } = described;
  if (!Object.hasOwn(KINDS, kind)) throw new NetworkError("layer", { kind });
  if (activation !== undefined && !Object.hasOwn(ACTIVATIONS, activation)) {
    throw new NetworkError("activation", { activation });
  }
  if (kernel) {
    const expected = kind === "dense" ? count(input) : input[2];
    const found = kernel.at(-2);
    if (found !== expected) throw new NetworkError("shape", { layer: described.name, expected, found });
  }
  const layer = { ...described, input };
  layer.shape = KINDS[kind].shape(layer);
  layer.output = new Float64Array(count(layer.shape)); // faster than float32, which rounds each sum
  return layer;
}

const count = (shape) => shape.reduce((product, side) => product * side, 1);

function convolve({ input, kernelShape, kernel, bias, output }, values) {
  const [rows, columns, channels] = input;
  const [kernelRows, kernelColumns, , filters] = kernelShape;
  const above = (kernelRows - 1) >> 1;
  const left = (kernelColumns - 1) >> 1;
  for (let row = 0, out = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, out += filters) {
      for (let i = 0; i < filters; i++) output[out + i] = bias[i];
      for (let kernelRow = 0; kernelRow < kernelRows; kernelRow++) {
        const y = row + kernelRow - above;
        if (y < 0 || y >= rows) continue;
        for (let kernelColumn = 0; kernelColumn < kernelColumns; kernelColumn++) {
          const x = column + kernelColumn - left;
          if (x < 0 || x >= columns) continue;
          const from = (y * columns + x) * channels;
          let weight = (kernelRow * kernelColumns + kernelColumn) * channels * filters;
          for (let channel = 0; channel < channels; channel++, weight += filters) {
            const value = values[from + channel];
            if (value) addTimes(output, out, kernel, weight, filters, value);
          }
        }
      }
    }
  }
}

function multiply({ kernel, bias, output }, values) {
  output.set(bias);
  for (let i = 0; i < values.length; i++) {
    if (values[i]) addTimes(output, 0, kernel, i * output.length, output.length, values[i]);
  }
}

// Four at a time: a reading then takes two thirds of the time.
function addTimes(output, out, kernel, weight, length, value) {
  const end = out + length;
  for (; out + 4 <= end; out += 4, weight += 4) {
    output[out] += value * kernel[weight];
    output[out + 1] += value * kernel[weight + 1];
    output[out + 2] += value * kernel[weight + 2];
    output[out + 3] += value * kernel[weight + 3];
  }
  for (; out < end; out++, weight++) output[out] += value * kernel[weight];
}

function takeLargest({ input, pool, shape, output }, values) {
  const [, columns, channels] = input;
  for (let row = 0, out = 0; row < shape[0]; row++) {
    for (let column = 0; column < shape[1]; column++) {
      for (let channel = 0; channel < channels; channel++, out++) {
        let largest = -Infinity;
        for (let i = 0; i < pool; i++) {
          let from = ((row * pool + i) * columns + column * pool) * channels + channel;
          for (let j = 0; j < pool; j++, from += channels) if (values[from] > largest) largest = values[from];
        }
        output[out] = largest;
      }
    }
  }
}

function applySoftmax(values) {
  const largest = Math.max(...values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    values[i] = Math.exp(values[i] - largest);
    sum += values[i];
  }
  for (let i = 0; i < values.length; i++) values[i] /= sum;
}

// ---- From here on as model/calibration.py and model/classifier.py have it

// Probabilities as if the logits had been divided by the temperature.
function applyTemperature(probabilities, temperature) {
  const powered = Array.from(probabilities, (value) => Math.max(value, 1e-30) ** (1 / temperature));
  const sum = powered.reduce((a, b) => a + b);
  return powered.map((value) => value / sum);
}

// How much the probabilities look like those of a digit, from 0.1 to 1.
function oodScore(probabilities) {
  return Math.max(...applyTemperature(probabilities, SOFTENING));
}

// digit: 0 to 9, or null unless the verdict is "digit". verdict: "digit" or "unsure" (perhaps no digit at all).
function makePrediction(probabilities, threshold) {
  const score = oodScore(probabilities);
  const verdict = score >= threshold ? "digit" : "unsure";
  const digit = verdict === "digit" ? probabilities.indexOf(Math.max(...probabilities)) : null;
  return { digit, verdict, score };
}
