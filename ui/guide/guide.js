// Runs when the page has loaded: leads a first visitor through the first minute. The empty pad says what to draw; after
// the first reading a sentence beside it says what to press next, and after the first training another, below the
// buttons, what to do with the network. Both stand where there is room for other words already, so nothing moves, and
// each goes when it is followed. Whoever was shown one on an earlier visit sees none.
() => {
  const MEMORY = "digit-sketchpad-guided";
  const find = (selector) => document.querySelector(selector);
  try {
    if (localStorage.getItem(MEMORY)) return;
  } catch {
    // Storage is off: each visit is a first one.
  }

  // A sentence in the place of what an element says. It is shown once, and taken back unless other words came.
  class Sentence {
    #isOver = false;
    takeBack = () => {};

    constructor(key) {
      this.key = key;
    }

    show(place) {
      if (this.#isOver || !place || find(".in-class-view")) return;
      this.#isOver = true;
      const before = place.dataset.text ?? "";
      place.style.minHeight = `${place.getBoundingClientRect().height}px`;
      place.dataset.text = this.key;
      this.takeBack = () => {
        if (place.dataset.text === this.key) place.dataset.text = before;
        place.style.minHeight = "";
      };
      try {
        localStorage.setItem(MEMORY, "1");
      } catch {
        // As above.
      }
    }

    // What it would say is done already.
    end() {
      this.#isOver = true;
      this.takeBack();
    }
  }

  const afterReading = new Sentence("guide.read");
  const afterTraining = new Sentence("guide.trained");

  let hasDrawn = false;
  const look = () => {
    if (hasDrawn && ["digit", "unsure"].includes(find("#readout .reading")?.dataset.verdict)) {
      afterReading.show(find('#correction .said:is(:not([data-text]), [data-text=""])'));
    }
    if (["done", "stopped"].includes(find("#train-status .progress")?.dataset.phase) && find("#train-use:enabled")) {
      afterTraining.show(find("#recipe-note [data-text]"));
    }
  };
  document.addEventListener("drawn", () => {
    hasDrawn = find("#pad canvas").drawing.length > 0;
    look();
  });
  const observer = new MutationObserver(look);
  observer.observe(find("#readout"), { subtree: true, attributeFilter: ["data-verdict"] });
  observer.observe(find("#training"), { subtree: true, attributeFilter: ["data-phase", "disabled"] });

  document.addEventListener("click", ({ target }) => {
    if (target.closest?.("#train-start, #inside summary")) afterReading.end();
    if (target.closest?.("#train-use")) afterTraining.end();
    if (target.closest?.("#train-start")) afterTraining.takeBack();
  });
}
