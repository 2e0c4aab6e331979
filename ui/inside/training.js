// What is known of the network that this visitor trains: asked for once a second while the panel is open and there is
// news of the training, but never while the pen is down. training.py is the other end.

const EVERY = 1000; // milliseconds

export class Training {
  newest = null; // {goes_on, epochs, network} of training.py, the addresses in it absolute
  #ask;
  #tell;
  #isBusy;
  #held = null; // an answer that came while the pen was down, for the next poll
  #news = false; // whether the status has changed since the last question
  #timer = 0;
  #status = new MutationObserver(() => (this.#news = true));

  // ask: sends the question; tell: called when `newest` is new, with the weights of the first layer, Int8Array, or
  // null where they are the same; isBusy: whether what was told last is still being fetched.
  constructor(ask, tell, isBusy) {
    this.#ask = ask;
    this.#tell = tell;
    this.#isBusy = isBusy;
  }

  open() {
    const status = document.querySelector("#train-status .progress"); // a page without a server trains nothing
    if (!status) return;
    this.#status.observe(status, { attributeFilter: ["data-phase"] });
    this.#news = status.dataset.phase !== "idle";
    this.#timer = setInterval(() => this.#poll(), EVERY);
    this.#poll();
  }

  close() {
    this.#status.disconnect();
    clearInterval(this.#timer);
    this.newest = this.#held = null;
  }

  #poll() {
    if (penIsDown()) return;
    this.#take();
    if (this.#isBusy() || !(this.#news || this.newest?.goes_on)) return;
    this.#news = false;
    this.#ask();
  }

  hear(answer) {
    this.#held = answer;
    if (!penIsDown()) this.#take();
  }

  async #take() {
    const answer = this.#held;
    this.#held = null;
    if (!answer) return;
    const known = this.newest?.network?.sha256;
    const network = answer.network && { ...answer.network, url: absolute(answer.network.url) };
    this.newest = { ...answer, network };
    const response = network && network.sha256 !== known ? await fetch(absolute(network.first.url)).catch(() => null) : null;
    const bytes = response?.ok ? await response.arrayBuffer() : null; // none where newer ones have taken their place
    if (network === this.newest?.network) this.#tell(bytes && new Int8Array(bytes));
  }
}

const penIsDown = () => document.querySelector("#pad canvas")?.penIsDown;

// A worker would take relative URLs from its own.
const absolute = (url) => new URL(url, document.baseURI).href;
