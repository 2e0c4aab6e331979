// The row of labels. A click says what the drawing on the pad is; collection.js keeps it.
for (const button of element.querySelectorAll("[data-label]")) {
  button.addEventListener("click", () => {
    props.value = button.dataset.label;
    trigger("correct");
  });
}
