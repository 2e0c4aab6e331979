// The confusion matrix: a table of buttons, made once. The gallery shows the digits of one cell.
const find = (selector) => element.querySelector(selector);
const make = (tag, text = "") => Object.assign(document.createElement(tag), { textContent: text });
const TEN = [...Array(10).keys()];

find("thead tr:last-child").append(...TEN.map((digit) => Object.assign(make("th", digit), { scope: "col" })));
function makeAxis() {
  const axis = Object.assign(make("th"), { className: "axis", rowSpan: 10, scope: "rowgroup" });
  axis.append(make("span", "written"));
  return axis;
}

const cells = TEN.map((label) => {
  const row = make("tr");
  if (label === 0) row.append(makeAxis());
  row.append(Object.assign(make("th", label), { scope: "row" }));
  const buttons = TEN.map((read) => {
    const cell = make("td"), button = Object.assign(make("button"), { type: "button" });
    button.addEventListener("click", () => trigger("cell", { label, read }));
    cell.append(button);
    row.append(cell);
    return button;
  });
  find("tbody").append(row);
  return buttons;
});

// Colour by the share of all mistakes: the few mistakes must be visible beside the many right ones.
function showMatrix(matrix, chosen) {
  const most = Math.max(1, ...matrix.flatMap((row, label) => row.filter((_, read) => read !== label)));
  matrix.forEach((row, label) => row.forEach((count, read) => {
    const button = cells[label][read];
    button.textContent = count || "·";
    button.ariaLabel = `${label} read as ${read}: ${count}`;
    button.disabled = !count;
    button.className = label === read ? "right" : "";
    button.ariaPressed = chosen?.[0] === label && chosen?.[1] === read;
    button.style.setProperty("--share", label === read || !count ? 0 : 0.15 + (0.85 * count) / most);
  }));
}

function showDigit({ image, label, probabilities }) {
  const item = make("li"), canvas = Object.assign(make("canvas"), { width: 28, height: 28 });
  const pixels = new ImageData(28, 28);
  [...atob(image)].forEach((byte, i) => pixels.data.set([...Array(3).fill(byte.charCodeAt(0)), 255], 4 * i));
  canvas.getContext("2d").putImageData(pixels, 0, 0);
  const read = TEN.reduce((best, digit) => (probabilities[digit] > probabilities[best] ? digit : best));
  const words = [`${label} read as ${read}`, `${Math.round(100 * probabilities[read])} % sure`];
  canvas.role = "img";
  canvas.ariaLabel = words.join(", ");
  item.title = TEN.map((digit) => `${digit}: ${(100 * probabilities[digit]).toFixed(1)} %`).join("\n");
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
  find(".note").textContent = note;
  find(".known").hidden = !matrix;
  if (!matrix) return;
  find(".headline").textContent = headline;
  find(".caption").textContent = caption;
  showMatrix(matrix, cell);
  find(".digits").replaceChildren(...digits.map(showDigit));
  find(".card").replaceChildren(...card.map(showCard));
}

watch("value", show);
show();
