// The readout in the browser: listens to the pad, has its drawing read (ui/browser/reader.js), and puts each reading
// into elements that stay where they are. Gradio runs this once, behind describe.js, with element (the component),
// props (what readout.py says) and watch (a new value came).

// While a digit is half drawn the network is unsure for moments; only a doubt that lasts is shown.
const DOUBT_LASTS = 300; // milliseconds
// A screen reader hears the verdict when it has stood still for so long, not at every movement of the pen.
const SETTLED = 700;

const readings = element.querySelector(".readings");
const template = element.querySelector("template");
const inkBox = element.querySelector(".ink-box");
const pad = () => document.querySelector("#pad canvas");

// The first reading has the ids that the design names; the second is for comparing two networks.
const parts = ["", "-second"].map((suffix) => {
  const reading = template.content.firstElementChild.cloneNode(true);
  const find = (selector) => reading.querySelector(selector);
  find(".verdict").id = `verdict${suffix}`;
  find(".verdict").setAttribute("aria-live", "polite");
  find(".bars").id = `probabilities${suffix}`;
  const bars = Array.from({ length: 10 }, (_, digit) => addBar(find(".bars"), digit));
  readings.append(reading);
  return {
    reading,
    bars,
    words: find(".words"),
    glyph: find(".glyph"),
    network: find(".words small"),
    headline: find(".words strong"),
    detail: find(".words span"),
    spoken: find(".spoken"),
    retry: find(".retry"),
    doubt: 0,
    speech: 0,
  };
});

function addBar(bars, digit) {
  const bar = document.createElement("div");
  bar.className = "bar";
  bar.innerHTML = `<span aria-hidden="true">${digit}</span><div role="meter" data-digit="${digit}"
    data-text-label='{"key": "readout.digit", "values": {"digit": ${digit}}}' aria-valuemin="0" aria-valuemax="1"><i></i></div><span aria-hidden="true"></span>`;
  bars.append(bar);
  return { bar, meter: bar.children[1], fill: bar.querySelector("i"), number: bar.children[2] };
}

function showBars(part, { probabilities, verdict }) {
  const highest = Math.max(...probabilities);
  part.bars.forEach(({ bar, meter, fill, number }, digit) => {
    const probability = probabilities[digit];
    meter.setAttribute("aria-valuenow", Math.round(probability * 1e4) / 1e4);
    meter.setAttribute("aria-valuetext", probability > 0.99 ? "> 99%" : `${Math.round(probability * 100)}%`);
    fill.style.transform = `scaleX(${probability})`;
    number.textContent = probability < 0.005 ? "" : probability.toFixed(2);
    bar.classList.toggle("winner", verdict === "digit" && probability === highest);
  });
}

function showVerdict(part, { network, verdict, glyph, headline, detail }) {
  part.reading.dataset.verdict = verdict;
  part.glyph.textContent = glyph;
  part.headline.dataset.text = JSON.stringify(headline);
  part.detail.dataset.text = JSON.stringify(detail);
  clearTimeout(part.speech);
  part.speech = setTimeout(() => {
    const items = [readings.dataset.count === "2" && network ? nameNetwork(network) : "", glyph, headline, detail];
    part.spoken.dataset.text = JSON.stringify({ join: "separator.values", items });
  }, SETTLED);
}

function showReading(part, reading) {
  showBars(part, reading);
  part.words.dataset.network = reading.network;
  part.network.dataset.text = reading.network && nameNetwork(reading.network).key;
  part.latest = reading;
  if (reading.verdict !== "unsure" || part.reading.dataset.verdict === "unsure") {
    clearTimeout(part.doubt);
    part.doubt = 0;
    showVerdict(part, reading);
  } else {
    part.doubt ||= setTimeout(() => {
      part.doubt = 0;
      showVerdict(part, part.latest);
    }, DOUBT_LASTS);
  }
}

// ---- What the network sees

