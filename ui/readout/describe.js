// What the readout says: of one network's reading, or why there is none. Texts are messages for text.js. readout.js
// follows this file in one script.

// A second digit less probable than this is not worth a word.
const WORTH_NAMING = 0.005;

const BLANK_BARS = new Array(10).fill(0);

const message = (key, values) => ({ key, values });

// A reading as reader.js gives it, with the words that are shown. Python's ten even tenths for a blank drawing would
// look like an answer: its bars are empty.
function describe({ name, verdict, probabilities }) {
  const shown = { network: name, verdict, glyph: "", probabilities, detail: "" };
  const [first, second] = rank(probabilities);
  if (verdict === "blank") {
    return { ...shown, headline: message("readout.blank"), detail: message("readout.follow"), probabilities: BLANK_BARS };
  }
  if (verdict === "unsure") {
    return { ...shown, glyph: "?", headline: message("readout.unsure"), detail: message("readout.perhaps", { first, second }) };
  }
  const named = probabilities[second] >= WORTH_NAMING;
  const next = { digit: second, percent: namePercent(probabilities[second]) };
  return {
    ...shown,
    glyph: String(first),
    headline: namePercent(probabilities[first]),
    detail: named ? message("readout.next", next) : "",
  };
}

// awaited: the names of the networks that are still on their way.
function describeStandIn(described, awaited) {
  if (described.verdict === "blank") return described;
  return { ...described, detail: message("readout.stand-in", { network: nameNetwork(described.network), awaited: { join: "separator.and", items: awaited.map(nameNetwork) } }) };
}

const nameNetwork = (name) => message(`page.network.${name}`);

// The digits from the most probable on.
function rank(probabilities) {
  return probabilities.map((_, digit) => digit).sort((a, b) => probabilities[b] - probabilities[a]);
}

// As a whole percentage; never 100 %, which no network can promise.
function namePercent(probability) {
  return probability > 0.99 ? message("readout.sure") : message("number.percent", { percent: Math.round(100 * probability) });
}

// Where there is no reading: why. verdict: "problem" or "loading".
function describeNotice(headline, detail, verdict = "problem") {
  return { network: "", verdict, glyph: "", headline, detail, probabilities: BLANK_BARS };
}

const LOADING = describeNotice(message("readout.loading"), message("readout.draw-already"), "loading");

const PROBLEMS = ["unreachable", "size", "hash", "layer", "activation", "shape", "number", "blocked"];

// As reader.js tells of it. A network that the server does not have comes with the server's own error.
function describeProblem({ code, values, network, again }) {
  const key = `readout.problem.${PROBLEMS.includes(code) ? code : "other"}`;
  const named = network ? { network: nameNetwork(network) } : {};
  const reason = code === "missing" ? values.error : message(key, { ...values, ...named });
  return describeNotice(message("readout.no-network"), again ? message("readout.again", { reason, seconds: again }) : reason);
}
