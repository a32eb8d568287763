// The bundle: the total follows the chosen variants, and "add all" stays on the page.

/** @typedef {import("../core/slots.js").Report} Report */

/** @param {Element} slot @param {Report} _report clicks are reported for all widgets alike */
export function start(slot, _report) {
  const form = slot.querySelector("form");
  if (!form) return;
  form.addEventListener("change", () => showTotal(form));
  // A variant may have been chosen before this module was here.
  if (form.querySelector("select")) showTotal(form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void add(form);
  });
}

/** @param {HTMLFormElement} form */
function showTotal(form) {
  let total = 0;
  for (const item of form.querySelectorAll("[data-minor]:not(option)")) {
    const option = item.querySelector("select")?.selectedOptions[0];
    const price = item.querySelector(".clm-price");
    if (option && price) price.textContent = option.dataset.price ?? "";
    total += Number(option?.dataset.minor ?? item.getAttribute("data-minor"));
  }
  const place = form.querySelector("[data-clm-total]");
  const currency = form.closest("[data-currency]")?.getAttribute("data-currency") ?? "";
  if (!place || !currency) return;
  const style = new Intl.NumberFormat(document.documentElement.lang || undefined, {
    style: "currency",
    currency,
  });
  const digits = style.resolvedOptions().maximumFractionDigits ?? 2;
  place.textContent = style.format(total / 10 ** digits);
}

/** @param {HTMLFormElement} form */
async function add(form) {
  const button = form.querySelector("button");
  const status = /** @type {HTMLElement | null} */ (form.querySelector(".clm-status"));
  if (!button || !status || button.getAttribute("aria-disabled") === "true") return;
  // Not "disabled", which would drop the focus of who pressed it by key.
  button.setAttribute("aria-disabled", "true");
  status.textContent = "";
  try {
    const response = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new FormData(form),
    });
    const answer = await response.json();
    status.textContent = answer.message || status.dataset.error || "";
    if (response.ok) {
      const link = document.createElement("a");
      link.href = answer.basket_url;
      link.textContent = status.dataset.basket ?? "";
      status.append(" ", link);
      document.dispatchEvent(new CustomEvent("clm:basket-changed", { detail: answer }));
    }
  } catch {
    status.textContent = status.dataset.error ?? "";
  }
  button.removeAttribute("aria-disabled");
}
