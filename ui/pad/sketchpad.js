// The pad in the browser: its drawing, how it is shown and told of, and its steps. Gradio runs strokes.js, this and
// pens.js in one script when the component is there, with: element (the component) and props (its value and limits).

const MEMORY = "digit-sketchpad-drawing"; // of this tab, so that a reload keeps the drawing
const UNDO_STEPS = 200;
const BUILDING = 40; // milliseconds: a value that is set while Gradio still builds the page is lost

const canvas = element.querySelector("canvas");
const ink = canvas.getContext("2d");
const invitation = element.querySelector(".invitation");
const cursor = element.querySelector(".cursor");
const notice = element.querySelector(".notice");
const eraser = element.querySelector("[data-tool=eraser]");

let strokes = []; // each a list of [x, y]; a finished stroke is never changed, only replaced
let past = []; // what `strokes` was before each step, for Undo
let current = null; // the stroke that the pen is drawing

// ---- Showing

function paint() {
  ink.setTransform(1, 0, 0, 1, 0, 0);
  ink.clearRect(0, 0, canvas.width, canvas.height);
  ink.setTransform(canvas.width, 0, 0, canvas.width, 0, 0);
  ink.lineWidth = PEN_WIDTH;
  ink.lineCap = ink.lineJoin = "round";
  ink.strokeStyle = getComputedStyle(canvas).color;
  for (const stroke of strokes) ink.stroke(stroke === current ? trace(stroke) : traceOnce(stroke));
}

let frame = 0;
function show() {
  frame ||= requestAnimationFrame(() => {
    frame = 0;
    paint();
    tell();
  });
  invitation.hidden = strokes.length > 0;
}

function fitCanvas() {
  canvas.width = canvas.height = Math.round(canvas.clientWidth * devicePixelRatio);
  paint(); // at once: a canvas of a new size is empty
  if (strokes.length) changed();
}
new ResizeObserver(fitCanvas).observe(canvas);

// Zoom, or another screen, changes the pixel ratio and perhaps not the size in CSS pixels.
function followPixelRatio() {
  const onChange = () => {
    fitCanvas();
    followPixelRatio();
  };
  matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener("change", onChange, { once: true });
}
followPixelRatio();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed); // whoever copies the pad needs the new colours

// text: as text.js takes it.
function say(text) {
  notice.dataset.text = text;
}

// ---- Telling the page, and Python

// What is on the pad, in CSS pixels, is the canvas' `drawing`. Two events tell of it, which bubble: `drawing` at each
// frame in which it changed, and `drawn` when a step is done. `penIsDown`: whether mouse, finger or pen is on it.
canvas.drawing = [];
canvas.penIsDown = false;
let told = true;

function tell() {
  if (told) return;
  told = true;
  canvas.drawing = measure(strokes, canvas.clientWidth);
  canvas.dispatchEvent(new CustomEvent("drawing", { bubbles: true }));
}

// While the pen moves.
function changed() {
  told = false;
  show();
}

// When a step is done. Only then Python's value follows: nobody there reads what is half drawn.
function settled() {
  tell();
  canvas.dispatchEvent(new CustomEvent("drawn", { bubbles: true }));
  props.value = JSON.stringify(canvas.drawing);
  try {
    sessionStorage.setItem(MEMORY, JSON.stringify(strokes));
  } catch {
    // Storage is off or full: the drawing will not survive a reload, but goes on.
  }
}

// ---- Steps, each of which Undo takes back

function remember() {
  past.push(strokes.slice());
  if (past.length > UNDO_STEPS) past.shift();
}

function undo() {
  lift();
  if (!past.length) return;
  strokes = past.pop();
  say("");
  changed();
  settled();
}

function clear() {
  lift();
  if (!strokes.length) return;
  remember();
  strokes = [];
  say("");
  changed();
  settled();
}

function toggleEraser() {
  lift();
  eraser.setAttribute("aria-pressed", String(!erasing()));
  canvas.classList.toggle("erasing", erasing());
}

const erasing = () => eraser.getAttribute("aria-pressed") === "true";

// ---- The pen, whatever moves it: put down, move, lift. Positions are shares of the pad's side.

let tip = null; // where the pen is on the paper, if it is
let rubbing = false; // whether this pen erases

function put(x, y, penErases = false) {
  if (erasing() && !strokes.length) toggleEraser(); // the empty pad invites to draw
  tip = [x, y];
  rubbing = penErases || erasing();
  if (rubbing) return rub(x, y);
  if (strokes.length >= props.max_strokes) {
    say(JSON.stringify({ key: "pad.full", values: { most: props.max_strokes } }));
    tip = null;
    return;
  }
  say("");
  remember();
  current = [tip];
  strokes.push(current);
  changed();
}

function move(x, y) {
  if (!tip) return;
  if (rubbing) return rub(x, y);
  if (Math.hypot(x - tip[0], y - tip[1]) * canvas.clientWidth < 1) return; // nearer than a pixel says nothing
  tip = [x, y];
  current.push(tip);
  if (strokes.flat().length > props.max_points) {
    strokes = thin(strokes);
    current = strokes.at(-1);
  }
  changed();
}

function lift() {
  if (!tip) return;
  tip = current = null;
  settled();
  if (notice.dataset.text === "pad.pen-down") say("pad.pen-up");
}

function rub(x, y) {
  const [fromX, fromY] = tip;
  const steps = Math.max(1, Math.ceil(Math.hypot(x - fromX, y - fromY) / ERASER_REACH));
  for (let step = 1; step <= steps; step++) {
    const at = [fromX + ((x - fromX) * step) / steps, fromY + ((y - fromY) * step) / steps];
    const left = strokes.filter((stroke) => !passes(stroke, at));
    if (left.length === strokes.length) continue;
    remember();
    strokes = left;
    say("");
    changed();
  }
  tip = [x, y];
}

// ---- Buttons, and a drawing from before a reload

const TOOLS = { undo, clear, eraser: toggleEraser };
for (const button of element.querySelectorAll("[data-tool]")) {
  button.addEventListener("click", TOOLS[button.dataset.tool]);
}

try {
  strokes = JSON.parse(sessionStorage.getItem(MEMORY)) ?? [];
} catch {
  // Nothing to read back.
}
if (strokes.length) {
  changed();
  setTimeout(settled, BUILDING);
}
