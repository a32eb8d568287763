// Starts everything, once the shopper sees the page and as far as she agreed.
import { answer, mayAsk, mayTrack } from "./consent.js";
import { watchExit } from "./exit.js";
import { noteActivity, path, reportPage } from "./page.js";
import { drop, flush, flushLeaving, send } from "./queue.js";
import { watchReading } from "./reading.js";
import { askSlots } from "./slots.js";
import { whenHidden, whenVisible } from "./visible.js";
import { config } from "./config.js";

const OPEN_DIALOG = "dialog[open], [aria-modal='true']:not([hidden])";

let tracking = false;
let asked = false;
/** @type {string[]} */
let armed = [];

function start() {
  if (mayTrack() && !tracking) {
    tracking = true;
    reportPage();
    if (config.beacon === "1") watchReading();
    // After watchReading, so that its report is on board when we leave.
    whenHidden(() => {
      if (!mayTrack()) return;
      noteActivity();
      flushLeaving();
    });
    watchExit(leaving);
  }
  if (mayAsk() && !asked) {
    asked = true;
    void askSlots("").then((arm) => (armed = arm));
  }
}

/**
 * @param {string} signal
 * @returns {boolean} whether the signal was used up
 */
function leaving(signal) {
  if (!mayTrack() || document.querySelector(OPEN_DIALOG)) return false;
  send("exit.signalled", { signal, path: path() });
  if (armed.includes("exit")) void flush().then(() => askSlots("exit"));
  return true;
}

/** What the shop's consent banner calls. */
const consent = {
  /** @param {string} [textVersion] */
  async grant(textVersion) {
    await answer(true, textVersion);
    // What could not be decided before may be decided now.
    asked = false;
    whenVisible(start);
  },
  async withdraw() {
    drop();
    armed = [];
    await answer(false);
  },
  granted: mayTrack,
};

/** @type {any} */ (window).clm = { consent };
try {
  whenVisible(start);
} catch {
  // The shop's page must not suffer from us.
}
