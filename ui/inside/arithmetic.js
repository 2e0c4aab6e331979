// The arithmetic of one unit as a sum whose parts are named.

import { plain, signed } from "./words.js";

const NAMES = { relu: "ReLU", sigmoid: "sigmoid", tanh: "tanh" };
const NAMED = 4; // terms that are written out; the others are one number

// layer: with kernel and bias; input, output: of that layer. A map of a convolution is added up where it is strongest.
// Returns what words.js is to put into an element: a key and its values.
export function describeTerms(layer, input, output, unit) {
  const { terms, place } = layer.kind === "dense" ? findDenseTerms(layer, input, unit) : findMapTerms(layer, input, output, unit);
  const bias = layer.bias[unit];
  const ranked = terms.filter(([value]) => value).sort((a, b) => Math.abs(b[0] * b[1]) - Math.abs(a[0] * a[1]));
  const product = ([value, weight]) => value * weight;
  const rest = ranked.slice(NAMED).map(product);
  const sum = ranked.map(product).reduce((a, b) => a + b, bias);
  const named = ranked.slice(0, NAMED).map(([value, weight]) => `${plain(value)} × ${plain(weight)}`).join(" + ");
  const others = { more: rest.length, rest: signed(rest.reduce((a, b) => a + b, 0), 2) };
  const items = [
    named,
    rest.length && { key: "inside.unit.rest", values: others },
    { key: "inside.unit.bias", values: { bias: signed(bias, 2) } },
  ];
  const values = { place, parts: { join: "separator.clauses", items: items.filter(Boolean) }, sum: plain(sum) };
  const activation = NAMES[layer.activation];
  if (!activation) return ["inside.unit.sum", values];
  return ["inside.unit.sum-activated", { ...values, activation, output: plain(activate(layer.activation, sum)) }];
}

function activate(activation, sum) {
  if (activation === "relu") return Math.max(0, sum);
  return activation === "tanh" ? Math.tanh(sum) : 1 / (1 + Math.exp(-sum));
}

function findDenseTerms({ kernel, shape: [units] }, input, unit) {
  return { place: "", terms: Array.from(input, (value, i) => [value, kernel[i * units + unit]]) };
}

function findMapTerms({ input: [rows, columns, channels], kernelShape, kernel, shape }, input, output, unit) {
  const units = shape[2];
  let strongest = 0;
  for (let i = 0; i < rows * columns; i++) if (output[i * units + unit] > output[strongest * units + unit]) strongest = i;
  const [kernelRows, kernelColumns] = kernelShape;
  const top = Math.floor(strongest / columns) - ((kernelRows - 1) >> 1);
  const left = (strongest % columns) - ((kernelColumns - 1) >> 1);
  const terms = [];
  for (let i = 0; i < kernelRows; i++) {
    for (let j = 0; j < kernelColumns; j++) {
      const [y, x] = [top + i, left + j];
      if (y < 0 || y >= rows || x < 0 || x >= columns) continue;
      for (let channel = 0; channel < channels; channel++) {
        const weight = kernel[((i * kernelColumns + j) * channels + channel) * units + unit];
        terms.push([input[(y * columns + x) * channels + channel], weight]);
      }
    }
  }
  return { place: { key: "inside.unit.strongest" }, terms };
}
