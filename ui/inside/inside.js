// Starts the panel, when it is opened first: its modules are not fetched before. Gradio runs this once, with element
// (the component), props (what inside.py says), trigger (sends an event) and watch (a new value came).

const details = element.querySelector("details");

async function start() {
  details.removeEventListener("toggle", start);
  try {
    const url = new URL(`${props.modules}inside/panel.js`, document.baseURI);
    const { Panel } = await import(url.href);
    const panel = new Panel(details, () => trigger("poll", {}));
    watch("value", () => panel.hearTraining(props.value));
  } catch (error) {
    console.error(error);
    details.querySelector(".inside-body").dataset.text = "inside.unloaded";
  }
}

details.addEventListener("toggle", start);
