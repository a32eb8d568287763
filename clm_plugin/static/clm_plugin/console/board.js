/** The board: its print button, shown only where a script can press it. */
for (const button of document.querySelectorAll("[data-clm-print]")) {
  button.removeAttribute("hidden");
  button.addEventListener("click", () => window.print());
}
