// What the page's {% clm_head %} tag says: paths, rules of consent, addresses of the widgets' code.

/**
 * @typedef {object} Config
 * @property {string} collect path that takes events
 * @property {string} decide path that fills slots
 * @property {string} consent path that takes the shopper's own answer
 * @property {string} cookie name of the cookie that holds it
 * @property {string} [layer] address of the reader of dataLayer, where the shop wants it
 * @property {"0" | "1"} ask nothing may happen before the shopper agreed
 * @property {"0" | "1"} gpc Global Privacy Control counts as a refusal
 * @property {"0" | "1"} beacon browsing is reported from here (else the shop reports it)
 */

const script = /** @type {HTMLScriptElement | null} */ (
  document.currentScript ?? document.querySelector("script[data-clm]")
);

/** @type {Config & Record<string, string>} */
export const config = /** @type {any} */ ({ ...script?.dataset });
