// How long the page was in front, and how far down the shopper got.
import { path } from "./page.js";
import { send } from "./queue.js";
import { whenHidden } from "./visible.js";

export function watchReading() {
  let since = performance.now();
  let furthest = 0;

  const measure = () => {
    const whole = document.documentElement.scrollHeight;
    if (whole) furthest = Math.max(furthest, Math.min(1, (scrollY + innerHeight) / whole));
  };

  addEventListener("scroll", measure, { passive: true });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") since = performance.now();
  });
  whenHidden(() => {
    const seconds = Math.round((performance.now() - since) / 1000);
    if (seconds < 1) return;
    since = performance.now();
    measure();
    // Each report adds to the last: seconds since then, and the furthest point so far.
    send("page.read", { path: path(), seconds, scroll: Math.round(furthest * 100) });
  });
}
