// The popup: the browser's own modal dialog, which keeps the focus in, closes on Escape and hides the
// rest of the page from assistive technology.

/** @typedef {import("../core/slots.js").Report} Report */

/** @param {Element} slot @param {Report} report */
export function start(slot, report) {
  const dialog = slot.querySelector("dialog");
  // Never over another one: the shop's own dialog may have opened since we asked.
  if (!dialog || document.querySelector("dialog[open]")) return;
  const before = /** @type {HTMLElement | null} */ (document.activeElement);
  let followed = false;
  let pressedOn = /** @type {EventTarget | null} */ (null);

  dialog.addEventListener("pointerdown", (event) => {
    pressedOn = event.target;
  });
  dialog.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (target.closest("[data-clm-target]")) followed = true;
    // The panel fills the dialog, so a press on the dialog itself was on the backdrop.
    else if (target.closest("[data-clm-close]") || (target === dialog && pressedOn === dialog))
      dialog.close();
  });
  dialog.addEventListener("close", () => {
    if (!followed) report("dismissed");
    slot.replaceChildren();
    before?.focus?.({ preventScroll: true });
  });
  dialog.showModal();
}
