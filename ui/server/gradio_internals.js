// Runs when the page has loaded: five repairs of Gradio 6.31.
//
// Radio buttons. Gradio gives each radio button a name of its own, so a browser takes each
// for a group: arrow keys do nothing and Tab stops at every button. With one name they are a group again.
// Gradio restores its names at each change, hence `join` at each key, and builds an accordion's content when it
// opens, hence `joinAll` at each click.
//
// Footer. The address ?view=api does not open the description of the API; Gradio's own button, which is unseen, does.
//
// Sliders and toasts. Gradio names the inputs of a slider in English, and so the title of a toast and what closes it.
//
// Translation. A browser that translates a page puts elements of its own in place of text nodes. Svelte goes on writing
// to the nodes that it made, so the name of a button would stay what it was. The button gets its own text back, and the
// browser translates it again.
() => {
  const join = (group) => {
    const radios = [...group.querySelectorAll("input[type=radio]")];
    for (const radio of radios) radio.name = radios[0].name;
    const name = group.querySelector("[data-testid=block-info]");
    if (name) group.setAttribute("aria-labelledby", (name.id ||= `${radios[0].name}-label`));
  };
  const name = (range) => {
    const block = range.closest(".block");
    const label = block.querySelector("[data-testid=block-info]");
    for (const input of block.querySelectorAll("input")) input.setAttribute("aria-labelledby", (label.id ||= `${range.id}-label`));
    block.querySelector("button")?.setAttribute("data-text-label", "page.reset");
  };
  const joinAll = () => {
    document.querySelectorAll("fieldset").forEach(join);
    document.querySelectorAll("input[type=range]").forEach(name);
  };
  joinAll();
  document.addEventListener("click", () => requestAnimationFrame(joinAll));
  document.addEventListener("keydown", ({ target }) => {
    if (target.matches("fieldset input[type=radio]")) join(target.closest("fieldset"));
  });

  document.querySelector("#footer a")?.addEventListener("click", (event) => {
    event.preventDefault();
    document.querySelector(".show-api")?.click();
  });

  const nameToasts = () => {
    for (const title of document.querySelectorAll(".toast-title"))
      title.dataset.text = title.matches(".error") ? "page.refused" : "page.warned";
    for (const button of document.querySelectorAll(".toast-close")) button.dataset.textLabel = "page.close";
  };
  const toasts = document.querySelector(".toast-wrap");
  if (toasts) new MutationObserver(nameToasts).observe(toasts, { childList: true, subtree: true });

  const watched = new WeakSet();
  const watchNames = (row) => {
    for (const button of row.querySelectorAll("button")) {
      const name = [...button.childNodes].find((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
      if (!name || watched.has(name)) continue;
      watched.add(name);
      const restore = () => {
        if (name.isConnected) return;
        for (const foreign of [...button.children]) foreign.remove();
        button.append(name);
      };
      new MutationObserver(restore).observe(name, { characterData: true });
    }
  };
  for (const row of document.querySelectorAll("#controls, #learning")) {
    watchNames(row);
    new MutationObserver(() => watchNames(row)).observe(row, { childList: true, subtree: true });
  }
}
