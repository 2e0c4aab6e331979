// What moves the pen of sketchpad.js: mouse, finger, pen and keyboard.

// ---- Mouse, finger and pen

let pointer = null; // the id of the one that draws; a second finger is left alone
let resting = null; // what was there before a touch, which may be the palm of a hand that holds a pen
let penIsUsed = false;

function place(event) {
  const box = canvas.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height].map(keepOn);
}

const keepOn = (share) => Math.min(1, Math.max(0, share));

// The touch was a palm: its stroke goes, without a step for Undo.
function dropTouch() {
  tip = current = null;
  ({ strokes, past } = resting);
  changed();
}

canvas.addEventListener("pointerdown", (event) => {
  const penEraser = event.button === 5; // the other end of a pen that has one
  penIsUsed ||= event.pointerType === "pen";
  const takesOver = event.pointerType === "pen" && resting; // a pen comes while a touch draws
  if ((pointer !== null && !takesOver) || (event.button !== 0 && !penEraser)) return;
  if (takesOver) dropTouch();
  pointer = event.pointerId;
  canvas.penIsDown = true;
  resting = event.pointerType === "touch" ? { strokes: strokes.slice(), past: past.slice() } : null;
  canvas.setPointerCapture(pointer);
  getSelection().removeAllRanges(); // if the page is selected, the browser takes a stroke for dragging it
  cursor.hidden = true;
  lift();
  put(...place(event), penEraser);
});

canvas.addEventListener("pointermove", (event) => {
  if (event.pointerId !== pointer) return;
  // The browser kept a button's release to itself, as for a context menu.
  if (event.pointerType === "mouse" && !event.buttons) return release();
  // A fast pen makes several points between two frames; the browser keeps them for us.
  const all = event.getCoalescedEvents?.() ?? [];
  for (const one of all.length ? all : [event]) move(...place(one));
});

canvas.addEventListener("pointerup", (event) => {
  if (event.pointerId !== pointer) return;
  move(...place(event));
  release();
});

// The browser takes a touch back: with a pen about, it was a palm; without, a gesture of the system, and the line stays.
canvas.addEventListener("pointercancel", (event) => {
  if (event.pointerId !== pointer) return;
  if (resting && penIsUsed) dropTouch();
  release();
});

function release() {
  pointer = resting = null;
  canvas.penIsDown = false;
  lift();
}

// A stroke is no gesture: Chromium would take its end for a fling, and the next tap on a button for its stop.
canvas.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });

// ---- Keyboard

// Shares of the pad's side.
const CURSOR_STEP = 0.04;
const CURSOR_SMALL_STEP = 0.01;

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
