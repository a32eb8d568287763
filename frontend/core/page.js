// What page this is: path, where from, which campaign, which product, which search.
import { config } from "./config.js";
import { remember, remembered } from "./consent.js";
import { send } from "./queue.js";

const SEEN = "clm_seen";
const SESSION_MS = 30 * 60 * 1000;
const LONGEST = 300;
const CLICK = /^[0-9a-f-]{32,36}$/i;

/** @param {string | null | undefined} text */
const short = (text) => (text ?? "").slice(0, LONGEST);

export const path = () => short(location.pathname);

/** Whether this page begins a session: none before, or half an hour of silence. */
function beginsSession() {
  const last = Number(remembered(SEEN));
  noteActivity();
  return !last || Date.now() - last > SESSION_MS;
}

export function noteActivity() {
  remember(SEEN, String(Date.now()));
}

/** The page the shopper came from, if it was another site's; never its query. */
function referrer() {
  try {
    const from = new URL(document.referrer);
    return from.origin === location.origin ? "" : short(from.origin + from.pathname);
  } catch {
    return "";
  }
}

/**
 * Take the id of a mail's click out of the address, so that a shared link does not carry it on.
 * @param {URL} url
 */
function takeClick(url) {
  const click = url.searchParams.get("clm_click");
  if (click === null) return "";
  url.searchParams.delete("clm_click");
  history.replaceState(history.state, "", url);
  return CLICK.test(click) ? click : "";
}

/** @param {string} name */
const meta = (name) =>
  document.querySelector(`meta[name="clm:${name}"]`)?.getAttribute("content") ?? "";

/** The shop's id of the product this page is about, or "". */
export const productOf = () =>
  meta("product") ||
  (document.querySelector("clm-slot[product]")?.getAttribute("product") ?? "");

/** @returns {string[] | undefined} product and search; undefined where the server reports them */
export function reportPage() {
  const url = new URL(location.href);
  const query = url.searchParams;
  send("page.viewed", {
    path: path(),
    referrer: referrer(),
    source: short(query.get("utm_source")),
    medium: short(query.get("utm_medium")),
    campaign: short(query.get("utm_campaign")),
    click: takeClick(url),
    session: beginsSession(),
  });
  if (config.beacon !== "1") return undefined;
  const product = productOf();
  if (product) send("product.viewed", { product_id: product });
  // A theme names the search in a meta tag; without one, the usual address of a search page.
  const search = meta("search") || (/\/search\/?$/.test(url.pathname) ? query.get("q") : "");
  if (search) send("search.made", { query: short(search) });
  return [product, short(search)];
}
