// The worker that looks into networks, so that drawing never waits for it: messages as inspection.js has them.

import { Inspection } from "./inspection.js";

const inspection = new Inspection((message) => postMessage(message));

addEventListener("message", ({ data }) => inspection.take(data));
postMessage({ started: true });
