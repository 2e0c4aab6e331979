// Every word of the panel, in one place for each part. Parts in braces are filled in.

export const WORDS = {
  waiting: "Draw a digit: the panel follows your pen.",
  problems: {
    unreachable: "The network's weights could not be had. Close the panel and open it again.",
    failed: "This network cannot be looked into.",
  },
  choice: {
    label: "Look into",
    names: { "": "the network that reads", yours: "your network", training: "the network in training" },
    none: "No weights of it have come yet. They come about once a second while it trains.",
  },
  evidence: {
    title: "Why {digit} and not {other}?",
    sum: "ink {ink}, missing ink {missing}, average digit {average}: {difference} in favour of {winner}",
    explanation:
      "Each pixel is compared with an average digit. Blue speaks for {digit}, orange for {other}. Colour where you " +
      "left the paper white is missing ink: other digits often have some there.",
    unit: "Numbers are logits: one more makes the digit 2.7 times as likely.",
    digit: "For",
    other: "against",
    automatic: "winner",
    runnerUp: "next",
    picture: "Evidence for {digit} against {other}, pixel by pixel",
  },
  account: {
    title: "Piece by piece",
    explanation:
      "The network reads your drawing again without each piece of the line. Blue pieces carry the {digit}; orange " +
      "ones speak for {other}. Point at one, or use the arrow keys.",
    without: "Without this piece: {digit}, {percent}. The lead of {leader} over {other} changes by {change}.",
    unsure: "Without this piece: perhaps no digit. The lead of {leader} over {other} changes by {change}.",
    whole: "Rest the pen, and each piece is tried.",
    picture: "The line in pieces. Arrow keys choose one.",
  },
  layers: {
    title: "Layer by layer",
    explanation:
      "Each small picture is what one unit answers to your drawing, as it goes from the image to the ten digits. " +
      "Choose one to see what it looks for.",
    sort: "Sort by pull",
    input: "Image",
    conv2d: "{units} maps of {rows} × {columns}: each looks for one small pattern everywhere",
    max_pooling2d: "{units} maps of {rows} × {columns}: the strongest of each 2 × 2",
    dense: "{units} units: each weighs all that came before",
    logits: "10 logits, for the digits 0 to 9",
    scale: "0 to {most}",
    both: "−{most} to {most}",
    keys: "Arrow keys choose one.",
  },
  unit: {
    title: "{what} {number} of {units}",
    map: "Map",
    unit: "Unit",
    digit: "Digit",
    kernel: "What it looks for",
    kernels: "What it looks for in the maps that it heeds most",
    weights: "What it looks for: its weights",
    answer: "What it answers here: at most {most}",
    pull: "Its pull on each digit (output × weight)",
    flow: "Its pull on each digit (output × gradient)",
    sum: "{place}{terms} and {more} more: {rest}; bias {bias}; in all {sum}",
    result: ", and after {activation} {output}",
    strongest: "Where it is strongest: ",
    term: "{value} × {weight}",
    activations: { relu: "ReLU", sigmoid: "sigmoid", tanh: "tanh" },
  },
  forming: {
    title: "The first layer forms",
    explanation:
      "The weights of the first layer of the network in training, a picture for each unit. Ink on blue raises what the " +
      "unit answers, ink on orange lowers it. They begin at random; what is learned stands out.",
    state: "After {epoch} of {epochs} epochs, {units} units",
    scale: "−{most} to {most}",
    picture: "The weights of the first layer of the network in training",
  },
  tries: [
    "Draw a 7, then rub out its bar. Which pixels spoke for the 7?",
    "Draw a 4 and close its top, bit by bit, until it is a 9.",
    "Choose a map of the first layer. What does its kernel look for? Draw that.",
    "Draw the same digit smaller, and in a corner. Nothing changes. Why?",
  ],
  smallest: {
    title: "The smallest network",
    explanation:
      "Two numbers in, two hidden units, one number out. It learns two answers: (1, 2) → 1 and (3, 4) → 0. Each step " +
      "moves every weight a little against its gradient.",
    step: "Step",
    run: "Run to 100",
    anew: "Start anew",
    state: "Step {step}: loss {loss}",
    stuck: "Neither hidden unit answers to any point, so their weights stay as they are. Start anew.",
    curve: "The loss after each step",
    headings: ["input", "hidden sums", "after ReLU", "prediction", "target", "error"],
    parameters: ["weight", "value", "gradient", "next value"],
  },
};

// "Why {digit}?" with {digit: 7} is "Why 7?".
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

// As a whole percentage; never 100 %, which no network can promise.
export const percent = (share) => (share > 0.99 ? "> 99 %" : `${Math.round(share * 100)} %`);

// With a sign and one decimal, a true minus, and no sign for what rounds to nothing.
export function signed(value, decimals = 1) {
  const text = Math.abs(value).toFixed(decimals);
  if (Number(text) === 0) return text;
  return (value < 0 ? "−" : "+") + text;
}

// With a true minus.
export const plain = (value, decimals = 2) => signed(value, decimals).replace("+", "");
