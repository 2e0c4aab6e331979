// Runs when the page has loaded; the result goes to `Sessions.arrive`. The token tells the server that this is
// the same tab as before a reload. It lies in the tab's storage only while the page is hidden: a duplicate of the
// tab copies the storage, and has to be a visitor of its own. With it lies whether a training was going on, and on
// which start of the server: after a restart the page can say what has become of it. The language is the page's.
async ({ server }) => {
  const KEY = "digit-sketchpad-session";
  const ACTIVE = ["waiting", "preparing", "training", "paused"];
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let token = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  let lost = "";
  const withStorage = (act) => {
    try {
      act(sessionStorage);
    } catch {
      // Storage is off: a reload starts a new session.
    }
  };
  const keep = () =>
    withStorage((storage) => {
      const phase = document.querySelector("#train-status .progress")?.dataset.phase;
      const isOwn = document.querySelector("#train-stop")?.disabled === false; // and not the terminal's
      storage.setItem(KEY, JSON.stringify({ token, server, trains: isOwn && ACTIVE.includes(phase) }));
    });
  const take = () => withStorage((storage) => storage.removeItem(KEY));
  withStorage((storage) => {
    const kept = JSON.parse(storage.getItem(KEY));
    if (!kept) return;
    token = kept.token;
    if (kept.trains) lost = kept.server === server ? "forgotten" : "restarted";
  });
  take();
  addEventListener("pagehide", keep);
  addEventListener("pageshow", take);
  document.addEventListener("visibilitychange", () => (document.hidden ? keep() : take()));
  const words = import(new URL("MODULEStext/text.js", document.baseURI).href);
  const { language } = await words.catch(() => ({ language: "" }));
  return { token, lost, language };
}
