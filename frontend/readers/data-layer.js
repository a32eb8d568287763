// What a shop already pushes for GA4: dataLayer.push({event, ecommerce}) and gtag("event", …). Its
// words stop here. Nothing of it is an order or a basket: those the shop's server tells; a page can
// only hint at them, under the names that other front ends use too.

/** @typedef {Record<string, unknown>} Told */
/** @typedef {(type: string, data: Told) => void} Send */

const MOST = 100;
const LONGEST = 64;
const HINTS = /** @type {Record<string, string>} */ ({
  select_item: "Product Clicked",
  add_to_cart: "Product Added",
  remove_from_cart: "Product Removed",
  view_cart: "Cart Viewed",
  begin_checkout: "Checkout Started",
  add_shipping_info: "Checkout Step Completed",
  add_payment_info: "Payment Info Entered",
  add_to_wishlist: "Product Added to Wishlist",
  view_promotion: "Promotion Viewed",
  select_promotion: "Promotion Clicked",
  purchase: "Order Completed",
});

/** @param {unknown} value @param {number} [most] */
const text = (value, most = LONGEST) =>
  typeof value === "string" || typeof value === "number" ? String(value).trim().slice(0, most) : "";

/** @param {unknown} value @returns {Told} */
const object = (value) =>
  value !== null && typeof value === "object" ? /** @type {Told} */ (value) : {};

/** @param {Told} told the ids of its items */
function products(told) {
  const items = Array.isArray(told.items) ? told.items : [];
  return items
    .slice(0, MOST)
    .map((item) => text(object(item).item_id))
    .filter(Boolean);
}

/**
 * @param {Told} told
 * @returns {Told} what a hint says: ids and numbers, and nothing that could be about a person
 */
function hint(told) {
  const first = object(Array.isArray(told.items) ? told.items[0] : undefined);
  /** @type {Told} */
  const properties = { reader: "dataLayer", product_ids: products(told) };
  for (const [ours, value] of [
    ["order_id", told.transaction_id],
    ["list_id", told.item_list_id],
    ["coupon", told.coupon],
    ["promotion_id", told.promotion_id],
    ["currency", told.currency],
    ["product_id", text(first.item_id)],
  ])
    if (text(value)) properties[String(ours)] = text(value);
  for (const [ours, value] of [
    ["value", told.value],
    ["quantity", first.quantity],
    ["price", first.price],
  ])
    if (Number.isFinite(value)) properties[String(ours)] = value;
  return properties;
}

/**
 * An entry's event and its parameters, in either form; undefined for anything else.
 * @param {unknown} entry
 * @returns {[string, Told] | undefined}
 */
function parts(entry) {
  const told = object(entry);
  // gtag() pushes its arguments as they are.
  if (told[0] === "event" && typeof told[1] === "string") return [told[1], object(told[2])];
  if (typeof told.event !== "string") return undefined;
  return [told.event, { ...told, ...object(told.ecommerce) }];
}

/**
 * @param {Send} send
 * @param {string[] | undefined} told product and search that the page's own tags reported already;
 *   undefined where the shop's server reports them
 */
export function start(send, told) {
  const host = /** @type {any} */ (window);
  /** @type {unknown[]} */
  const layer = (host.dataLayer ??= []);
  if (!Array.isArray(layer)) return;
  /** @type {WeakSet<object>} */
  const read = new WeakSet();
  const known = new Set((told ?? []).map((value) => location.pathname + value));

  /** The same product or search counts once on a page. @param {string} value */
  const isNew = (value) => {
    const key = location.pathname + value;
    return Boolean(told && value && !known.has(key) && known.add(key));
  };

  /** @param {string} event @param {Told} more */
  function report(event, more) {
    if (event === "view_item") {
      for (const id of products(more).slice(0, 5))
        if (isNew(id)) send("product.viewed", { product_id: id });
    } else if (event === "search" || event === "view_search_results") {
      const query = text(more.search_term, 300);
      if (isNew(query)) send("search.made", { query });
    } else if (event === "view_item_list") {
      const ids = products(more);
      const list = text(more.item_list_id) || text(more.item_list_name);
      if (ids.length || list) send("list.viewed", { list_id: list, product_ids: ids });
    } else if (Object.hasOwn(HINTS, event))
      send("custom.tracked", { name: HINTS[event], properties: hint(more) });
  }

  // Others wrap push too, or shorten the list: so all of it is looked through, each entry once.
  function look() {
    for (const entry of [...layer]) {
      if (entry === null || typeof entry !== "object" || read.has(entry)) continue;
      read.add(entry);
      try {
        const found = parts(entry);
        if (found) report(...found);
      } catch {
        // An entry that cannot be read is not ours to mend.
      }
    }
  }

  const push = layer.push;
  layer.push = function (...entries) {
    const length = push.apply(layer, entries);
    look();
    return length;
  };
  // For entries that came past our push: a tag manager may have put its own in its place.
  document.addEventListener("visibilitychange", look);
  look();
}
