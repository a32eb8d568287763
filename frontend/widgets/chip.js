// The chip: closes on Escape and on a press elsewhere, and stays on the screen. It opens without us.

/** @param {Element} slot */
export function start(slot) {
  const chip = /** @type {HTMLDetailsElement | null} */ (slot.querySelector("[data-clm-chip]"));
  const panel = /** @type {HTMLElement | null} */ (chip?.querySelector(".clm-chip-panel"));
  if (!chip || !panel) return;

  chip.addEventListener("toggle", () => {
    panel.style.translate = "";
    if (!chip.open) return;
    const { left, right } = panel.getBoundingClientRect();
    const room = document.documentElement.clientWidth - 8;
    const over = Math.max(0, right - room) - Math.max(0, 8 - left);
    if (over) panel.style.translate = `${-over}px`;
  });
  document.addEventListener("pointerdown", (event) => {
    if (!chip.contains(/** @type {Node} */ (event.target))) chip.open = false;
  });
  chip.addEventListener("focusout", (event) => {
    const to = /** @type {Node | null} */ (event.relatedTarget);
    if (to && !chip.contains(to)) chip.open = false;
  });
  chip.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !chip.open) return;
    chip.open = false;
    chip.querySelector("summary")?.focus();
  });
}
