// Runs when the page has loaded. Gradio gives each radio button a name of its own, so that browsers take every
// one for a group: arrow keys do nothing, and Tab stops at each. With one name they are a group again, and the
// browser does the rest; screen readers are told what the group decides. Gradio takes the names back whenever
// the choice changes, hence at each key, and builds what is folded away when it opens, hence at each click.
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
