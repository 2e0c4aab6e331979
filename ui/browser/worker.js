// The worker that reads, so that drawing never waits for reading: messages as reading.js has them.

import { Reading } from "./reading.js";

const reading = new Reading((message) => postMessage(message));

addEventListener("message", ({ data }) => reading.take(data));
postMessage({ started: true });