function showPixels(canvas, image) {
  const { width, height } = canvas;
  const pixels = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    pixels.data.fill(image?.[i] ?? 0, 4 * i, 4 * i + 3);
    pixels.data[4 * i + 3] = 255;
  }
  canvas.getContext("2d").putImageData(pixels, 0, 0);
}

// A small copy of the pad with a frame around the ink.
function showInkBox(box) {
  const small = inkBox.getContext("2d");
  small.clearRect(0, 0, inkBox.width, inkBox.height);
  if (!box) return;
  const source = pad();
  small.drawImage(source, 0, 0, inkBox.width, inkBox.height);
  const scale = inkBox.width / source.clientWidth;
  const [left, top, right, bottom] = box.map((edge) => edge * scale);
  const margin = 0.03 * inkBox.width; // the frame goes around the pen's line, not through its middle
  small.strokeStyle = getComputedStyle(inkBox).color;
  small.lineWidth = 2;
  small.setLineDash([6, 5]);
  small.strokeRect(left - margin, top - margin, right - left + 2 * margin, bottom - top + 2 * margin);
}

function showReadings(described, stages) {
  readings.dataset.count = described.length;
  described.forEach((reading, i) => showReading(parts[i], reading));
  showPixels(element.querySelector(".fitted"), stages?.fitted);
  showPixels(element.querySelector("#network-input"), stages?.image);
  // After the pad has drawn what this answers to.
  requestAnimationFrame(() => showInkBox(stages?.inkBox));
}

// ---- Reading

const drawing = () => pad()?.drawing ?? [];
const isBlank = () => !drawing().length;
let reader = null;
let told = null; // what the reader was offered, as text
let offeredChoice = props.value.choice;

// While a drawing waits for its reading; also for screen readers.
function beBusy(busy) {
  readings.ariaBusy = String(busy);
}

function read() {
  beBusy(parts[0].reading.dataset.verdict !== "problem"); // then no reading comes
  reader?.read(drawing());
}

function hear({ drawing: answered, readings: found, stages, loading, problem, standIn }) {
  if (problem || found) parts[0].retry.hidden = !problem?.again; // not while it tries: it may have the focus
  if (problem) {
    beBusy(false);
    showReadings([describeProblem(problem)]);
  } else if (loading?.length) {
    // An empty pad needs no network: it may say so.
    if (!isBlank()) showReadings([LOADING]);
  } else if (found) {
    beBusy(answered !== drawing());
    const described = found.map(describe);
    showReadings(standIn ? described.map((one) => describeStandIn(one, standIn)) : described, found[0].verdict === "blank" ? null : stages);
  }
}

// Tells the reader which networks read. A visitor's own is known a moment after it was chosen. The server offers it
// without a choice: another may have been chosen meanwhile.
function offer() {
  const { choice = offeredChoice, own } = props.value;
  offeredChoice = choice;
  const networks = own ? [...props.networks, own] : props.networks;
  const chosen = props.choices[choice] ?? [choice];
  const missing = networks.find(({ name, problem }) => problem && chosen.includes(name));
  if (!chosen.every((name) => networks.some((one) => one.name === name))) return;
  const offered = JSON.stringify([networks, chosen]);
  if (offered === told) return;
  told = offered;
  beBusy(true);
  reader.offer(networks.filter(({ url }) => url), missing ? [] : chosen);
  if (missing) hear({ problem: { code: "missing", values: { error: missing.problem }, network: missing.name } });
}

parts[0].retry.addEventListener("click", () => reader.retry());
document.addEventListener("drawing", read);

async function start() {
  const url = new URL(`${props.modules}browser/reader.js`, document.baseURI);
  ({ reader } = await import(url.href));
  reader.follow(hear);
  watch("value", offer);
  offer();
  read();
}

showReadings([describe({ name: "", verdict: "blank", probabilities: BLANK_BARS })]);
start().catch((error) => {
  console.error(error);
  hear({ problem: { code: "blocked", values: {}, network: "" } });
});
