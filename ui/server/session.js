// Runs when the page has loaded; the result goes to `Sessions.arrive`. The token tells the server that this is
// the same tab as before a reload. It lies in the tab's storage only while the page is hidden: a duplicate of the
// tab copies the storage, and has to be a visitor of its own.
() => {
  const KEY = "digit-sketchpad-session";
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let token = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const withStorage = (act) => {
    try {
      act(sessionStorage);
    } catch {
      // Storage is off: a reload starts a new session.
    }
  };
  const keep = () => withStorage((storage) => storage.setItem(KEY, token));
  const take = () => withStorage((storage) => storage.removeItem(KEY));
  withStorage((storage) => (token = storage.getItem(KEY) ?? token));
  take();
  addEventListener("pagehide", keep);
  addEventListener("pageshow", take);
  document.addEventListener("visibilitychange", () => (document.hidden ? keep() : take()));
  return [token];
}
