// The pad in the browser. Gradio runs this once, behind strokes.js, when the component is there, with:
// element (the component) and props (its value and limits).

// Shares of the pad's side.
const CURSOR_STEP = 0.04;
const CURSOR_SMALL_STEP = 0.01;

const MEMORY = "digit-sketchpad-drawing"; // of this tab, so that a reload keeps the drawing
const UNDO_STEPS = 200;

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

new ResizeObserver(() => {
  canvas.width = canvas.height = Math.round(canvas.clientWidth * devicePixelRatio);
  paint(); // at once: a canvas of a new size is empty
  if (strokes.length) changed();
}).observe(canvas);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", changed); // whoever copies the pad needs the new colours

// text: as text.js takes it.
function say(text) {
  notice.dataset.text = text;
}

// ---- Telling the page, and Python

// What is on the pad, in CSS pixels, is the canvas' `drawing`. Two events tell of it, which bubble: `drawing` at each
// frame in which it changed, and `drawn` when a step is done.
canvas.drawing = [];
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

function put(x, y, rubs = erasing()) {
  tip = [x, y];
  rubbing = rubs;
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

// ---- Mouse, finger and pen

let pointer = null; // the id of the one that draws; a second finger is left alone
let resting = null; // what was there before a touch, which may be the palm of a hand that holds a pen

function place(event) {
  const box = canvas.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height].map(keepOn);
}

const keepOn = (share) => Math.min(1, Math.max(0, share));

// A pen comes while a touch draws: the touch was a palm, and its stroke goes, without a step for Undo.
function dropTouch() {
  tip = current = null;
  ({ strokes, past } = resting);
  changed();
}

canvas.addEventListener("pointerdown", (event) => {
  const penEraser = event.button === 5; // the other end of a pen that has one
  const takesOver = event.pointerType === "pen" && resting;
  if ((pointer !== null && !takesOver) || (event.button !== 0 && !penEraser)) return;
  if (takesOver) dropTouch();
  pointer = event.pointerId;
  resting = event.pointerType === "touch" ? { strokes: strokes.slice(), past: past.slice() } : null;
  canvas.setPointerCapture(pointer);
  getSelection().removeAllRanges(); // if the page is selected, the browser takes a stroke for dragging it
  cursor.hidden = true;
  lift();
  put(...place(event), penEraser || erasing());
});

canvas.addEventListener("pointermove", (event) => {
  if (event.pointerId !== pointer) return;
  // A fast pen makes several points between two frames; the browser keeps them for us.
  const all = event.getCoalescedEvents?.() ?? [];
  for (const one of all.length ? all : [event]) move(...place(one));
});

for (const end of ["pointerup", "pointercancel"]) {
  canvas.addEventListener(end, (event) => {
    if (event.pointerId !== pointer) return;
    pointer = resting = null;
    if (end === "pointerup") move(...place(event));
    lift();
  });
}

// A stroke is no gesture: Chromium would take its end for a fling, and the next tap on a button for its stop.
canvas.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });

// ---- Keyboard

let at = [0.5, 0.5];
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function showCursor() {
  cursor.hidden = false;
  cursor.classList.toggle("down", tip !== null);
  cursor.style.left = `${at[0] * 100}%`;
  cursor.style.top = `${at[1] * 100}%`;
}

canvas.addEventListener("focus", () => canvas.matches(":focus-visible") && showCursor());
canvas.addEventListener("blur", () => {
  if (pointer === null) lift();
  cursor.hidden = true;
});

function useKey(event) {
  const { key, shiftKey, target } = event;
  if ((event.ctrlKey || event.metaKey) && !shiftKey && key.toLowerCase() === "z") return undo();
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  if (key === "Delete") return clear();
  if (key.toLowerCase() === "e") return toggleEraser();
  if (target !== canvas || pointer !== null) return false; // on a button, Space and Enter are the button's
  if (key in ARROWS) {
    const step = shiftKey ? CURSOR_SMALL_STEP : CURSOR_STEP;
    at = at.map((share, axis) => keepOn(share + ARROWS[key][axis] * step));
    move(...at);
  } else if (key === " " || key === "Enter") {
    if (tip) lift();
    else put(...at);
    if (tip) say("pad.pen-down");
  } else return false;
  showCursor();
}

element.addEventListener("keydown", (event) => {
  if (useKey(event) !== false) event.preventDefault();
});

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
  setTimeout(settled, 40); // a value that is set while Gradio still builds the page is lost
}
