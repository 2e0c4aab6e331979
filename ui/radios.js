// Runs when the page has loaded. Gradio gives each radio button a name of its own, so that browsers take every
// one for a group: arrow keys do nothing, and Tab stops at each. With one name they are a group again, and the
// browser does the rest. Gradio takes the names back whenever the choice changes, hence at each key.
() => {
  const join = (group) => {
    const radios = [...group.querySelectorAll("input[type=radio]")];
    for (const radio of radios) radio.name = radios[0].name;
  };
  document.querySelectorAll("fieldset").forEach(join);
  document.addEventListener("keydown", ({ target }) => {
    if (target.matches("fieldset input[type=radio]")) join(target.closest("fieldset"));
  });
}
