// Events on their way: collected, sent in batches, sent again when the shop could not store them.
import { config } from "./config.js";
import { mayTrack } from "./consent.js";

const BATCH = 40;
const MOST = 200;
const FIRST_WAIT = 300;
const LONGEST_WAIT = 60_000;

/**
 * @typedef {object} Waiting
 * @property {string} id
 * @property {string} type
 * @property {Record<string, unknown>} data
 * @property {number} at when it happened, on the page's own clock
 */

/** @type {Waiting[]} */
let waiting = [];
let wait = FIRST_WAIT;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

const randomId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  ).join("");

/** @param {string} type @param {Record<string, unknown>} data */
export function send(type, data) {
  if (!mayTrack() || waiting.length >= MOST) return;
  waiting.push({ id: randomId(), type, data, at: performance.now() });
  timer ??= setTimeout(flush, wait);
}

/** Forget what has not been sent yet. */
export function drop() {
  waiting = [];
}

/** @param {Waiting[]} batch */
const bodyOf = (batch) =>
  JSON.stringify({
    events: batch.map(({ at, ...event }) => ({
      ...event,
      age: Math.max(0, Math.round(performance.now() - at)),
    })),
  });

/** Send now, from a page that stays. Ids make it safe to send the same events again. */
export async function flush() {
  clearTimeout(timer);
  timer = undefined;
  if (!waiting.length || !mayTrack()) return;
  const batch = waiting.splice(0, BATCH);
  let stored = false;
  try {
    const response = await fetch(config.collect, {
      method: "POST",
      keepalive: true,
      headers: { "Content-Type": "text/plain" },
      body: bodyOf(batch),
    });
    // 4xx: it will not be taken the next time either.
    stored = response.status < 500;
  } catch {
    // No network just now.
  }
  wait = stored ? FIRST_WAIT : Math.min(wait * 4, LONGEST_WAIT);
  if (!stored) waiting = batch.concat(waiting).slice(0, MOST);
  if (waiting.length) timer ??= setTimeout(flush, wait);
}

/** Send now, from a page that may be gone in a moment. */
export function flushLeaving() {
  while (waiting.length && mayTrack()) {
    const batch = waiting.slice(0, BATCH);
    if (!navigator.sendBeacon(config.collect, bodyOf(batch))) return;
    waiting = waiting.slice(BATCH);
  }
}
