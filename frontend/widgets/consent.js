// The consent banner: not modal, nothing moves. It is fetched only where it is to be shown.

/** @typedef {import("../core/consent.js").Said} Said */

/**
 * @param {HTMLElement} banner
 * @param {(said: Said) => Promise<void>} store
 * @param {boolean} asked the shopper opened it herself: focus goes in, and back afterwards
 * @param {string} said her answer so far
 */
export function start(banner, store, asked, said) {
  const form = /** @type {HTMLFormElement} */ (banner.querySelector("form"));
  const before = /** @type {HTMLElement | null} */ (document.activeElement);
  const box = (/** @type {string} */ name) =>
    /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
  const watch = new AbortController();
  const options = { signal: watch.signal };

  const close = () => {
    const had = banner.contains(document.activeElement);
    banner.removeAttribute("data-open");
    watch.abort();
    if (location.hash === "#clm-consent") history.replaceState(history.state, "", location.pathname + location.search);
    if (asked || had) before?.focus?.({ preventScroll: true });
  };

  box("analytics").checked = said === "1" || said === "a";
  box("personalisation").checked = said === "1";
  // What fits cannot be chosen without looking.
  form.addEventListener(
    "change",
    ({ target }) => {
      if (target === box("personalisation") && box("personalisation").checked) box("analytics").checked = true;
      if (target === box("analytics") && !box("analytics").checked) box("personalisation").checked = false;
    },
    options,
  );
  form.addEventListener(
    "submit",
    (event) => {
      event.preventDefault();
      const pressed = /** @type {HTMLButtonElement | null} */ (event.submitter)?.value;
      const every = pressed === "accept";
      store({
        analytics: every || (pressed === "choose" && box("analytics").checked),
        personalisation: every || (pressed === "choose" && box("personalisation").checked),
        textVersion: banner.dataset.version ?? "",
        text: banner.dataset.text ?? "",
      }).then(close, () => form.submit()); // the server says what is wrong
    },
    options,
  );
  if (asked)
    banner.addEventListener(
      "keydown",
      (event) => {
        if (event.key === "Escape") close();
      },
      options,
    );
  banner.setAttribute("data-open", "");
  if (asked) banner.querySelector("h2")?.focus();
}
