// The page behind an answer in a mail: somebody who looks at it for a second has answered.
// Scanners fetch every link, and some run scripts; none of them keeps a page in view.

const LOOKED_MS = 1000;

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("[data-clm-answer]"));
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

function watch() {
  clearTimeout(timer);
  if (document.visibilityState === "visible") timer = setTimeout(tell, LOOKED_MS);
}

async function tell() {
  const state = form?.querySelector("[data-clm-state]");
  if (!form || !(state instanceof HTMLElement)) return;
  document.removeEventListener("visibilitychange", watch);
  try {
    const response = await fetch(location.pathname, { method: "POST", body: new FormData(form) });
    if (response.ok) state.textContent = state.dataset.noted ?? "";
  } catch {
    // The button is there.
  }
}

document.addEventListener("visibilitychange", watch);
watch();
