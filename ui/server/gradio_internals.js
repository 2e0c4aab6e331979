// Runs when the page has loaded. Gradio 6.31 gives each radio button a name of its own, so a browser takes each
// for a group: arrow keys do nothing and Tab stops at every button. With one name they are a group again.
// Gradio restores its names at each change, hence `join` at each key, and builds an accordion's content when it
// opens, hence `joinAll` at each click.
() => {
  const join = (group) => {
    const radios = [...group.querySelectorAll("input[type=radio]")];
    for (const radio of radios) radio.name = radios[0].name;
    group.ariaLabel ??= group.querySelector("[data-testid=block-info]")?.textContent.trim();
  };
  const joinAll = () => document.querySelectorAll("fieldset").forEach(join);
  joinAll();
  document.addEventListener("click", () => requestAnimationFrame(joinAll));
  document.addEventListener("keydown", ({ target }) => {
    if (target.matches("fieldset input[type=radio]")) join(target.closest("fieldset"));
  });
}
