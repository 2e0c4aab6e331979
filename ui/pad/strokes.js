// What can be done with strokes, whoever does it. A stroke is a list of points [x, y], a drawing a list of strokes.
// Positions are shares of the pad's side, so that a pad of another size shows the same drawing. sketchpad.js
// follows this file in one script, and uses it.

const PEN_WIDTH = 0.05;
const ERASER_REACH = PEN_WIDTH / 2 + 0.02; // a little more than the ink, for fingers
const FITTED_SIZE = 0.7; // how much of its picture a fitted drawing fills

// A smooth line through the points, as a Path2D.
function trace(stroke) {
  const path = new Path2D();
  path.moveTo(...stroke[0]);
  // A line without length would not be drawn: a tap is one of almost none.
  if (stroke.length === 1) path.lineTo(stroke[0][0] + 1e-4, stroke[0][1]);
  for (let i = 1; i < stroke.length - 1; i++) {
    const [x, y] = stroke[i];
    path.quadraticCurveTo(x, y, (x + stroke[i + 1][0]) / 2, (y + stroke[i + 1][1]) / 2);
  }
  path.lineTo(...stroke.at(-1));
  return path;
}

const traced = new WeakMap();

// As trace, for a stroke that will not change any more.
function traceOnce(stroke) {
  if (!traced.has(stroke)) traced.set(stroke, trace(stroke));
  return traced.get(stroke);
}

// Whether the stroke passes so near to a place that an eraser there touches it.
function passes(stroke, [x, y]) {
  return stroke.some(([bx, by], i) => {
    const [ax, ay] = stroke[Math.max(0, i - 1)];
    const length = (bx - ax) ** 2 + (by - ay) ** 2;
    const along = length && Math.min(1, Math.max(0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length));
    return Math.hypot(ax + along * (bx - ax) - x, ay + along * (by - ay) - y) < ERASER_REACH;
  });
}

// The drawing with fewer points: the longest stroke loses every second one, which changes its look the least.
function thin(drawing) {
  const longest = drawing.reduce((a, b) => (b.length > a.length ? b : a));
  const kept = longest.filter((_, i) => i % 2 === 0 || i === longest.length - 1);
  return drawing.map((stroke) => (stroke === longest ? kept : stroke));
}

// A drawing in any unit, brought to the middle of the picture.
function fit(drawing) {
  const points = drawing.flat();
  const [left, top] = [0, 1].map((axis) => Math.min(...points.map((point) => point[axis])));
  const [right, bottom] = [0, 1].map((axis) => Math.max(...points.map((point) => point[axis])));
  const scale = FITTED_SIZE / (Math.max(right - left, bottom - top) || 1);
  return drawing.map((stroke) =>
    stroke.map(([x, y]) => [0.5 + (x - (left + right) / 2) * scale, 0.5 + (y - (top + bottom) / 2) * scale]),
  );
}

// The drawing in CSS pixels of a pad with that side, to a tenth.
function measure(drawing, side) {
  return drawing.map((stroke) => stroke.map((point) => point.map((share) => Math.round(share * side * 10) / 10)));
}
