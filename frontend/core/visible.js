// Pages that are fetched ahead, or opened in a tab behind, have not been seen yet.

/**
 * Run once the shopper sees the page: after prerendering and in front.
 * @param {() => void} start
 */
export function whenVisible(start) {
  const look = () => {
    if (/** @type {any} */ (document).prerendering || document.visibilityState !== "visible") return;
    document.removeEventListener("visibilitychange", look);
    document.removeEventListener("prerenderingchange", look);
    start();
  };
  document.addEventListener("visibilitychange", look);
  document.addEventListener("prerenderingchange", look);
  look();
}

/** @param {() => void} leave runs each time the page is hidden or left */
export function whenHidden(leave) {
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") leave();
  });
  addEventListener("pagehide", leave);
}
