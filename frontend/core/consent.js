// Who may be told about whom. The server decides by the consent cookie; the script reads the same
// one, so that a shopper who refused costs no call at all.
import { config } from "./config.js";

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

/** The shopper's own answer: "1" yes, "a" to measuring only, "0" no, "" none yet. */
export function said() {
  const start = `${config.cookie}=`;
  const found = document.cookie.split("; ").find((each) => each.startsWith(start));
  return found ? found.slice(start.length) : "";
}

/** Whether the browser itself says no, and the shop takes its word. */
export const browserRefuses = () =>
  config.gpc === "1" && /** @type {any} */ (navigator).globalPrivacyControl === true;

/** Whether anything may be stored or reported about this visitor. */
export function mayTrack() {
  const answer = said();
  return answer ? answer !== "0" : !browserRefuses() && config.ask !== "1";
}

/** Whether slots may be filled with what everybody gets: not before a required consent. */
export function mayAsk() {
  return mayTrack() || config.ask !== "1";
}

/**
 * @typedef {object} Said
 * @property {boolean} [analytics]
 * @property {boolean} [personalisation] includes analytics
 * @property {string} [textVersion] which text she agreed to
 * @property {string} [text] hash of that text
 */

/**
 * Store the shopper's answer; the cookie comes with the server's.
 * @param {Said} answer
 */
export async function answer({ analytics, personalisation, textVersion, text }) {
  const response = await fetch(config.consent, {
    method: "POST",
    keepalive: true,
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      analytics: !!(analytics || personalisation),
      personalisation: !!personalisation,
      text_version: textVersion ?? "",
      text: text ?? "",
    }),
  });
  if (!response.ok) throw new Error(`consent was not stored: ${response.status}`);
}
