// Numbers as pictures. Above zero is blue, below zero orange, nothing is the paper: colours that colour-blind people
// can tell apart, named in inside.css for light and for dark.

const STEPS = 255; // of colour, on each side of nothing

let colours = null; // Uint32Array(2 * STEPS + 1), as an ImageData has them in memory: from all against to all for

// As the page has them now.
function findColours(element) {
  const style = getComputedStyle(element);
  const [against, none, up] = ["--inside-against", "--inside-none", "--inside-for"].map((name) => {
    const hex = style.getPropertyValue(name).trim().slice(1);
    return [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16));
  });
  const bytes = new Uint8ClampedArray(4 * (2 * STEPS + 1)).fill(255);
  for (let step = -STEPS; step <= STEPS; step++) {
    const end = step < 0 ? against : up;
    bytes.set(none.map((from, i) => from + ((end[i] - from) * Math.abs(step)) / STEPS), 4 * (step + STEPS));
  }
  return new Uint32Array(bytes.buffer);
}

export function forgetColours() {
  colours = null;
}

// An ImageData filled with one colour, for values that `paint` puts into it.
export function makeSheet(canvas, columns, rows) {
  colours ??= findColours(canvas);
  if (canvas.width !== columns || canvas.height !== rows) Object.assign(canvas, { width: columns, height: rows });
  return new ImageData(columns, rows);
}

// Paints rows × columns values, from −most to most, with the top left corner at (left, top).
export function paint(sheet, left, top, rows, columns, value, most) {
  const pixels = new Uint32Array(sheet.data.buffer);
  const scale = most ? STEPS / most : 0;
  for (let row = 0; row < rows; row++) {
    const from = (top + row) * sheet.width + left;
    for (let column = 0; column < columns; column++) {
      const step = Math.round(value(row, column) * scale);
      pixels[from + column] = colours[STEPS + Math.max(-STEPS, Math.min(STEPS, step))];
    }
  }
}

// One picture alone on its canvas.
export function show(canvas, rows, columns, value, most) {
  const sheet = makeSheet(canvas, columns, rows);
  paint(sheet, 0, 0, rows, columns, value, most);
  canvas.getContext("2d").putImageData(sheet, 0, 0);
}

export function colour(element, share) {
  colours ??= findColours(element);
  const step = Math.round(STEPS * Math.max(-1, Math.min(1, share)));
  const [red, green, blue] = new Uint8Array(colours.buffer, 4 * (STEPS + step), 3);
  return `rgb(${red} ${green} ${blue})`;
}

export function largest(values) {
  let most = 0;
  for (const value of values) if (Math.abs(value) > most) most = Math.abs(value);
  return most;
}

// An element with a class, text that has no language, and children.
export function make(tag, name = "", text = "", ...children) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text) element.textContent = text;
  element.append(...children);
  return element;
}
