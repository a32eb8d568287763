// A question: choosing an answer tells it at once; a second question behind it may follow.
import { start as openDialog } from "./popup.js";

/** @typedef {import("../core/slots.js").Report} Report */

/** @param {Element} slot @param {Report} report */
export function start(slot, report) {
  const form = slot.querySelector("form");
  if (!form) return;
  if (slot.querySelector("dialog")) openDialog(slot, report);
  const then = /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll("[data-clm-then]"));
  const asksMore = Boolean(form.querySelector("textarea"));
  form.addEventListener("change", (event) => {
    if (/** @type {HTMLInputElement} */ (event.target).name !== "value") return;
    for (const part of then) part.hidden = !asksMore;
    report("clicked", { target: "answer" });
    void tell(form, !asksMore);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    report("clicked", { target: "send" });
    void tell(form, true);
  });
}

/** @param {HTMLFormElement} form @param {boolean} last nothing follows: say thank you */
async function tell(form, last) {
  const status = /** @type {HTMLElement} */ (form.querySelector(".clm-status"));
  const data = new FormData(form);
  try {
    const response = await fetch(form.action, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(Object.fromEntries(data)),
    });
    if (!response.ok) throw new Error(String(response.status));
    if (!last) return;
    status.textContent = status.dataset.thanks || status.dataset.default || "";
    form.dataset.done = "";
    for (const part of form.querySelectorAll("fieldset, label.clm-words, button")) part.remove();
  } catch {
    status.textContent = status.dataset.error ?? "";
  }
}
