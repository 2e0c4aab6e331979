// Reads drawings with the networks that it was offered, and fetches their weights. Runs in a worker (worker.js), or
// on the page's own thread where there is none; knows nothing of the page. reader.js is the other end.
//
// In go, as messages to `take`:
//   {networks, chosen}   descriptions of networks (network.js) with `url`, `dtype`, `size` and `sha256` of their
//                        weights; chosen: the names of those that read. What is chosen is fetched first, the others
//                        some seconds later. A much smaller network is fetched before them and stands in until they
//                        have come. Replaces what was offered before.
//   {id, drawing}        a drawing to read. What comes before the weights is read when they arrive, the newest alone.
//   {retry: true}        weights that could not be had are asked for again at once.
// Out come, through `tell`:
//   {id, stages, image, readings}   stages: as preprocess.js has it; image: what was read; readings: one for each
//                        chosen network, {name, digit, verdict, score, probabilities, logits}. standIn: the names of
//                        the networks that the reading is made without, because they are still on their way.
//   {loading: names}     a drawing may have to wait for these; an empty list once nothing is awaited.
//   {problem}            {code, values, network, again}: why a chosen network cannot read; again: seconds until it
//                        is asked for anew, or null where that would not help. Codes: those of NetworkError, and
//                        "unreachable", "size", "hash", "failed".

import { Network, NetworkError } from "./network.js";
import { stages } from "./preprocess.js";

const MUCH_SMALLER = 1 / 3; // of the awaited bytes, at most: a stand-in delays them by that share
const OTHERS_AFTER = 2000; // milliseconds from the chosen networks to the others: the page needs the bandwidth first
const RETRY_AFTER = [2, 4, 8, 15, 30]; // seconds; the last again and again

export class Reading {
  #tell;
  #fetch;
  #entries = new Map(); // by the name of the network
  #chosen = [];
  #waiting = null; // the newest drawing that no network could read yet

  // tell: takes the messages; fetch: for tests.
  constructor(tell, fetch = (...request) => globalThis.fetch(...request)) {
    this.#tell = tell;
    this.#fetch = fetch;
  }

  take(message) {
    if (message.networks) this.#offer(message);
    else if (message.retry) this.#retry();
    else this.#read(message);
  }

