// The status line: texts and the width of the bar change in place.
const find = (selector) => element.querySelector(selector);

function show() {
  const value = props.value;
  if (!value) return;
  // Both are worded by text.js, which changes only what differs: a screen reader says the headline at each change.
  find(".headline").dataset.text = JSON.stringify(value.headline);
  find(".detail").dataset.text = JSON.stringify(value.detail);
  find(".progress").dataset.phase = value.phase;
  find(".track").setAttribute("aria-valuenow", Math.round(100 * value.share));
  find(".track i").style.transform = `scaleX(${value.share})`;
}

watch("value", show);
show();

// ---- The drawing, which a training of this page reads as it learns: told when a stroke has ended, and not otherwise

const ACTIVE = ["waiting", "preparing", "training", "paused"];
let drawingTold = null;

const isActive = () => ACTIVE.includes(props.value?.phase);

function tellDrawing() {
  if (!isActive()) {
    drawingTold = null;
    return;
  }
  const strokes = document.querySelector("#pad canvas")?.drawing ?? [];
  if (strokes === drawingTold) return;
  drawingTold = strokes;
  trigger("drawing", { strokes });
}

document.addEventListener("drawn", tellDrawing);
// A training that begins has to be told what is there; later only what is finished.
function follow() {
  if (drawingTold === null || !isActive()) tellDrawing();
}
watch("value", follow);
follow();

// ---- A sign of life every few seconds, but not while the pen is down: then nothing is sent at all

const penIsDown = () => document.querySelector("#pad canvas")?.penIsDown;
if (props.alive_seconds) setInterval(() => penIsDown() || trigger("alive"), 1000 * props.alive_seconds);
