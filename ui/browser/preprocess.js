// From strokes to the 28 × 28 image that a network reads: model/preprocess.py for one drawing, in JavaScript.
//
//     strokes ─ findInkBox ─ fitToBox ─ drawPaths ─ centringShift ─ shiftImage ─ 28 × 28 bytes
//
// Python defines, this repeats, function by function and pixel by pixel: whoever changes one changes the other,
// or tests/browser/test_parity.py fails. Where NumPy computes in float32 there is a Math.fround here, and where it
// rounds half to even so does this. The names are the same; those of Python that work on many drawings at once
// are in the singular here. A drawing is a list of strokes, a stroke a list of points [x, y], in any unit, y down.
//
// All buffers are made once: a reading allocates what it returns, and nothing else.

export const SIDE = 28;
const BOX = 20;
const MIDDLE = 14;
export const PEN_WIDTH = 2.25;
const OVERSAMPLING = 2;
const STEP = 0.75;
const MAX_TOUCHES = 60_000;
const MIN_SIZE = 1e-300;

const FINE = SIDE * OVERSAMPLING; // oversampled pixels
const DISC = findDisc(Math.ceil((PEN_WIDTH * OVERSAMPLING) / 2 + 0.5));
const MARGIN = FINE + 2 * DISC.reach; // so that a pen at the rim needs no special case
const QUARTERS = 4 * FINE + 1; // places of touches to a quarter pixel, both ends included

const nearest = new Float32Array(MARGIN * MARGIN); // squared distances
const across = new Float32Array(2 * DISC.reach + 1);
const down = new Float32Array(2 * DISC.reach + 1);
const drawn = new Uint8Array(SIDE * SIDE);
const touched = new Uint8Array(QUARTERS * QUARTERS);
let paths = { xy: new Float64Array(1024), last: new Uint8Array(512), count: 0 };

// The image of a drawing, 784 bytes, row by row: 0 paper, 255 ink. A blank drawing gives blank paper.
export function preprocess(drawing) {
  return stages(drawing).image;
}

// What the page shows of how a drawing became an image. inkBox: [left, top, right, bottom] in the drawing's own
// units. fitted: 400 bytes, the ink in its 20 × 20 box. image: 784 bytes. shift: [dx, dy], whole pixels.
export function stages(drawing) {
  takePaths(drawing);
  const inkBox = findInkBox();
  fitToBox(inkBox);
  drawPaths();
  const shift = centringShift(drawn);
  const edge = (SIDE - BOX) / 2;
  const fitted = new Uint8Array(BOX * BOX);
  for (let row = 0; row < BOX; row++) {
    const start = (row + edge) * SIDE + edge;
    fitted.set(drawn.subarray(start, start + BOX), row * BOX);
  }
  return { inkBox, fitted, image: shiftImage(drawn, shift), shift };
}

// Lays the points of all strokes end to end; `last` marks the last point of each stroke.
function takePaths(drawing) {
  let count = 0;
  for (const stroke of drawing) count += stroke.length;
  if (paths.last.length < count) {
    paths = { xy: new Float64Array(4 * count), last: new Uint8Array(2 * count), count };
  }
  const { xy, last } = paths;
  paths.count = count;
  let place = 0;
  for (const stroke of drawing) {
    for (let i = 0; i < stroke.length; i++, place++) {
      xy[2 * place] = stroke[i][0];
      xy[2 * place + 1] = stroke[i][1];
      last[place] = i === stroke.length - 1;
    }
  }
}

// [left, top, right, bottom] of the points; zeros for a blank drawing.
function findInkBox() {
  const { xy, count } = paths;
  if (!count) return [0, 0, 0, 0];
  const box = [xy[0], xy[1], xy[0], xy[1]];
  for (let i = 1; i < count; i++) {
    const x = xy[2 * i];
    const y = xy[2 * i + 1];
    if (x < box[0]) box[0] = x;
    if (y < box[1]) box[1] = y;
    if (x > box[2]) box[2] = x;
    if (y > box[3]) box[3] = y;
  }
  return box;
}

// Scales the paths evenly so that their ink, pen included, just fits the 20 × 20 box in the middle of the image.
// A drawing without extent (a tap) becomes a dot in the middle.
function fitToBox([left, top, right, bottom]) {
  const { xy, count } = paths;
  const size = Math.max(right - left, bottom - top);
  const scale = (BOX - PEN_WIDTH) / (size > MIN_SIZE ? size : Infinity);
  const middleX = (left + right) / 2;
  const middleY = (top + bottom) / 2;
  for (let i = 0; i < count; i++) {
    xy[2 * i] = (xy[2 * i] - middleX) * scale + SIDE / 2;
    xy[2 * i + 1] = (xy[2 * i + 1] - middleY) * scale + SIDE / 2;
  }
}

