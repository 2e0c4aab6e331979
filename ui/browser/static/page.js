// The page without a server: gives pad, readout and look inside what Gradio gives them (element, props, watch), and
// the choice of network. ui/static.py puts their scripts beside this one, each as a module, and the props into props.js.

import classView from "./class_view.js";
import inside from "./inside.js";
import pad from "./pad.js";
import { padProps, readoutProps } from "./props.js";
import readout from "./readout.js";
import "./text/text.js";

// As Gradio's: a script may set what it watches.
function mount(id, script, given) {
  const watchers = [];
  const props = new Proxy(given, {
    set(target, name, value) {
      target[name] = value;
      for (const [watched, callback] of watchers) if (watched === name) callback();
      return true;
    },
  });
  script(document.getElementById(id), props, (name, callback) => watchers.push([name, callback]));
  return props;
}

// Light or dark as the system has it, as Gradio does.
const dark = matchMedia("(prefers-color-scheme: dark)");
const dress = () => document.documentElement.classList.toggle("dark", dark.matches);
dark.addEventListener("change", dress);
dress();

mount("pad", pad, padProps);
const shown = mount("readout", readout, readoutProps);
mount("class-bar", classView, { has_server: false });
mount("inside", inside, { modules: "" });

for (const choice of Object.keys(readoutProps.choices)) {
  const label = document.createElement("label");
  const radio = Object.assign(document.createElement("input"), { type: "radio", name: "network", value: choice });
  radio.checked = choice === readoutProps.value.choice;
  radio.addEventListener("change", () => (shown.value = { choice, own: null }));
  label.append(radio, Object.assign(document.createElement("span"), { textContent: choice }));
  label.lastChild.dataset.text = `page.network.${choice}`;
  document.querySelector("#network-choice .wrap").append(label);
}
