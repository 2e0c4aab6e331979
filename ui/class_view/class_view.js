// Opens and leaves class view. Gradio runs this once, with element (the component), props (its value, and whether
// there is a server to ask), trigger (sends an event) and watch (a new value came).

const root = document.documentElement;
const page = () => document.querySelector("#first-view").parentElement; // Gradio's, of the whole page
const isOpen = () => page().classList.contains("in-class-view");
const find = (selector) => element.querySelector(selector);
const code = find("#class-code");
const codeButton = find("[data-do=code]");

function open() {
  page().classList.add("in-class-view");
  find("[data-do=leave]").focus();
  // Where the browser or the frame around the page refuses, class view fills the window.
  if (document.fullscreenEnabled) root.requestFullscreen().then(closeLate).catch(() => {});
}

// Who left before the browser had granted it would be in full screen without class view.
const closeLate = () => isOpen() || document.exitFullscreen();

function leave() {
  if (!isOpen()) return;
  showCode(false);
  page().classList.remove("in-class-view");
  if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
  document.querySelector("#class-view").focus();
}

// ---- The code stands in the place of verdict and bars

function showCode(shown) {
  code.hidden = !shown;
  codeButton.setAttribute("aria-expanded", String(shown));
  if (shown && !props.value) trigger("address", { location: location.href });
}

function fillCode() {
  if (!props.value) return;
  const { address, code: svg } = props.value;
  const picture = find(".code");
  picture.hidden = !address;
  picture.innerHTML = svg;
  picture.dataset.textLabel = JSON.stringify({ key: "class.picture", values: { address } });
  find(".address").dataset.text = JSON.stringify({ key: "class.address", values: { address } });
  find(".how").dataset.text = address ? "class.scan" : "class.alone";
}

codeButton.hidden = !props.has_server;
codeButton.addEventListener("click", () => showCode(code.hidden));
find("[data-do=leave]").addEventListener("click", leave);
document.addEventListener("click", ({ target }) => target.closest?.("#class-view") && open());
document.addEventListener("keydown", ({ key }) => key === "Escape" && leave());
// In full screen the browser takes the key for itself.
document.addEventListener("fullscreenchange", () => document.fullscreenElement || leave());
watch("value", fillCode);
