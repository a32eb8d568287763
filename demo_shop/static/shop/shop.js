// @ts-check
// Small comforts on top of pages that work without them.

/** Mobile menu: a disclosure button. */
for (const button of document.querySelectorAll("[data-menu]")) {
  const nav = document.getElementById(button.getAttribute("aria-controls") ?? "");
  button.addEventListener("click", () => {
    const open = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(open));
    nav?.toggleAttribute("data-open", open);
  });
}

/** Minus and plus beside a number; the form hears a change as if it were typed. */
for (const stepper of document.querySelectorAll("[data-stepper]")) {
  const input = /** @type {HTMLInputElement | null} */ (stepper.querySelector("input"));
  stepper.addEventListener("click", (event) => {
    const button = /** @type {Element} */ (event.target).closest("[data-step]");
    if (!button || !input) return;
    const wanted = (Number(input.value) || 0) + Number(button.getAttribute("data-step"));
    const lowest = Number(input.min) || (input.closest("[data-basket]") ? 0 : 1);
    input.value = String(Math.min(Number(input.max) || Infinity, Math.max(lowest, wanted)));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

/** The basket saves itself a moment after the last click. */
for (const form of document.querySelectorAll("[data-basket]")) {
  let timer = 0;
  for (const button of form.querySelectorAll("[data-update]")) button.setAttribute("hidden", "");
  form.addEventListener("change", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => /** @type {HTMLFormElement} */ (form).requestSubmit(), 600);
  });
}

/** A small picture shows itself large. */
for (const gallery of document.querySelectorAll("[data-gallery]")) {
  const main = /** @type {HTMLImageElement | null} */ (gallery.querySelector("[data-gallery-main]"));
  gallery.addEventListener("click", (event) => {
    const link = /** @type {Element} */ (event.target).closest("[data-gallery-item]");
    if (!link || !main) return;
    event.preventDefault();
    main.src = link.getAttribute("href") ?? main.src;
    for (const other of gallery.querySelectorAll("[data-gallery-item]")) other.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
  });
}

/** A chosen variant shows its own price and picture. */
for (const group of document.querySelectorAll("[data-variants]")) {
  const product = group.closest(".product");
  group.addEventListener("change", (event) => {
    const chosen = /** @type {HTMLInputElement} */ (event.target);
    const price = product?.querySelector(".product-buy [data-price]:not(input)");
    const from = product?.querySelector(".product-buy .from");
    const main = /** @type {HTMLImageElement | null | undefined} */ (product?.querySelector("[data-gallery-main]"));
    if (price && chosen.dataset.price) price.textContent = chosen.dataset.price;
    from?.remove();
    if (main && chosen.dataset.image) main.src = chosen.dataset.image;
  });
}

document.addEventListener("click", (event) => {
  const button = /** @type {Element} */ (event.target).closest("[data-dismiss-alert]");
  button?.closest("[data-alert]")?.remove();
});

/** What a widget put into the basket shows in the header at once. */
document.addEventListener("clm:basket-changed", (event) => {
  const link = document.querySelector(".basket-link");
  const added = /** @type {CustomEvent} */ (event).detail?.added?.length ?? 0;
  if (!link || !added) return;
  let count = link.querySelector(".count");
  if (!count) {
    count = document.createElement("b");
    count.className = "count";
    count.textContent = "0";
    link.append(count);
  }
  const number = /** @type {Text} */ (count.firstChild);
  number.data = String(Number(number.data) + added);
});

/** An order is placed once, however often the button is pressed. */
for (const form of document.querySelectorAll("[data-once]")) {
  form.addEventListener("submit", () => {
    for (const button of form.querySelectorAll("button")) button.disabled = true;
  });
}

/** The password is only asked of those who have one. */
for (const form of document.querySelectorAll("[data-gateway]")) {
  const show = () => {
    const chosen = /** @type {HTMLInputElement | null} */ (form.querySelector("[name=options]:checked"));
    for (const part of form.querySelectorAll("[data-when]")) {
      part.toggleAttribute("hidden", part.getAttribute("data-when") !== chosen?.value);
    }
  };
  form.addEventListener("change", show);
  show();
}

/** The tour's clock ticks, and shows how far a journey through time has come. */
for (const clock of document.querySelectorAll("[data-clock]")) {
  const now = clock.querySelector("[data-clock-now]");
  const journey = clock.querySelector("[data-clock-progress]");
  const bar = /** @type {HTMLProgressElement | null} */ (clock.querySelector("progress"));
  let running = !journey?.hasAttribute("hidden");
  const ask = async () => {
    const answer = await fetch(clock.getAttribute("data-clock") ?? "").catch(() => null);
    if (answer?.ok) {
      const state = await answer.json();
      if (now) now.textContent = state.now;
      if (bar) bar.value = state.percent;
      if (running && state.done) window.location.reload();
      running = !state.done;
      journey?.toggleAttribute("hidden", state.done);
    }
    window.setTimeout(ask, running ? 700 : 15000);
  };
  window.setTimeout(ask, 700);
}

export {};
