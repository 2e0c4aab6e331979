// The words of the page in the browser, by the tables that ui/text/words.py reads, too.
//
//     <p data-text="pad.undo"></p>                                          the text under that key
//     <p data-text='{"key": "pad.full", "values": {"most": 64}}'></p>   a text with values
//     <p data-text-label="…" data-text-title="…">                           the same for aria-label and title
//
// Whoever wants words sets such an attribute, to a key or to a message as JSON, and this module puts them in, at once
// and again when the language changes. A message is a key, {key, values} or {join: key of a separator, items: values}.
// What is in braces in a text is a value, perhaps with a format: {loss:.3f}, {count:,}, {rate:g}, as in Python. A value
// is a number, text of no language, a message that is an object, or a list of these.
//
// The browser's language decides at first, then what was chosen. A change is the event `language` of the
// document.

import { TABLES } from "./tables.js";

const MEMORY = "digit-sketchpad-language";
const DEFAULT = "en";
const PROPERTIES = { text: "textContent", textLabel: "ariaLabel", textTitle: "title" };
const SELECTOR = "[data-text], [data-text-label], [data-text-title]";

export let language = remember() ?? choose(navigator.languages);

function remember() {
  try {
    const kept = localStorage.getItem(MEMORY);
    return kept in TABLES ? kept : null;
  } catch {
    return null; // storage is off
  }
}

// The first of the wanted that has a table, by its primary subtag: "zh-Hans-CN" is "zh".
export function choose(wanted) {
  return wanted.map((tag) => tag.toLowerCase().split("-")[0]).find((tag) => tag in TABLES) ?? DEFAULT;
}

function setLanguage(name) {
  language = name;
  try {
    localStorage.setItem(MEMORY, name);
  } catch {
    // Storage is off: a reload has the browser's language again.
  }
  wordPage();
  document.dispatchEvent(new Event("language"));
}

// ---- Messages to words

// Also for scripts that are no modules.
globalThis.say = say;

export function say(message) {
  if (typeof message === "string") return fill(message, {});
  if (message.join) return message.items.map((one) => sayValue(one)).filter(Boolean).join(find(message.join));
  return fill(message.key, message.values ?? {});
}

function find(key) {
  const text = TABLES[language][key];
  if (text === undefined) throw new Error(`${language}.json has no text for ${key}`);
  return text;
}

function fill(key, values) {
  if (!key) return "";
  let text = find(key);
  if (typeof text === "object") text = (values.count === 1 && text.one) || text.other;
  return text.replace(/\{(\w+)(?::([^}]*))?\}/g, (_, name, format) => sayValue(values[name], format));
}

function sayValue(value, format) {
  if (Array.isArray(value)) {
    const messages = value.some((one) => typeof one === "object");
    return value.map((one) => sayValue(one)).join(find(messages ? "separator.clauses" : "separator.values"));
  }
  if (value !== null && typeof value === "object") return say(value);
  return typeof value === "number" ? formatNumber(value, format) : String(value);
}

function formatNumber(value, format = "") {
  if (format === "g") return String(Number(value.toPrecision(6)));
  const [, group, decimals] = format.match(/^(,?)(?:\.(\d)f)?$/);
  if (!format) return String(value);
  const digits = Number(decimals ?? 0);
  return new Intl.NumberFormat(find("language.tag"), {
    useGrouping: Boolean(group),
    minimumFractionDigits: digits,
    maximumFractionDigits: decimals === undefined && !Number.isInteger(value) ? 20 : digits,
  }).format(value);
}

// ---- The page

const said = new WeakMap(); // what was put where: a browser that translates the page shows something else

function word(element) {
  const before = said.get(element) ?? {};
  const now = {};
  for (const [name, property] of Object.entries(PROPERTIES)) {
    const given = element.dataset[name];
    if (given === undefined) continue;
    try {
      now[name] = say(/^[{"]/.test(given) ? JSON.parse(given) : given);
    } catch (error) {
      console.error(error); // one text that is wrong must not keep the others away
      continue;
    }
    if (now[name] !== before[name]) element[property] = now[name];
  }
  said.set(element, now);
}

function wordAll(root) {
  if (root.matches?.(SELECTOR)) word(root);
  root.querySelectorAll?.(SELECTOR).forEach(word);
}

// Gradio sets <html lang> to the browser's language.
const root = document.documentElement;
const nameLanguage = () => root.lang !== find("language.tag") && (root.lang = find("language.tag"));

function wordPage() {
  nameLanguage();
  document.title = say("page.title");
  wordAll(document);
  checkSwitch(document);
}

function checkSwitch(root) {
  for (const radio of root.querySelectorAll?.("#language input") ?? []) radio.checked = radio.value === language;
}

document.addEventListener("change", ({ target }) => target.matches("#language input") && setLanguage(target.value));
new MutationObserver(nameLanguage).observe(root, { attributeFilter: ["lang"] });
new MutationObserver((records) => {
  for (const { type, target, addedNodes } of records) {
    if (type === "attributes") word(target);
    else addedNodes.forEach((node) => (wordAll(node), checkSwitch(node)));
  }
}).observe(root, {
  subtree: true,
  childList: true,
  attributeFilter: ["data-text", "data-text-label", "data-text-title"],
});
wordPage();
