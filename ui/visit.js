// Runs when the page has loaded; its result goes to `Visits.arrive`. The token tells the server that this is the
// tab of a moment ago. It is kept in this tab alone: no other tab, and nobody else, ever gets to know it.
() => {
  const MEMORY = "digit-sketchpad-visit";
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let token = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  try {
    token = sessionStorage.getItem(MEMORY) ?? token;
    sessionStorage.setItem(MEMORY, token);
  } catch {
    // Storage is off: a reload begins anew.
  }
  return [token];
}