// Draws the paths, in pixels of the image, with the round pen into `drawn`.
function drawPaths() {
  nearest.fill(Infinity);
  const many = touchAlong(null) > MAX_TOUCHES;
  if (many) touched.fill(0);
  touchAlong(many ? touchOnce : touch);
  const radius = (PEN_WIDTH * OVERSAMPLING) / 2 + 0.5;
  const share = 255 / OVERSAMPLING ** 2;
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      let sum = 0;
      for (let i = 0; i < OVERSAMPLING; i++) {
        const place = (row * OVERSAMPLING + i + DISC.reach) * MARGIN + column * OVERSAMPLING + DISC.reach;
        for (let j = 0; j < OVERSAMPLING; j++) {
          const ink = Math.fround(radius - Math.fround(Math.sqrt(nearest[place + j])));
          sum = Math.fround(sum + Math.min(1, Math.max(0, ink)));
        }
      }
      drawn[row * SIDE + column] = roundHalfToEven(Math.fround(sum * share));
    }
  }
}

// The pixels that a pen of that reach can touch from anywhere in the pixel in the middle, as places in the list of
// offsets from -reach to reach.
function findDisc(reach) {
  const rows = [];
  const columns = [];
  const near = (offset) => Math.max(Math.abs(offset) - 0.5, 0) ** 2;
  for (let row = -reach; row <= reach; row++) {
    for (let column = -reach; column <= reach; column++) {
      if (near(row) + near(column) >= reach ** 2) continue;
      rows.push(row + reach);
      columns.push(column + reach);
    }
  }
  return { reach, rows: Uint8Array.from(rows), columns: Uint8Array.from(columns) };
}

// Calls `touch` wherever the pen touches the paper: points at most STEP apart along every stroke, in oversampled
// pixels, kept on the paper. Returns how many there are; without `touch` it only counts.
function touchAlong(touch) {
  const { xy, last, count } = paths;
  const keep = (value) => Math.min(Math.max(value * OVERSAMPLING, 0), FINE - 1e-6);
  let sum = 0;
  let x = count ? keep(xy[0]) : 0;
  let y = count ? keep(xy[1]) : 0;
  for (let i = 0; i < count; i++) {
    const nextX = i + 1 < count ? keep(xy[2 * i + 2]) : x;
    const nextY = i + 1 < count ? keep(xy[2 * i + 3]) : y;
    const wayX = last[i] ? 0 : nextX - x;
    const wayY = last[i] ? 0 : nextY - y;
    const touches = Math.max(1, Math.ceil(Math.sqrt(wayX * wayX + wayY * wayY) / STEP));
    sum += touches;
    if (touch) {
      for (let nth = 0; nth < touches; nth++) touch(x + wayX * (nth / touches), y + wayY * (nth / touches));
    }
    x = nextX;
    y = nextY;
  }
  return sum;
}

// Of many touches those on the same quarter pixel are drawn once, which bounds the time that a scribble takes.
function touchOnce(x, y) {
  const column = roundHalfToEven(x * 4);
  const row = roundHalfToEven(y * 4);
  if (touched[row * QUARTERS + column]) return;
  touched[row * QUARTERS + column] = 1;
  touch(column / 4, row / 4);
}

// Where touches overlap, the nearest counts.
function touch(x, y) {
  const { reach, rows, columns } = DISC;
  const column = Math.floor(x);
  const row = Math.floor(y);
  for (let i = 0; i <= 2 * reach; i++) {
    const dx = Math.fround(i - reach + 0.5 - (x - column));
    const dy = Math.fround(i - reach + 0.5 - (y - row));
    across[i] = dx * dx;
    down[i] = dy * dy;
  }
  const corner = row * MARGIN + column; // of the disc: what it reaches over the pixel is the margin
  for (let i = 0; i < rows.length; i++) {
    const place = corner + rows[i] * MARGIN + columns[i];
    const distance = Math.fround(down[rows[i]] + across[columns[i]]);
    if (distance < nearest[place]) nearest[place] = distance;
  }
}

// [dx, dy]: whole pixels that bring the image's centre of mass nearest to MIDDLE, as far as the ink stays inside
// the image. Zeros for blank paper.
function centringShift(image) {
  // From one column to the next it is 1 byte, from one row to the next SIDE.
  return [1, SIDE].map((step) => {
    let mass = 0;
    let moment = 0;
    let first = SIDE;
    let last = -1;
    for (let place = 0; place < SIDE; place++) {
      let sum = 0;
      for (let i = 0; i < SIDE; i++) sum += image[place * step + (i * SIDE) / step];
      mass += sum;
      moment += sum * place;
      if (sum && first === SIDE) first = place;
      if (sum) last = place;
    }
    if (!mass) return 0;
    const shift = Math.floor(MIDDLE - moment / mass + 0.5);
    return Math.min(Math.max(shift, -first), SIDE - 1 - last) + 0; // never -0
  });
}

// The image moved by whole pixels, paper coming in at the rim.
function shiftImage(image, [dx, dy]) {
  const moved = new Uint8Array(SIDE * SIDE);
  for (let row = Math.max(0, dy); row < Math.min(SIDE, SIDE + dy); row++) {
    for (let column = Math.max(0, dx); column < Math.min(SIDE, SIDE + dx); column++) {
      moved[row * SIDE + column] = image[(row - dy) * SIDE + column - dx];
    }
  }
  return moved;
}

function roundHalfToEven(value) {
  const low = Math.floor(value);
  const rest = value - low;
  return rest < 0.5 || (rest === 0.5 && low % 2 === 0) ? low : low + 1;
}
