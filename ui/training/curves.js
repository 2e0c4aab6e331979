// Draws the value of a Curves component into an SVG that is made once: only attributes and texts change.
const SVG = "http://www.w3.org/2000/svg";
const MARGIN = { left: 38, right: 10, top: 6, bottom: 20 };
const END_LABELS = 14; // room at the right for the name of a line
const END_STEP = 13; // pixels from one such name to the next
const MARK_GAP = 10; // pixels between two marks; closer ones hide their line
const GLIDE = 250; // milliseconds for an axis to move to a new range
// A share of ink keeps the contrast of each line to the page above 3 : 1, in light and dark.
const deepen = (tones) => tones.map((tone) => `color-mix(in oklab, ${tone} 80%, var(--ink))`);
// The first run has the page's accent; earlier ones are muted, and have other marks too.
const TONES = ["var(--first)", ...deepen(["#8a8f98", "#b08d57", "#6f9c8b", "#a07fa8"])];
const MARKS = ["●", "■", "▲", "◆", "▼"];
// Ten classes: neighbours in the list have hues far apart; the label at the end names the class.
const CLASS_TONES = deepen(["#4878d0", "#d9822b", "#3f9b61", "#d65f5f", "#8b6fc0", "#9a6b4f", "#d074b5", "#6fa52e", "#a39a2b", "#2fa3b5"]);

const find = (selector) => element.querySelector(selector);
const svg = find(".sheet"), plot = find(".plot"), inner = find(".lines");
const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");

let data = null; // the whole plot
let logarithmic = false;
let shown = null, aim = null, glide = 0; // ranges on the screen, ranges wanted, the running animation
let cursor = null; // the epoch under the pointer

// Messages for text.js. It words an element for good: whoever has used it once must not set textContent.
const NOTHING = { key: "" };
const format = (value) => (props.percent ? { key: "number.percent-1", values: { percent: 100 * value } } : value.toFixed(3));
const nameTick = (label) => (props.percent ? { key: "number.percent", values: { percent: label } } : label);
const nameLine = ({ look, name }) => (look === "class" ? name : { key: `curves.${look}` });
const word = (part, message) => (typeof message === "string" ? (part.textContent = message) : (part.dataset.text = JSON.stringify(message)));

// Parts are reused: n of them are visible, the others empty.
const makePool = (parent, make, empty) => {
  const parts = [];
  return (n) => {
    while (parts.length < n) parts.push(parent.appendChild(make()));
    parts.slice(n).forEach(empty);
    return parts.slice(0, n);
  };
};
const makePart = (tag) => () => document.createElementNS(SVG, tag);
const textPool = (selector) => makePool(find(selector), makePart("text"), (text) => (text.dataset.text ? word(text, NOTHING) : (text.textContent = "")));
const yTexts = textPool(".y"), xTexts = textPool(".x"), endTexts = textPool(".ends");
const readouts = makePool(find(".readout"), () => {
  const readout = document.createElement("span");
  readout.append(...["i", "span", "b"].map((tag) => document.createElement(tag)));
  return readout;
}, (readout) => (readout.hidden = true));
const linePool = makePool(inner, makePart("path"), (path) => path.setAttribute("d", ""));

const scaleName = () => (logarithmic && data.scales.log ? "log" : "linear");
const scale = () => data.scales[scaleName()];
const toAxis = (value) => (scaleName() === "log" ? Math.log10(Math.max(value, 1e-9)) : value);
const paint = (line) => line.look === "class" ? (line.tone === null ? "var(--line)" : CLASS_TONES[line.tone])
  : line.look === "validation" && line.tone === 0 ? "var(--second)" : TONES[line.tone % TONES.length];

function measure() {
  const right = MARGIN.right + (data.lines.some((line) => line.end) ? END_LABELS : 0);
  const width = Math.max(1, svg.clientWidth - MARGIN.left - right);
  const height = Math.max(1, svg.clientHeight - MARGIN.top - MARGIN.bottom);
  return {
    width, height,
    x: (epoch) => (epoch / shown.to) * width,
    y: (value) => height - ((toAxis(value) - shown.low) / (shown.high - shown.low)) * height,
  };
}

function spaceOut(points) {
  const kept = [];
  for (const point of points)
    if (!kept.length || point[0] - kept.at(-1)[0] >= MARK_GAP) kept.push(point);
  return kept;
}

function traceMarks(points, shape, r = 3.2) {
  const outlines = {
    "●": `m${-r},0a${r},${r} 0 1 0 ${2 * r},0a${r},${r} 0 1 0 ${-2 * r},0z`,
    "■": `m${-r},${-r}h${2 * r}v${2 * r}h${-2 * r}z`,
    "▲": `m0,${-r - 1}l${r + 1},${2 * r}h${-2 * r - 2}z`,
    "◆": `m0,${-r - 1}l${r + 1},${r + 1}l${-r - 1},${r + 1}l${-r - 1},${-r - 1}z`,
    "▼": `m0,${r + 1}l${r + 1},${-2 * r}h${-2 * r - 2}z`,
  };
  return points.map(([x, y]) => `M${x},${y}${outlines[shape]}`).join("");
}

