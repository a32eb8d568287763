/* A search box with chips, for fields whose value is a JSON list of ids: <clm-pick> of the segment
   editor. Keyboard: arrows and Enter choose, Backspace in the empty box takes the last one out, Esc closes. */
(() => {
  const WAIT = 200;
  const names = new Map(); // "kind id" -> label, shared by all boxes of the page

  /** Countries need no server: the browser knows their codes and names. */
  function countries() {
    const told = new Intl.DisplayNames([document.documentElement.lang || "en"], { type: "region", fallback: "none" });
    const found = [];
    for (let a = 65; a <= 90; a += 1) {
      for (let b = 65; b <= 90; b += 1) {
        const id = String.fromCharCode(a, b);
        const label = told.of(id);
        if (label && !["EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"].includes(id)) found.push({ id, label, hint: id });
      }
    }
    return found.sort((one, other) => one.label.localeCompare(other.label));
  }
  let allCountries;

  function read(text) {
    if (!text) return [];
    try {
      const value = JSON.parse(text);
      return Array.isArray(value) ? value.map(String) : [String(value)];
    } catch {
      return String(text).split(",").map((item) => item.trim()).filter(Boolean);
    }
  }

  class PickController extends window.StimulusModule.Controller {
    static targets = ["value", "chips", "search", "list", "status"];
    static values = {
      url: String, kind: String, many: { type: Boolean, default: true }, remove: String, none: String, found: String,
      added: String, removed: String, failed: String,
    };

    connect() {
      this.choices = [];
      this.active = -1;
      this.asked = 0;
      this.listeners = new AbortController();
      const { signal } = this.listeners;
      this.searchTarget.addEventListener("input", () => this.later(), { signal });
      this.searchTarget.addEventListener("click", () => this.later(), { signal });
      this.searchTarget.addEventListener("keydown", (event) => this.key(event), { signal });
      this.searchTarget.addEventListener("blur", () => setTimeout(() => this.close(), 150), { signal });
      this.listTarget.addEventListener("mousedown", (event) => event.preventDefault(), { signal });
      this.listTarget.addEventListener("click", (event) => {
        const option = event.target.closest("[data-at]");
        if (option) this.choose(Number(option.dataset.at));
      }, { signal });
      this.chipsTarget.addEventListener("click", (event) => {
        const button = event.target.closest("button");
        if (button) this.take(button.dataset.id);
      }, { signal });
      this.draw();
    }

    disconnect() {
      this.listeners.abort();
      clearTimeout(this.timer);
    }

    get ids() { return read(this.valueTarget.value); }

    set ids(ids) {
      this.valueTarget.value = ids.length ? JSON.stringify(ids) : "";
      this.valueTarget.dispatchEvent(new Event("change", { bubbles: true }));
      this.draw();
    }

    name(id) { return names.get(`${this.kindValue} ${id}`) || id; }

    remember(items) { for (const { id, label } of items) names.set(`${this.kindValue} ${id}`, label); }

    async ask(params) {
      if (this.kindValue === "country") {
        allCountries ||= countries();
        const wanted = (params.q || "").toLowerCase();
        const { ids } = params;
        return ids
          ? allCountries.filter((one) => ids.includes(one.id))
          : allCountries.filter((one) => one.label.toLowerCase().includes(wanted) || one.id.toLowerCase() === wanted).slice(0, 12);
      }
      if (!this.urlValue) return [];
      const query = new URLSearchParams(params.ids ? { ids: JSON.stringify(params.ids) } : params);
      const answer = await fetch(`${this.urlValue}?${query}`, {
        headers: { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" },
      });
      if (!answer.ok) throw new Error(String(answer.status));
      return (await answer.json()).items;
    }

    async draw() {
      const { ids } = this;
      const unknown = ids.filter((id) => !names.has(`${this.kindValue} ${id}`));
      this.paint(ids);
      if (!unknown.length) return;
      try {
        this.remember(await this.ask({ ids: unknown }));
        this.paint(this.ids);
      } catch { /* the ids stay readable as they are */ }
    }

    paint(ids) {
      this.chipsTarget.replaceChildren(...ids.map((id) => {
        const chip = document.createElement("li");
        const label = document.createElement("span");
        const button = document.createElement("button");
        label.textContent = this.name(id);
        button.type = "button";
        button.dataset.id = id;
        button.setAttribute("aria-label", `${this.removeValue} ${this.name(id)}`);
        button.textContent = "×";
        chip.className = "clm-pick__chip";
        chip.append(label, button);
        return chip;
      }));
      this.element.classList.toggle("clm-pick--full", !this.manyValue && ids.length > 0);
    }

    later() {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.look(), WAIT);
    }

    async look() {
      const number = ++this.asked;
      try {
        const found = await this.ask({ q: this.searchTarget.value.trim() });
        if (number !== this.asked || document.activeElement !== this.searchTarget) return;
        this.remember(found);
        const chosen = this.ids;
        this.show(found.filter(({ id }) => !chosen.includes(id)));
      } catch {
        if (number === this.asked) this.say(this.failedValue, true);
      }
    }

    show(choices) {
      this.choices = choices;
      this.active = -1;
      this.listTarget.replaceChildren(...choices.map(({ label, hint }, at) => {
        const option = document.createElement("li");
        option.id = `${this.listTarget.id}-${at}`;
        option.dataset.at = String(at);
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.textContent = label;
        if (hint) {
          const small = document.createElement("small");
          small.textContent = hint;
          option.append(" ", small);
        }
        return option;
      }));
      if (!choices.length) {
        this.say(this.noneValue, true);
        return;
      }
      this.open(true);
      this.say(`${choices.length} ${this.foundValue}`);
    }

    say(text, shown = false) {
      this.statusTarget.textContent = text;
      if (!shown) return;
      const line = document.createElement("li");
      line.className = "clm-pick__none";
      line.setAttribute("role", "option");
      line.setAttribute("aria-disabled", "true");
      line.textContent = text;
      this.choices = [];
      this.listTarget.replaceChildren(line);
      this.open(true);
    }

    open(is) {
      this.listTarget.hidden = !is;
      this.searchTarget.setAttribute("aria-expanded", String(is));
      if (!is) this.searchTarget.removeAttribute("aria-activedescendant");
    }

    close() { this.open(false); this.active = -1; }

    key(event) {
      const closed = this.listTarget.hidden;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (closed) { this.look(); return; }
        this.move(event.key === "ArrowDown" ? 1 : -1);
      } else if (event.key === "Enter") {
        event.preventDefault(); // never the form's
        if (!closed && this.choices.length) this.choose(Math.max(this.active, 0));
        else if (!closed || !this.urlValue) this.typed();
      } else if (event.key === "Escape" && !closed) {
        event.stopPropagation();
        this.close();
      } else if (event.key === "Backspace" && !this.searchTarget.value) {
        const { ids } = this;
        if (ids.length) this.take(ids[ids.length - 1]);
      }
    }

    move(step) {
      const count = this.choices.length;
      if (!count) return;
      this.active = (this.active + step + count) % count;
      [...this.listTarget.children].forEach((option, at) => {
        option.setAttribute("aria-selected", String(at === this.active));
        if (at !== this.active) return;
        this.searchTarget.setAttribute("aria-activedescendant", option.id);
        option.scrollIntoView({ block: "nearest" });
      });
    }

    /** An id typed by hand, for what the search does not find (a product that left the shop). */
    typed() {
      const text = this.searchTarget.value.trim();
      if (!text || this.kindValue !== "product") return;
      this.put(text);
    }

    choose(at) {
      const choice = this.choices[at];
      if (choice) this.put(choice.id);
    }

    put(id) {
      this.ids = this.manyValue ? [...new Set([...this.ids, id])] : [id];
      this.searchTarget.value = "";
      this.close();
      this.say(`${this.name(id)} ${this.addedValue}`);
      this.searchTarget.focus();
    }

    take(id) {
      const label = this.name(id);
      this.ids = this.ids.filter((one) => one !== id);
      this.say(`${label} ${this.removedValue}`);
      this.searchTarget.focus();
    }
  }

  if (!window.clmPickIsHere) {
    window.clmPickIsHere = true;
    window.wagtail.app.register("clm-pick", PickController);
    const Widget = window.telepath.constructors["wagtail.widgets.Widget"];
    const Bound = new Widget("").boundWidgetClass;
    /** To Wagtail: the label leads to the search box, and a block's summary says names, not ids. */
    class BoundPick extends Bound {
      constructor(...args) {
        super(...args);
        if (this.input.id) this.idForLabel = `${this.input.id}-search`;
      }

      getValueForLabel() {
        const chips = this.input.closest(".clm-pick")?.querySelectorAll(".clm-pick__chip span") || [];
        return [...chips].map((chip) => chip.textContent).join(", ");
      }

      focus() { this.input.closest(".clm-pick")?.querySelector(".clm-pick__search")?.focus(); }
    }
    window.telepath.register("clm.Pick", class extends Widget { boundWidgetClass = BoundPick; });
  }
})();
