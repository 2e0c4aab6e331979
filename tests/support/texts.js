// Every text that a person can read or hear on the page and that is not what a table says, as a list of sentences.
// The sentence of a toast is the server's. plain: the texts of the page's language that hold no values. names: what is called the same in every language.
([plain, names]) => {
  const known = new Set([...plain, ...names]);
  const PROPERTIES = { textLabel: "aria-label", textTitle: "title" };
  const problems = new Set();
  const parse = (given) => (/^[{["]/.test(given) ? JSON.parse(given) : given);
  const squeeze = (text) => text.replace(/\s+/g, " ").trim();
  const isRendered = (element) => element.checkVisibility() && !element.closest("script, style, template, .toast-message-text");

  const check = (found, given, where) => {
    const text = squeeze(found);
    if (!/\p{L}/u.test(text)) return;
    if (given !== undefined) {
      const wanted = squeeze(say(parse(given)));
      if (text !== wanted) problems.add(`${where}: "${text}" where "${wanted}" belongs`);
      if (/undefined|null|NaN|\[object|\{|\}/.test(text)) problems.add(`${where}: "${text}" lacks a value`);
    } else if (!known.has(text)) problems.add(`${where}: "${text}" is in no table`);
  };

  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { data, parentElement } = walker.currentNode;
    if (data.trim() && isRendered(parentElement)) check(data, parentElement.dataset.text, parentElement.localName);
  }
  for (const element of document.body.querySelectorAll("*")) {
    if (!isRendered(element)) continue;
    for (const name of ["aria-label", "title", "placeholder", "alt", "aria-valuetext", "aria-description"]) {
      const text = element.getAttribute(name);
      const key = Object.keys(PROPERTIES).find((key) => PROPERTIES[key] === name);
      if (text && !(name === "aria-label" && element.hasAttribute("aria-labelledby"))) check(text, element.dataset[key], `${name} of ${element.localName}`);
    }
  }
  const lang = say("language.tag");
  if (document.documentElement.lang !== lang) problems.add(`<html lang> is ${document.documentElement.lang}, not ${lang}`);
  if (document.title !== say("page.title")) problems.add(`the title is ${document.title}`);
  return [...problems];
}
