// The words of the readout: what one network makes of the drawing, or why there is no reading. readout.js follows
// this file in one script.

// A second digit less probable than this is not worth a word.
const WORTH_NAMING = 0.005;

const BLANK_BARS = new Array(10).fill(0);

// A reading as reader.js gives it, with the words that are shown. Python's ten even tenths for a blank drawing would
// look like an answer: its bars are empty.
function describe({ name, verdict, probabilities }) {
  const shown = { network: name, verdict, glyph: "", probabilities };
  const [first, second] = rank(probabilities);
  if (verdict === "blank") {
    return { ...shown, headline: "Nothing yet", detail: "The bars follow your pen.", probabilities: BLANK_BARS };
  }
  if (verdict === "unsure") return { ...shown, glyph: "?", headline: "No digit?", detail: `Perhaps ${first} or ${second}.` };
  const named = probabilities[second] >= WORTH_NAMING;
  return {
    ...shown,
    glyph: String(first),
    headline: formatPercent(probabilities[first]),
    detail: named ? `Next: ${second}, ${formatPercent(probabilities[second])}` : "",
  };
}

// awaited: the names of the networks that are still on their way.
function describeStandIn(described, awaited) {
  if (described.verdict === "blank") return described;
  return { ...described, detail: `Read by ${described.network} until ${awaited.join(" and ")} has arrived.` };
}

// The digits from the most probable on.
function rank(probabilities) {
  return probabilities.map((_, digit) => digit).sort((a, b) => probabilities[b] - probabilities[a]);
}

// As a whole percentage; never 100 %, which no network can promise.
function formatPercent(probability) {
  return probability > 0.99 ? "> 99 %" : `${Math.round(100 * probability)} %`;
}

// Where there is no reading: why. verdict: "problem" or "loading".
function describeNotice(headline, detail, verdict = "problem") {
  return { network: "", verdict, glyph: "", headline, detail, probabilities: BLANK_BARS };
}

const LOADING = describeNotice("Loading the network…", "You can draw already.", "loading");

// As reader.js tells of it.
function describeProblem({ code, values, network, again }) {
  const reasons = {
    unreachable: `The weights of ${network} cannot be had.`,
    size: `The weights of ${network} came with ${values.found} of ${values.expected} bytes.`,
    hash: `The weights of ${network} came damaged.`,
    layer: `${network} has a layer that this page does not know: ${values.kind}.`,
    activation: `${network} has an activation that this page does not know: ${values.activation}.`,
    shape: `The layer ${values.layer} of ${network} does not fit the one before.`,
    number: `The weights of ${network} are not all numbers.`,
    blocked: "This browser does not load the page's modules.",
    missing: values.sentence,
  };
  const reason = reasons[code] ?? "An error of this page; the browser's console says more.";
  return describeNotice("No network", again ? `${reason} Trying again in ${again} s; click to try now.` : reason);
}
