// Starts everything, once the shopper sees the page and as far as she agreed.
import { answer, browserRefuses, mayAsk, mayTrack, said } from "./consent.js";
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
    const told = reportPage();
    if (config.layer)
      import(config.layer).then((reader) => reader.start(send, told)).catch(() => {});
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

/**
 * What a consent banner calls: the shopper's answer, purpose by purpose.
 * @param {import("./consent.js").Said} given
 */
async function consent(given) {
  if (!given.analytics && !given.personalisation) {
    drop();
    armed = [];
  }
  await answer(given);
  if (mayTrack()) {
    // What could not be decided before may be decided now.
    asked = false;
    whenVisible(start);
  }
  const detail = { analytics: mayTrack(), personalisation: said() === "1" };
  document.dispatchEvent(new CustomEvent("clm:consent", { detail }));
}
consent.grant = (/** @type {string} */ textVersion) =>
  consent({ analytics: true, personalisation: true, textVersion });
consent.withdraw = () => consent({});
consent.granted = mayTrack;

/** The banner, where the page has one: for who has not answered, and for who asks for it. */
function watchBanner() {
  const banner = document.querySelector("[data-clm-consent]");
  if (!banner) return;
  const open = (/** @type {boolean} */ byHer) =>
    import(String(config.banner))
      .then((module) => module.start(banner, consent, byHer, said()))
      .catch(() => {});
  document.addEventListener("click", (event) => {
    if (!(/** @type {Element} */ (event.target).closest('a[href$="#clm-consent"]'))) return;
    event.preventDefault();
    open(true);
  });
  if (location.hash === "#clm-consent") open(true);
  else if (!said() && !browserRefuses()) open(false);
}

/** @type {any} */ (window).clm = { consent };
try {
  whenVisible(start);
  whenVisible(watchBanner);
} catch {
  // The shop's page must not suffer from us.
}
