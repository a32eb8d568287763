// What a storefront on Node tells, with the vendor's own client.
//   node tell.mjs <url of the shop> <path under it> <write key> <visitor id> <wanted answers>
import { Analytics } from "@segment/analytics-node";

const [url, path, writeKey, anonymousId] = process.argv.slice(2);
if (!url || !path || !writeKey || !anonymousId) throw new Error("four arguments");

const analytics = new Analytics({ writeKey, host: url, path, maxRetries: 1 });
/** @type {string[]} */
const failures = [];
analytics.on("error", (error) => failures.push(`${error.code}: ${String(error.reason)}`));
/** @type {unknown[]} */
const answers = [];
analytics.on("http_response", ({ status }) => answers.push(status));

const lines = [{ product_id: "1", price: 4.5, quantity: 2, category: "Tea" }];
analytics.page({ anonymousId, name: "Tea", properties: { url: "https://www.example.com/tea" } });
analytics.track({ anonymousId, event: "Product Viewed", properties: lines[0] });
analytics.identify({
  userId: "17",
  anonymousId,
  traits: { email: "ann@example.com", firstName: "Ann", plan: "gold" },
});
analytics.track({
  userId: "17",
  event: "Cart Viewed",
  properties: { cart_id: "c1", products: lines, currency: "GBP" },
});
analytics.track({
  userId: "17",
  event: "Order Completed",
  properties: { order_id: "o-1", cart_id: "c1", total: 9, currency: "GBP", products: lines },
});
analytics.group({ userId: "17", groupId: "acme", traits: { seats: 3 } });
await analytics.closeAndFlush({ timeout: 10_000 });
console.log(JSON.stringify({ failures, answers }));
