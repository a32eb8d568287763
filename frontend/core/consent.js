// Who may be told about whom. The server decides by its own cookie, which no script can read; here
// we remember the same answer, so that a shopper who refused costs no call at all.
import { config } from "./config.js";

const ANSWER = "clm_answer";

/** @param {string} key @returns {string | null} */
export function remembered(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage is switched off
  }
}

/** @param {string} key @param {string} value */
export function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Storage is switched off or full: the visit counts as a new session each time.
  }
}

/** Whether anything may be stored or reported about this visitor. */
export function mayTrack() {
  const answer = remembered(ANSWER);
  if (answer) return answer === "1";
  const refused =
    config.gpc === "1" && /** @type {any} */ (navigator).globalPrivacyControl === true;
  return !refused && config.ask !== "1";
}

/** Whether slots may be filled with what everybody gets: not before a required consent. */
export function mayAsk() {
  return mayTrack() || config.ask !== "1";
}

/**
 * Keep the shopper's answer, here and in the cookie that the server goes by.
 * @param {boolean} granted
 * @param {string} [textVersion] which text she agreed to
 */
export async function answer(granted, textVersion = "") {
  const response = await fetch(config.consent, {
    method: "POST",
    keepalive: true,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ granted, text_version: textVersion }),
  });
  if (!response.ok) throw new Error(`consent was not stored: ${response.status}`);
  remember(ANSWER, granted ? "1" : "0");
}
