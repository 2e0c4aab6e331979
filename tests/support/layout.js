// What is wrong with the layout of the page as it stands, as a list of sentences. Looks at every visible text, line by
// line, and at every control: none may lie on another, leave the window at the side, or be cut by what it is in.
() => {
  const CONTROLS = "button, input, select, textarea, a, canvas, .strip label, [role=meter], [role=progressbar], [role=listbox]";
  const NEAR = 1.5; // pixels by which boxes may touch: rounding, and the space around letters
  const width = document.documentElement.clientWidth;
  const problems = new Set();

  const ancestors = function* (element) {
    for (; element && element !== document.body; element = element.parentElement) yield element;
  };
  // For screen readers alone, not shown at the moment, or over everything else for a while.
  // A table of numbers that is wider than a phone: one scrolls in it.
  const isInTable = (element) => element.closest("#inside .table");
  const isUnseen = (element) => {
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return true;
    for (const at of ancestors(element)) {
      const style = getComputedStyle(at), box = at.getBoundingClientRect();
      if (style.display === "contents") continue;
      if (style.clipPath !== "none" || (box.width <= 2 && box.height <= 2 && style.overflow !== "visible")) return true;
      if (at.matches(".toast-wrap, template")) return true;
    }
    return false;
  };
  const meet = (a, b, near) =>
    Math.min(a.right, b.right) - Math.max(a.left, b.left) > near && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > near;

  const things = [];
  const walker = document.createTreeWalker(document.querySelector(".gradio-container"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode, element = text.parentElement;
    if (!text.data.trim() || element.closest("script, style, option") || isUnseen(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    // A line's box is higher than its letters, and lines may be set closer than that.
    for (const { left, right, top, bottom } of range.getClientRects()) {
      const slack = Math.max(0, (bottom - top - parseFloat(getComputedStyle(element).fontSize)) / 2);
      things.push({ name: `"${text.data.trim().slice(0, 30)}"`, element, box: { left, right, top: top + slack, bottom: bottom - slack } });
    }
  }
  for (const element of document.querySelectorAll(CONTROLS)) {
    if (isUnseen(element) || !element.getClientRects().length) continue;
    const name = element.ariaLabel || element.textContent.trim().slice(0, 30) || element.id || element.type;
    things.push({ name: `${element.localName} ${name}`, element, box: element.getBoundingClientRect() });
  }

  const { scrollWidth } = document.documentElement;
  if (scrollWidth > width) problems.add(`the page is ${scrollWidth} wide and scrolls sideways`);
  for (const { name, element, box } of things) {
    if (isInTable(element)) continue;
    if (box.left < -1 || box.right > width + 1) problems.add(`${name} leaves the window: ${box.left} to ${box.right}`);
    for (const at of ancestors(element.localName === "input" ? element.parentElement : element)) {
      const style = getComputedStyle(at), outer = at.getBoundingClientRect();
      if (style.display === "contents") continue;
      const cutX = style.overflowX !== "visible" && (box.left < outer.left - NEAR || box.right > outer.right + NEAR);
      const scrolls = ["auto", "scroll"].includes(style.overflowY);
      const cutY = style.overflowY !== "visible" && !scrolls && (box.top < outer.top - NEAR || box.bottom > outer.bottom + NEAR);
      if (cutX || cutY) problems.add(`${name} is cut by ${at.localName}.${at.className.baseVal ?? at.className}`);
    }
  }
  for (const [i, a] of things.entries()) {
    for (const b of things.slice(i + 1)) {
      if (!meet(a.box, b.box, NEAR) || a.element.contains(b.element) || b.element.contains(a.element)) continue;
      if (a.element.closest(".paper") && b.element.closest(".paper")) continue; // words on the paper to draw on
      problems.add(`${a.name} lies on ${b.name}`);
    }
  }
  const pad = document.querySelector("#pad").getBoundingClientRect();
  if (pad.height > innerHeight - 12) problems.add(`the pad and its tools are ${pad.height} high in a window of ${innerHeight}`);
  return [...problems];
}
