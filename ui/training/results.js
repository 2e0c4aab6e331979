// The confusion matrix: a table of buttons, made once. The gallery shows the digits of one cell.
const find = (selector) => element.querySelector(selector);
// text: a number, or a message for text.js.
const make = (tag, text = "") => word(document.createElement(tag), text);
function word(element, text) {
  if (typeof text === "object") element.dataset.text = JSON.stringify(text);
  else element.textContent = text;
  return element;
}
const NOTHING = { key: "" };
const TEN = [...Array(10).keys()];

find("thead tr:last-child").append(...TEN.map((digit) => Object.assign(make("th", digit), { scope: "col" })));
function makeAxis() {
  const axis = Object.assign(make("th"), { className: "axis", rowSpan: 10, scope: "rowgroup" });
  axis.append(make("span", { key: "results.written" }));
  return axis;
}

const cells = TEN.map((label) => {
  const row = make("tr");
  if (label === 0) row.append(makeAxis());
  row.append(Object.assign(make("th", label), { scope: "row" }));
  const buttons = TEN.map((read) => {
    const cell = make("td"), button = Object.assign(make("button"), { type: "button", tabIndex: -1 });
    button.addEventListener("click", () => trigger("cell", { label, read }));
    cell.append(button);
    row.append(cell);
    return button;
  });
  find("tbody").append(row);
  return buttons;
});

// The table is one stop of the Tab key; arrow keys lead to the next cell that has a count.
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

function makeStop(stop) {
  for (const cell of cells.flat()) cell.tabIndex = cell === stop ? 0 : -1;
}

find("table").addEventListener("focusin", ({ target }) => makeStop(target));
find("table").addEventListener("keydown", (event) => {
  const step = STEPS[event.key], place = cells.flat().indexOf(event.target);
  if (!step || place < 0) return;
  event.preventDefault();
  let label = Math.floor(place / 10), read = place % 10, cell;
  do {
    label += step[0];
    read += step[1];
    cell = cells[label]?.[read];
  } while (cell?.disabled);
  cell?.focus();
});

// Colour by the share of all mistakes: the few mistakes must be visible beside the many right ones.
function showMatrix(matrix, chosen) {
  const most = Math.max(1, ...matrix.flatMap((row, label) => row.filter((_, read) => read !== label)));
  matrix.forEach((row, label) => row.forEach((count, read) => {
    const button = cells[label][read];
    button.textContent = count || "·";
    button.dataset.textLabel = JSON.stringify({ key: "results.cell", values: { label, read, count } });
    button.disabled = !count;
    button.className = label === read ? "right" : "";
    button.ariaPressed = chosen?.[0] === label && chosen?.[1] === read;
    button.style.setProperty("--share", label === read || !count ? 0 : 0.15 + (0.85 * count) / most);
  }));
  const enabled = cells.flat().filter((cell) => !cell.disabled);
  if (enabled.length && !enabled.some((cell) => cell.tabIndex === 0)) makeStop(enabled[0]);
}

function showDigit({ image, label, probabilities }) {
  const item = make("li"), canvas = Object.assign(make("canvas"), { width: 28, height: 28 });
  const pixels = new ImageData(28, 28);
  [...atob(image)].forEach((byte, i) => pixels.data.set([...Array(3).fill(byte.charCodeAt(0)), 255], 4 * i));
  canvas.getContext("2d").putImageData(pixels, 0, 0);
  const read = TEN.reduce((best, digit) => (probabilities[digit] > probabilities[best] ? digit : best));
  const percent = { key: "number.percent", values: { percent: Math.round(100 * probabilities[read]) } };
  const words = [{ key: "results.read-as", values: { label, read } }, { key: "results.sure", values: { percent } }];
  canvas.role = "img";
  canvas.dataset.textLabel = JSON.stringify({ join: "separator.values", items: words });
  item.title = TEN.map((digit) => `${digit}: ${(100 * probabilities[digit]).toFixed(1)}%`).join("\n");
  item.append(canvas, ...words.map((text) => make("span", text)));
  return item;
}

function showCard([term, text]) {
  const pair = make("div");
  pair.append(make("dt", term), make("dd", text));
  return pair;
}

function show() {
  if (!props.value) return;
  const { note, headline, matrix, cell, caption, digits, card } = JSON.parse(props.value);
  word(find(".note"), note || NOTHING);
  find(".known").hidden = !matrix;
  if (!matrix) return;
  word(find(".headline"), headline);
  word(find(".caption"), caption);
  showMatrix(matrix, cell);
  find(".digits").replaceChildren(...digits.map(showDigit));
  find(".card").replaceChildren(...card.map(showCard));
}

watch("value", show);
show();
