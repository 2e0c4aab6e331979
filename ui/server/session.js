// Runs when the page has loaded; its result goes to `Sessions.arrive`. The token tells the server that this is the
// tab of a moment ago. It is kept in this tab alone, and laid into the tab's storage only while the page is not
// looked at: a duplicate of the tab inherits what is there, and is to be a visitor of its own.
() => {
  const MEMORY = "digit-sketchpad-session";
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let token = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const store = (act) => {
    try {
      act(sessionStorage);
    } catch {
      // Storage is off: a reload begins anew.
    }
  };
  const keep = () => store((storage) => storage.setItem(MEMORY, token));
  const take = () => store((storage) => storage.removeItem(MEMORY));
  store((storage) => (token = storage.getItem(MEMORY) ?? token));
  take();
  addEventListener("pagehide", keep);
  addEventListener("pageshow", take);
  document.addEventListener("visibilitychange", () => (document.hidden ? keep() : take()));
  return [token];
}
