// The row of labels: a click says what the drawing on the pad is. The collection keeps it, see collection.js.
for (const button of element.querySelectorAll("[data-label]")) {
  button.addEventListener("click", () => {
    props.value = button.dataset.label;
    trigger("correct");
  });
}
