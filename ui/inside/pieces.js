// Occlusion: the pen's path in pieces, and the drawing without each of them.

const PIECES = 24; // about; each stroke has at least one

const distance = ([ax, ay], [bx, by]) => Math.hypot(bx - ax, by - ay);
const measure = (stroke) => stroke.slice(1).reduce((sum, point, i) => sum + distance(stroke[i], point), 0);

// A drawing (lists of [x, y]) as [{stroke, points, from, to}]: the index of the stroke, the piece's own points, and
// where it begins and ends, in units of the drawing along the stroke.
export function cut(drawing) {
  const lengths = drawing.map(measure);
  const each = lengths.reduce((a, b) => a + b, 0) / PIECES;
  return drawing.flatMap((stroke, index) => {
    const count = each ? Math.max(1, Math.round(lengths[index] / each)) : 1;
    return Array.from({ length: count }, (_, i) => {
      const from = (lengths[index] * i) / count;
      const to = (lengths[index] * (i + 1)) / count;
      return { stroke: index, from, to, points: between(stroke, from, to) };
    });
  });
}

// The drawing without one of its pieces: its stroke ends where the piece begins, and another begins where it ends.
export function without(drawing, { stroke, from, to }) {
  return drawing.flatMap((points, index) => {
    if (index !== stroke) return [points];
    const length = measure(points);
    const left = [];
    if (from > 0) left.push(between(points, 0, from));
    if (to < length * (1 - 1e-9)) left.push(between(points, to, length));
    return left;
  });
}

// The part of a stroke between two places on it.
function between(stroke, from, to) {
  const part = [];
  let along = 0;
  for (let i = 0; i < stroke.length; i++) {
    const step = i ? distance(stroke[i - 1], stroke[i]) : 0;
    for (const place of [from, to]) {
      if (place > along && place < along + step) part.push(mix(stroke[i - 1], stroke[i], (place - along) / step));
    }
    along += step;
    if (along >= from && along <= to) part.push(stroke[i]);
  }
  return part.length ? part : [stroke.at(-1)];
}

const mix = ([ax, ay], [bx, by], share) => [ax + (bx - ax) * share, ay + (by - ay) * share];