  #offer({ networks, chosen }) {
    const kept = this.#entries;
    this.#entries = new Map(
      networks.map((description) => {
        const old = kept.get(description.name);
        const same = old?.description.sha256 === description.sha256;
        return [description.name, same ? old : { description, failures: 0 }];
      }),
    );
    for (const entry of kept.values()) if (!this.#holds(entry)) clearTimeout(entry.timer);
    this.#chosen = chosen;
    this.#loadChosen();
    setTimeout(() => this.#loadOthers(), OTHERS_AFTER);
    this.#tellState();
    this.#readWaiting();
  }

  async #loadChosen() {
    const awaited = this.#chosenEntries().filter(({ network }) => !network);
    const standIn = this.#findSmall(awaited);
    if (standIn) await this.#load(standIn);
    for (const entry of awaited) if (this.#holds(entry)) this.#load(entry);
  }

  // The smallest network, if it is much smaller than those that are awaited.
  #findSmall(awaited) {
    const size = ({ description }) => description.size;
    const small = MUCH_SMALLER * Math.min(...awaited.map(size)); // infinite, where none is awaited
    const [smallest] = [...this.#entries.values()].sort((a, b) => size(a) - size(b));
    return awaited.length && size(smallest) < small ? smallest : null;
  }

  #holds(entry) {
    return this.#entries.get(entry.description.name) === entry;
  }

  #chosenEntries() {
    return this.#chosen.map((name) => this.#entries.get(name)).filter(Boolean);
  }

  #loadOthers() {
    if (this.#awaited().length) return; // the others come when these have come
    for (const entry of this.#entries.values()) this.#load(entry);
  }

  #retry() {
    for (const entry of this.#chosenEntries()) {
      if (!entry.timer) continue;
      clearTimeout(entry.timer);
      entry.timer = null;
      this.#load(entry);
    }
    this.#tellState();
  }

  async #load(entry) {
    if (entry.network || entry.loading || entry.timer || entry.problem?.again === null) return;
    entry.loading = true;
    try {
      const network = await this.#fetchNetwork(entry);
      entry.network = network;
      entry.problem = null;
    } catch (error) {
      this.#note(entry, error);
    }
    entry.loading = false;
    if (!this.#holds(entry)) return clearTimeout(entry.timer);
    this.#tellState();
    this.#readWaiting();
    if (!this.#awaited().length) setTimeout(() => this.#loadOthers(), OTHERS_AFTER);
  }

  async #fetchNetwork({ description, failures }) {
    const { url, dtype, size, sha256 } = description;
    // A file that came damaged must not come from the cache again.
    const response = await this.#fetch(url, { cache: failures ? "reload" : "default" }).catch(() => null);
    if (!response?.ok) throw new NetworkError("unreachable", { status: response?.status ?? 0 });
    const bytes = await response.arrayBuffer().catch(() => {
      throw new NetworkError("unreachable", { status: response.status });
    });
    if (bytes.byteLength !== size) throw new NetworkError("size", { expected: size, found: bytes.byteLength });
    const found = await hash(bytes);
    if (found && found !== sha256) throw new NetworkError("hash", { expected: sha256, found });
    return new Network(description, decode(bytes, dtype));
  }

  #note(entry, error) {
    const code = error instanceof NetworkError ? error.code : "failed";
    const values = error.values ?? { message: String(error) };
    const transient = ["unreachable", "size", "hash"].includes(code);
    const again = transient ? RETRY_AFTER[Math.min(entry.failures, RETRY_AFTER.length - 1)] : null;
    entry.failures++;
    entry.problem = { code, values, network: entry.description.name, again };
    if (!transient) return;
    entry.timer = setTimeout(() => {
      entry.timer = null;
      this.#load(entry);
    }, again * 1000);
  }

  #tellState() {
    const entries = this.#chosenEntries();
    const awaited = entries.filter(({ network, loading, problem }) => !network && (loading || !problem));
    const waiting = this.#findStandIn() ? [] : awaited;
    this.#tell({ loading: waiting.map(({ description }) => description.name) });
    const failed = entries.find(({ network, loading, problem }) => !network && !loading && problem);
    if (failed) this.#tell({ problem: failed.problem });
  }

  #readWaiting() {
    if (this.#waiting) this.#read(this.#waiting);
  }

  #read(message) {
    const awaited = this.#awaited();
    const standIn = this.#findStandIn();
    const networks = standIn ? [standIn.network] : this.#chosenEntries().map(({ network }) => network);
    if (!networks.length || !networks.every(Boolean)) {
      this.#waiting = message;
      return;
    }
    this.#waiting = null;
    const answer = { id: message.id, ...readBy(networks, message) };
    this.#tell(standIn ? { ...answer, standIn: awaited.map(({ description }) => description.name) } : answer);
  }

  #awaited() {
    return this.#chosenEntries().filter(({ network }) => !network);
  }

  // A small network that has come, as long as nothing is wrong with those that are awaited.
  #findStandIn() {
    const awaited = this.#awaited();
    if (awaited.some(({ problem }) => problem)) return null;
    const small = this.#findSmall(awaited);
    return small?.network ? small : null;
  }
}

function readBy(networks, { drawing }) {
  try {
    const seen = stages(drawing);
    return { stages: seen, image: seen.image, readings: networks.map((one) => dropLayers(one.read(seen.image))) };
  } catch (error) {
    const [{ name }] = networks;
    return { problem: { code: "failed", values: { message: String(error) }, network: name, again: null } };
  }
}

// They are for who looks inside (ui/inside/inspection.js).
const dropLayers = ({ layers, ...reading }) => reading;

// In hexadecimal; null where the browser computes none, since the page came by plain http from another machine.
async function hash(bytes) {
  if (!globalThis.crypto?.subtle) return null;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// The weights in the bytes of a file: little-endian numbers, as every browser of today has them in memory.
export function decode(bytes, dtype) {
  return dtype === "float16" ? widen(new Uint16Array(bytes)) : new Float32Array(bytes);
}

// float16 to float32, whose bits are 1 of sign, 5 and 8 of exponent, 10 and 23 of fraction (IEEE 754). By whole
// numbers, since 421,642 powers of two take 70 ms, and this 2.
function widen(halves) {
  const values = new Float32Array(halves.length);
  const bits = new Uint32Array(values.buffer);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i];
    const sign = (half & 0x8000) << 16;
    const exponent = half & 0x7c00;
    if (exponent === 0x7c00) bits[i] = sign | 0x7f800000 | ((half & 0x3ff) << 13); // infinite, or no number
    else if (exponent) bits[i] = sign | (((half & 0x7fff) << 13) + ((127 - 15) << 23));
    else values[i] = (sign ? -1 : 1) * (half & 0x3ff) * 2 ** -24;
  }
  return values;
}
