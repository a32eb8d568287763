// The page's slots: asked for in one call, filled with the server's HTML, watched for what happens.
import { config } from "./config.js";
import { flush, flushLeaving, send } from "./queue.js";

const SHOWN_MS = 1000;

/**
 * @typedef {object} Widget
 * @property {string} html
 * @property {string} receipt "" where the decision is about nobody in particular
 * @property {string} kind
 */

/**
 * What a widget's own module gets: its slot, and a way to report.
 * @callback Report
 * @param {"shown" | "clicked" | "dismissed"} what
 * @param {Record<string, unknown>} [data]
 */

/** @typedef {{ start: (slot: Element, report: Report) => void }} WidgetModule */

const nameOf = (/** @type {Element} */ slot) => slot.getAttribute("name") ?? "";

/**
 * Ask what goes into the slots and put it there.
 * @param {"" | "exit"} signal "exit" asks for the overlay alone
 * @returns {Promise<string[]>} the signals to watch for
 */
export async function askSlots(signal) {
  const slots = [...document.querySelectorAll("clm-slot[name]")].filter(
    (slot) => !signal || nameOf(slot) === "overlay",
  );
  if (!slots.length) return [];
  try {
    const response = await fetch(config.decide, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        signal,
        slots: slots.slice(0, 16).map((slot) => ({
          name: nameOf(slot),
          product: slot.getAttribute("product") ?? "",
        })),
      }),
    });
    if (response.ok) {
      /** @type {{ slots: Record<string, Widget>, arm: string[] }} */
      const answer = await response.json();
      for (const slot of slots) fill(slot, answer.slots[nameOf(slot)]);
      return answer.arm;
    }
  } catch {
    // The page is complete without us.
  }
  slots.forEach((slot) => fill(slot, undefined));
  return [];
}

/** @param {Element} slot @param {Widget | undefined} widget */
function fill(slot, widget) {
  if (slot.hasAttribute("reserve")) giveBack(/** @type {HTMLElement} */ (slot));
  if (!widget) return slot.setAttribute("state", "empty");
  slot.innerHTML = widget.html;
  slot.setAttribute("state", "full");
  /** @type {Report} */
  const report = (what, data) => {
    if (widget.receipt) send(`widget.${what}`, { receipt: widget.receipt, ...data });
  };
  const content = slot.firstElementChild;
  if (!content) return;
  watchShown(content, () => report("shown"));
  content.addEventListener("click", (event) => {
    const hit = /** @type {Element} */ (event.target).closest("[data-clm-target]");
    if (!hit) return;
    report("clicked", { target: hit.getAttribute("data-clm-target") });
    if (hit instanceof HTMLAnchorElement) flushLeaving();
    else void flush();
  });
  const address = config[widget.kind];
  if (address)
    import(address)
      .then((/** @type {WidgetModule} */ module) => module.start(slot, report))
      .catch(() => {}); // the widget works as plain HTML, or stays closed
}

/**
 * Give up the room that is too much, but only what nobody sees go: what lies below the screen, and
 * above it where the browser keeps its place on the page meanwhile.
 * @param {HTMLElement} slot
 */
function giveBack(slot) {
  slot.style.minHeight = `${slot.offsetHeight}px`;
  const observer = new IntersectionObserver(
    ([entry]) => {
      if (!entry) return;
      const { top, bottom, height } = entry.boundingClientRect;
      const past = bottom <= 0 && CSS.supports("overflow-anchor", "auto");
      const seen = past ? 0 : Math.max(0, (entry.rootBounds?.bottom ?? innerHeight) - top);
      if (seen >= height) return;
      slot.style.minHeight = `${seen}px`;
      if (!seen) observer.disconnect();
    },
    { threshold: [0, 0.25, 0.5, 0.75, 1] },
  );
  observer.observe(slot);
}

/**
 * Half of it (or half a screen of it) in view for a second.
 * @param {Element} content @param {() => void} shown
 */
function watchShown(content, shown) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const observer = new IntersectionObserver(
    ([entry]) => {
      clearTimeout(timer);
      if (!entry) return;
      const enough =
        entry.intersectionRatio >= 0.5 || entry.intersectionRect.height >= innerHeight / 2;
      if (!entry.isIntersecting || !enough) return;
      timer = setTimeout(() => {
        if (document.visibilityState !== "visible") return;
        observer.disconnect();
        shown();
      }, SHOWN_MS);
    },
    { threshold: [0, 0.25, 0.5, 0.75, 1] },
  );
  observer.observe(content);
}
