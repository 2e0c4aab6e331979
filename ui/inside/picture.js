// Numbers as pictures. Above zero is blue, below zero orange, nothing is the paper: colours that colour-blind people
// can tell apart, named in inside.css for light and for dark.

let colours = null;

// The three colours as [r, g, b], as the page has them now.
function findColours(element) {
  const style = getComputedStyle(element);
  return ["--inside-for", "--inside-none", "--inside-against"].map((name) => {
    const hex = style.getPropertyValue(name).trim().slice(1);
    return [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16));
  });
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

// A picture of side rows × columns, whose top left corner is at (left, top): value(row, column) from −most to most.
export function paint(sheet, left, top, rows, columns, value, most) {
  const [up, none, down] = colours;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const share = most ? Math.max(-1, Math.min(1, value(row, column) / most)) : 0;
      const end = share < 0 ? down : up;
      const at = 4 * ((top + row) * sheet.width + left + column);
      for (let i = 0; i < 3; i++) sheet.data[at + i] = none[i] + (end[i] - none[i]) * Math.abs(share);
      sheet.data[at + 3] = 255;
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
  const [up, none, down] = colours;
  const end = share < 0 ? down : up;
  return `rgb(${none.map((from, i) => Math.round(from + (end[i] - from) * Math.min(1, Math.abs(share)))).join(" ")})`;
}

export const largest = (values) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

// An element with a class, text and children.
export function make(tag, name = "", text = "", ...children) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text) element.textContent = text;
  element.append(...children);
  return element;
}