function draw() {
  const area = measure();
  const left = MARGIN.left, top = MARGIN.top;
  // Wider than the plot: a mark on its edge must be whole.
  for (const [name, value] of Object.entries({ x: left - 4, y: top - 4, width: area.width + 8, height: area.height + 8, viewBox: `-4 -4 ${area.width + 8} ${area.height + 8}` }))
    inner.setAttribute(name, value);

  const yTicks = scale().ticks.map(([value, label]) => [top + area.y(value), label]).filter(([y]) => y > top - 1 && y < top + area.height + 1);
  find(".grid").setAttribute("d", yTicks.map(([y]) => `M${left},${Math.round(y)}h${area.width}`).join(""));
  yTexts(yTicks.length).forEach((text, i) => place(text, left - 7, yTicks[i][0], nameTick(yTicks[i][1])));
  const xTicks = data.x.ticks.map(([value, label]) => [left + area.x(value), label]).filter(([x]) => x < left + area.width + 1);
  xTexts(xTicks.length).forEach((text, i) => place(text, xTicks[i][0], top + area.height + 15, xTicks[i][1]));

  // The last one drawn is on top: earlier runs first, then losing classes, then winning ones.
  const lines = [...data.lines].sort((a, b) => rank(b) - rank(a));
  const paths = linePool(2 * lines.length);
  lines.forEach((line, i) => {
    const points = line.points.map(([epoch, value]) => [area.x(epoch).toFixed(1), area.y(value).toFixed(1)]);
    const [path, marks] = [paths[2 * i], paths[2 * i + 1]];
    path.setAttribute("class", `${line.look}${line.tone === null ? " idle" : line.look !== "class" && line.tone ? " earlier" : ""}`);
    path.style.setProperty("--tone", paint(line));
    path.setAttribute("d", points.length ? `M${points.join("L")}` : "");
    marks.setAttribute("class", "marks");
    marks.style.setProperty("--tone", paint(line));
    marks.setAttribute("d", line.look === "validation" ? traceMarks(spaceOut(points), MARKS[line.tone % MARKS.length]) : "");
  });
  drawEnds(area);
  drawCursor(area);
}

const rank = (line) => (line.tone === null ? 99 : line.look === "class" ? 0 : line.tone);

function place(text, x, y, label) {
  text.setAttribute("x", x.toFixed(1));
  text.setAttribute("y", y.toFixed(1));
  if (text.textContent !== label) word(text, label);
}

function drawEnds(area) {
  const ends = data.lines.filter((line) => line.end).map((line) => ({ line, y: area.y(line.points.at(-1)[1]) })).sort((a, b) => a.y - b.y);
  // No label on another, and none below the axis, where its numbers are.
  for (let i = 1; i < ends.length; i++) ends[i].y = Math.max(ends[i].y, ends[i - 1].y + END_STEP);
  let lowest = area.height;
  for (const end of ends.toReversed()) {
    end.y = Math.min(end.y, lowest);
    lowest = end.y - END_STEP;
  }
  endTexts(ends.length).forEach((text, i) => {
    place(text, MARGIN.left + area.x(ends[i].line.points.at(-1)[0]) + 6, MARGIN.top + ends[i].y, ends[i].line.end);
  });
}

const findNearest = (points, epoch) => points.reduce((best, point) => (Math.abs(point[0] - epoch) < Math.abs(best[0] - epoch) ? point : best));

// The words above the plot: the last values, or those under the cursor.
function drawCursor(area) {
  const wanted = cursor ?? Infinity;
  let slots = data.lines.filter((line) => !line.tone || line.look === "class")
    .map((line) => ({ line, point: Number.isFinite(wanted) ? findNearest(line.points, wanted) : line.points.at(-1) }));
  if (slots[0]?.line.look === "class") slots = slots.sort((a, b) => b.point[1] - a.point[1]).slice(0, 2);
  const visible = cursor !== null && slots.length > 0;
  readouts(slots.length).forEach((readout, i) => {
    const { line, point } = slots[i], [key, name, value] = readout.children;
    readout.hidden = false;
    key.className = line.look;
    key.style.setProperty("--tone", paint(line));
    word(name, nameLine(line));
    word(value, format(point[1]));
  });
  const x = visible ? MARGIN.left + area.x(slots[0].point[0]) : 0;
  place(find(".at"), x, MARGIN.top + area.height + 15, visible ? { key: "curves.at", values: { epoch: slots[0].point[0] } } : NOTHING);
  find(".cursor").setAttribute("d", visible ? `M${Math.round(x) + 0.5},${MARGIN.top}v${area.height}` : "");
  const dots = slots.map(({ point }) => [MARGIN.left + area.x(point[0]), MARGIN.top + area.y(point[1])]).filter(([, y]) => y >= 0 && y <= svg.clientHeight - MARGIN.bottom);
  find(".dots").setAttribute("d", visible ? traceMarks(dots, "●") : "");
  return slots;
}

