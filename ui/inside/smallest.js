// The smallest network: model/smallest.py in JavaScript, every number of a step in reach.
//
// tests/browser/test_smallest.py holds the two together.

export const INPUTS = [[1, 2], [3, 4]];
export const TARGETS = [1, 0];
export const LEARNING_RATE = 0.01;
export const STEPS = 100;
// model/smallest.py's own first weights: those of its seed.
export const FIRST = {
  w1: [[0.42688092589378357, -0.16580291092395782], [0.04772091284394264, 1.1719731092453003]],
  b1: [0, 0],
  w2: [-0.9052481055259705, 0.6974360942840576],
  b2: 0,
};

// Other first weights, even within ±√(6 / (inputs + outputs)). random: gives numbers from 0 to 1.
export function drawWeights(random = Math.random) {
  const draw = (inputs, outputs) => (2 * random() - 1) * Math.sqrt(6 / (inputs + outputs));
  return { w1: [0, 1].map(() => [draw(2, 2), draw(2, 2)]), b1: [0, 0], w2: [draw(2, 1), draw(2, 1)], b2: 0 };
}

// What the network makes of one point: sums before ReLU, hidden units after it, prediction and error.
export function forward({ w1, b1, w2, b2 }, input, target) {
  const sums = b1.map((bias, j) => input[0] * w1[0][j] + input[1] * w1[1][j] + bias);
  const hidden = sums.map((sum) => Math.max(0, sum));
  const prediction = hidden[0] * w2[0] + hidden[1] * w2[1] + b2;
  return { sums, hidden, prediction, error: prediction - target };
}

// The loss and its gradient by each weight, in the weights' own shape.
export function backward(weights) {
  const points = INPUTS.map((input, i) => forward(weights, input, TARGETS[i]));
  const gradient = { w1: [[0, 0], [0, 0]], b1: [0, 0], w2: [0, 0], b2: 0 };
  let loss = 0;
  points.forEach(({ sums, hidden, error }, i) => {
    loss += error ** 2 / points.length;
    const ofPrediction = (2 * error) / points.length;
    gradient.b2 += ofPrediction;
    for (const j of [0, 1]) {
      gradient.w2[j] += hidden[j] * ofPrediction;
      const ofSum = sums[j] > 0 ? weights.w2[j] * ofPrediction : 0;
      gradient.b1[j] += ofSum;
      for (const k of [0, 1]) gradient.w1[k][j] += INPUTS[i][k] * ofSum;
    }
  });
  return { loss, gradient, points };
}

// The weights after one step of gradient descent.
export function step(weights, { gradient }) {
  const move = (weight, slope) =>
    Array.isArray(weight) ? weight.map((one, i) => move(one, slope[i])) : weight - LEARNING_RATE * slope;
  return Object.fromEntries(Object.keys(weights).map((name) => [name, move(weights[name], gradient[name])]));
}
