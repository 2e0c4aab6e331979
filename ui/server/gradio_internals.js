// Runs when the page has loaded: four repairs of Gradio 6.31.
//
// Radio buttons. Gradio gives each a name of its own, so that arrow keys do nothing and Tab stops at every button. With
// one name they are a group again. Gradio restores its names at each change, hence `join` at each key, and builds an
// accordion's content when it opens, hence `joinAll` at each click. Unnecessary once a group's buttons have one name.
//
// Footer. Its link to the API clicks a button of Gradio's that is not shown: the address ?view=api alone opens
// nothing. Unnecessary once it does.
//
// Sliders and toasts. Gradio labels a slider's inputs, a toast's title and its close button in English. Unnecessary once
// these labels can be set.
//
// Translation. A browser that translates a page replaces text nodes by elements of its own. Svelte goes on writing to
// its nodes, so a button would keep its old name; sveltejs/svelte 15090 says that this stays so. The button gets its
// own text back, and the browser translates it again. Unnecessary once Gradio puts a button's text into an element.
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
