// The readout in the browser: puts the value that ui/readout/readout.py made into elements that stay where they are.
// Gradio runs this once, with element (the component), props (its value) and watch (a new value came).

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
    headline: find(".words strong"),
    detail: find(".words span"),
    spoken: find(".spoken"),
    doubt: 0,
    speech: 0,
  };
});

function addBar(bars, digit) {
  const bar = document.createElement("div");
  bar.className = "bar";
  bar.innerHTML = `<span aria-hidden="true">${digit}</span><div role="meter" data-digit="${digit}"
    aria-label="Digit ${digit}" aria-valuemin="0" aria-valuemax="1"><i></i></div><span aria-hidden="true"></span>`;
  bars.append(bar);
  return { bar, meter: bar.children[1], fill: bar.querySelector("i"), number: bar.children[2] };
}

function showBars(part, { probabilities, verdict }) {
  const highest = Math.max(...probabilities);
  part.bars.forEach(({ bar, meter, fill, number }, digit) => {
    const probability = probabilities[digit];
    meter.setAttribute("aria-valuenow", probability);
    meter.setAttribute("aria-valuetext", `${Math.round(probability * 100)} %`);
    fill.style.transform = `scaleX(${probability})`;
    number.textContent = probability < 0.005 ? "" : probability.toFixed(2);
    bar.classList.toggle("winner", verdict === "digit" && probability === highest);
  });
}

function showVerdict(part, { network, verdict, glyph, headline, detail }) {
  part.reading.dataset.verdict = verdict;
  part.glyph.textContent = glyph;
  part.headline.textContent = headline;
  part.detail.textContent = detail;
  clearTimeout(part.speech);
  part.speech = setTimeout(() => {
    part.spoken.textContent = [readings.dataset.count === "2" && network, glyph, headline, detail]
      .filter(Boolean)
      .join(", ");
  }, SETTLED);
}

function showReading(part, reading) {
  showBars(part, reading);
  part.words.dataset.network = reading.network;
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

function showPixels(canvas, encoded) {
  const { width, height } = canvas;
  const pixels = new ImageData(width, height);
  const bytes = encoded ? atob(encoded) : "";
  for (let i = 0; i < width * height; i++) {
    pixels.data.fill(bytes ? bytes.charCodeAt(i) : 0, 4 * i, 4 * i + 3);
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

function show() {
  const value = props.value;
  if (!value) return;
  readings.dataset.count = value.readings.length;
  value.readings.forEach((reading, i) => showReading(parts[i], reading));
  showPixels(element.querySelector(".fitted"), value.stages?.fitted);
  showPixels(element.querySelector("#network-input"), value.stages?.image);
  // After the pad has drawn what this answers to.
  requestAnimationFrame(() => showInkBox(value.stages?.inkBox));
}

show();
watch("value", show);
