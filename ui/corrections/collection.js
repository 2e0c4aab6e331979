// The collection of corrections in the browser. Gradio runs this once, behind strokes.js, with: element, props
// (its value and limits), trigger (sends an event), watch (calls back when the value is set from outside).

const STORAGE_KEY = "digit-sketchpad-corrections"; // of this tab: a reload keeps the collection
const SHOWN = 4000; // milliseconds for which the row of labels says what was kept
const FILE_NAME = "corrections.jsonl";

const find = (selector) => element.querySelector(selector);
const list = find(".drawings");
const file = find("[type=file]");

let drawings = []; // each {label, strokes}, perhaps with a writer; never changed, only replaced
let text = ""; // all of them as a drawings file: the value that the server reads

const format = (some) => some.map((drawing) => JSON.stringify(drawing)).join("\n");
const parse = (text) => (text ?? "").split("\n").filter(Boolean).map((line) => JSON.parse(line));
// Messages for text.js.
const message = (key, values) => ({ key, values });
const name = ({ label }) => label === null ? message("corrections.no-digit")
  : message(label === 8 ? "corrections.digit.8" : "corrections.digit.other", { digit: label });
const count = (number) => message("corrections.drawings", { count: number });
const word = (part, said) => (part.dataset.text = JSON.stringify(said));
const label = (part, said) => (part.dataset.textLabel = JSON.stringify(said));

// ---- Showing

function show() {
  list.replaceChildren(...drawings.map(makeThumbnail));
  find(".none").hidden = drawings.length > 0;
  find("[data-do=export]").disabled = !drawings.length;
  showAtPad();
  showWhetherToLearn();
}

// Not `disabled`, which Gradio sets from Python; whoever presses it is told what is missing.
function showWhetherToLearn() {
  const learn = document.querySelector("#learn");
  if (!learn) return requestAnimationFrame(showWhetherToLearn); // Gradio still builds the page
  learn.ariaDisabled = String(!drawings.length);
  learn.dataset.textTitle = drawings.length ? "" : "corrections.first";
}

function showAtPad() {
  const link = document.querySelector("#correction a");
  if (!link) return requestAnimationFrame(showAtPad); // Gradio still builds the page
  link.hidden = !drawings.length;
  word(link, message("corrections.link", { number: drawings.length }));
  label(link, message("corrections.link-label", { drawings: count(drawings.length) }));
}

function makeThumbnail(drawing, index) {
  const item = document.createElement("li");
  item.innerHTML = `<svg viewBox="0 0 1 1" role="img"><path></path></svg><b aria-hidden="true"></b>
    <button type="button">×</button>`;
  const lines = fit(drawing.strokes).map((stroke) => `M${stroke.map((at) => at.map((n) => n.toFixed(3))).join("L")}h0`);
  item.querySelector("path").setAttribute("d", lines.join(""));
  const named = { number: index + 1, what: name(drawing) };
  label(item.querySelector("svg"), message("corrections.drawing", named));
  if (drawing.label === null) word(item.querySelector("b"), "corrections.none-mark");
  else item.querySelector("b").textContent = drawing.label;
  const button = item.querySelector("button");
  label(button, message("corrections.remove", named));
  button.addEventListener("click", () => remove(index));
  return item;
}

function say(said) {
  word(find(".notice"), said);
}

let timer = 0;
function sayAtPad(said) {
  const place = document.querySelector("#correction .said");
  word(place, said);
  clearTimeout(timer);
  timer = setTimeout(() => word(place, ""), SHOWN);
}

// ---- Changing

function replace(changed) {
  drawings = changed;
  text = format(drawings);
  props.value = text;
  try {
    sessionStorage.setItem(STORAGE_KEY, text);
  } catch {
    // Storage is off or full: a reload loses the collection.
  }
  show();
}

// A drawing that is there already gets the new label: a second click corrects the first. Returns the problem, if any.
function add(added) {
  const drawn = added.filter(({ strokes }) => strokes.length);
  if (!drawn.length) return "corrections.nothing"; // the pad was cleared meanwhile
  const all = new Map([...drawings, ...drawn].map((drawing) => [JSON.stringify(drawing.strokes), drawing]));
  const changed = [...all.values()];
  if (changed.length > props.max_drawings) return message("corrections.room", { drawings: count(props.max_drawings) });
  if (changed.length > drawings.length && tooLarge(format(changed))) return "corrections.no-room";
  replace(changed);
}

// In bytes of UTF-8, as the server counts, and never fewer.
const tooLarge = (some) => new Blob([JSON.stringify(some)]).size > props.max_bytes;

function remove(index) {
  replace(drawings.filter((_, i) => i !== index));
  say("");
  // The keyboard's focus stays at its place.
  (list.querySelectorAll("button")[Math.min(index, drawings.length - 1)] ?? find("[data-do=import]")).focus();
}

// Two kinds of value arrive: {add, source} of collection.py, and our own text, which is skipped.
watch("value", () => {
  if (!props.value || props.value === text) return;
  const { add: added, source } = JSON.parse(props.value);
  const before = drawings.length;
  const problem = add(added);
  props.value = text;
  if (source === "file") say(problem ?? message("corrections.added", { drawings: count(drawings.length - before) }));
  else sayAtPad(problem ?? message("corrections.kept", { what: name(added[0]) }));
});

// ---- Files, which are read and written here

const DO = {
  import: () => file.click(),
  export: () => {
    const url = URL.createObjectURL(new Blob([`${text}\n`], { type: "application/x-ndjson" }));
    Object.assign(document.createElement("a"), { href: url, download: FILE_NAME }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000); // Safari on iOS asks first
  },
};
for (const button of element.querySelectorAll("[data-do]")) {
  button.addEventListener("click", DO[button.dataset.do]);
}

file.addEventListener("change", async () => {
  const [chosen] = file.files;
  if (!chosen) return;
  const content = chosen.size > props.max_bytes ? "" : await chosen.text();
  file.value = ""; // the same file can be chosen again
  if (chosen.size > props.max_bytes || tooLarge(content)) return say(message("corrections.large", { most: props.max_bytes / 1000 }));
  say("");
  trigger("import_text", { text: content });
});

// ---- What was kept before a reload. Not at once: Gradio loses a value that is set while it builds the page.

const BUILDING = 40; // milliseconds

setTimeout(() => {
  try {
    add(parse(sessionStorage.getItem(STORAGE_KEY)));
  } catch {
    // Nothing to read back.
  }
  show();
}, BUILDING);
