/* Shows the panel "Who is in" beside a segment on a wide screen, until somebody closes it there. */
addEventListener("load", () => {
  const KEY = "clm:segment-panel";
  const panel = document.querySelector('[data-side-panel="preview"]');
  if (!panel) return;
  const keep = (state) => { try { localStorage.setItem(KEY, state); } catch { /* storage is off */ } };
  let closed = false;
  try { closed = localStorage.getItem(KEY) === "closed"; } catch { /* storage is off */ }
  setTimeout(() => {
    if (panel.hidden && !closed && innerWidth >= 1000) panel.dispatchEvent(new CustomEvent("open"));
    panel.addEventListener("show", () => keep("open"));
    panel.addEventListener("hide", () => keep("closed"));
  }, 50);
});