function aimAt() {
  const { low, high } = scale();
  aim = { to: data.x.high, low: toAxis(low), high: toAxis(high) };
  cancelAnimationFrame(glide);
  const same = shown && Object.keys(aim).every((key) => Math.abs(shown[key] - aim[key]) < 1e-9);
  if (!shown || same || reducedMotion.matches) {
    shown = { ...aim };
    return draw();
  }
  const from = { ...shown }, start = performance.now();
  const step = (now) => {
    const done = Math.min(1, Math.max(0, (now - start) / GLIDE)), eased = done * (2 - done);
    for (const key of Object.keys(aim)) shown[key] = from[key] + (aim[key] - from[key]) * eased;
    draw();
    if (done < 1) glide = requestAnimationFrame(step);
  };
  glide = requestAnimationFrame(step);
}

function drawTable() {
  const fill = (part, rows, tag) => {
    const body = JSON.stringify(rows);
    if (part.filled === body) return;
    part.filled = body;
    part.replaceChildren(...rows.map((row) => make("tr", ...row.map((text) => make(tag, text)))));
  };
  fill(find("thead"), [data.table.head], "th");
  fill(find("tbody"), data.table.rows, "td");
}

// An element with text, with messages, or with elements in it.
function make(tag, ...inside) {
  const element = document.createElement(tag);
  for (const one of inside) one instanceof Element ? element.append(one) : word(element, one);
  return element;
}

function drawLegend() {
  const legend = find(".legend");
  legend.replaceChildren(...data.legend.map(({ tone, name }) => {
    const mark = make("span", MARKS[tone % MARKS.length]);
    mark.style.setProperty("--tone", TONES[tone % TONES.length]);
    return make("li", mark, make("span", name));
  }));
}

// plot_updates.py sends the points from an index on; joins them to those that are shown. Null where they do not fit.
function join(value) {
  if (value.since == null) return value;
  if (!data || data.stream !== value.stream || data.number < value.since) return null;
  const lines = value.lines.map((line, i) => ({ ...line, points: [...data.lines[i].points.slice(0, line.from), ...line.points] }));
  return { ...value, lines };
}

function update() {
  if (!props.value) return;
  const whole = join(JSON.parse(props.value));
  if (!whole) return;
  data = whole;
  find(".scale").hidden = !data.scales.log;
  word(find(".note"), data.note || NOTHING);
  drawLegend();
  drawTable();
  aimAt();
}

function point(epoch, spoken) {
  cursor = epoch;
  if (!data) return;
  const slots = drawCursor(measure());
  if (spoken && slots.length)
    word(find("[aria-live]"), { key: "curves.reading", values: { epoch: slots[0].point[0], values: { join: "separator.values", items: slots.map(nameValue) } } });
}

const nameValue = ({ line, point }) => ({ key: "curves.value", values: { name: nameLine(line), value: format(point[1]) } });

const follow = (event) => {
  if (!data) return;
  const area = measure(), x = event.clientX - svg.getBoundingClientRect().left - MARGIN.left;
  point(Math.min(shown.to, Math.max(0, (x / area.width) * shown.to)));
};
plot.addEventListener("pointermove", follow);
plot.addEventListener("pointerdown", follow);
plot.addEventListener("pointerleave", () => point(null));
plot.addEventListener("blur", () => point(null));
plot.addEventListener("keydown", (event) => {
  if (!data || !shown) return;
  const step = shown.to > 10 ? 1 : 0.25, at = cursor ?? shown.to;
  const next = { ArrowLeft: at - step, ArrowRight: at + step, Home: 0, End: shown.to, Escape: null }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  point(next === null ? null : Math.min(shown.to, Math.max(0, next)), true);
});

find(".scale").addEventListener("click", (event) => {
  logarithmic = !logarithmic;
  event.target.setAttribute("aria-pressed", logarithmic);
  shown = null; // two scales have no range in between
  aimAt();
});

find(".csv").addEventListener("click", () => {
  const quote = (text) => `"${text.replaceAll('"', '""')}"`;
  const rows = data.lines.flatMap((line) => line.points.map(([epoch, value]) => [quote(say(line.run)), line.name, epoch, value].join(",")));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([["run,line,epoch,value", ...rows].join("\n") + "\n"], { type: "text/csv" }));
  link.download = `${props.name}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // Safari on iOS asks first
});

new ResizeObserver(() => data && shown && draw()).observe(plot);
watch("value", update);
update();
