// The panel's texts are in ui/text/: who wants one names it here, and text.js puts it in, in any language. And numbers
// as the panel writes them.

// Puts the text under a key into an element; no key is no text.
export function put(element, key, values) {
  const text = key && values ? JSON.stringify({ key, values }) : key;
  if (element.dataset.text !== text) element.dataset.text = text;
  return element;
}

// The same as the element's name for screen readers.
export function name(element, key, values) {
  element.dataset.textLabel = values ? JSON.stringify({ key, values }) : key;
  return element;
}

// As a whole percentage; never 100 %, which no network can promise.
export const percent = (share) =>
  share > 0.99 ? { key: "readout.sure" } : { key: "number.percent", values: { percent: Math.round(100 * share) } };

// With a sign, a true minus, and so many decimals; no sign for what rounds to nothing.
export function signed(value, decimals = 1) {
  const text = Math.abs(value).toFixed(decimals);
  if (Number(text) === 0) return text;
  return (value < 0 ? "−" : "+") + text;
}

// With a true minus.
export const plain = (value, decimals = 2) => signed(value, decimals).replace("+", "");
