// Signs that a shopper is about to leave. On a desktop the pointer goes out through the top edge,
// towards tabs and address; a phone shows it by a fast scroll up, a return after a while, or rest.

const SETTLED_MS = 1000;
const AWAY_MS = 5000;
const IDLE_MS = 30_000;
const WINDOW_MS = 200;
const FAST_PX = 300;

/**
 * @param {(signal: string) => boolean} fire takes the signal; false keeps the watch up
 */
export function watchExit(fire) {
  const born = performance.now();
  const watch = new AbortController();
  const options = { signal: watch.signal, passive: true };

  /** @param {string} signal */
  const raise = (signal) => {
    const typing = document.activeElement?.matches("input, textarea, select, [contenteditable]");
    if (typing || performance.now() - born < SETTLED_MS || !fire(signal)) return;
    watch.abort();
  };

  if (matchMedia("(hover: none), (pointer: coarse)").matches) watchTouch(raise, options);
  else
    document.addEventListener(
      "mouseout",
      (event) => {
        if (!event.relatedTarget && event.clientY <= 0) raise("pointer");
      },
      options,
    );
}

/**
 * @param {(signal: string) => void} raise
 * @param {{ signal: AbortSignal, passive: boolean }} options
 */
function watchTouch(raise, options) {
  let deepest = 0;
  let mark = { at: 0, y: 0 };
  let hiddenAt = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let rest;

  const stir = () => {
    clearTimeout(rest);
    if (!options.signal.aborted && document.visibilityState === "visible")
      rest = setTimeout(() => raise("idle"), IDLE_MS);
  };

  addEventListener(
    "scroll",
    () => {
      const at = performance.now();
      deepest = Math.max(deepest, scrollY);
      if (at - mark.at > WINDOW_MS) mark = { at, y: scrollY };
      if (mark.y - scrollY > FAST_PX && deepest > innerHeight) raise("scroll");
      stir();
    },
    options,
  );
  document.addEventListener(
    "visibilitychange",
    () => {
      if (document.visibilityState === "hidden") hiddenAt = performance.now();
      else if (hiddenAt && performance.now() - hiddenAt > AWAY_MS) raise("return");
      stir();
    },
    options,
  );
  for (const type of ["touchstart", "keydown", "pointerdown"]) addEventListener(type, stir, options);
  options.signal.addEventListener("abort", () => clearTimeout(rest));
  stir();
}
