// The editor of paragraphs: what is typed is kept on the server as the writer's own draft, and found again after a crash.
// Without this file the forms save as they always did.
const PAUSE = 1200;
const AGAIN = 5000;
const say = document.querySelector("[data-editor-words]")?.dataset ?? {};

class Keeper {
  constructor(area) {
    this.area = area;
    this.form = area.form;
    this.status = document.getElementById(area.getAttribute("aria-describedby"));
    this.kept = area.value;
    this.timer = 0;
    this.running = false;
    area.addEventListener("input", () => this.typed());
    this.form.addEventListener("submit", () => {
      clearTimeout(this.timer);
      this.kept = this.area.value;
    });
  }

  get waits() {
    return this.area.value !== this.kept;
  }

  typed() {
    if (this.status.textContent !== say.unsaved && this.waits) this.status.textContent = say.unsaved;
    this.later(PAUSE);
  }

  later(time) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), time);
  }

  async keep({ leaving = false } = {}) {
    if (!this.waits || (this.running && !leaving)) return;
    clearTimeout(this.timer);
    this.running = true;
    const text = this.area.value;
    const body = new FormData();
    body.set("csrfmiddlewaretoken", this.form.elements.csrfmiddlewaretoken.value);
    body.set("language", this.area.dataset.language);
    body.set("version", this.form.elements.version?.value ?? "0");
    body.set("text", text);
    try {
      // a request that outlives its page may carry 64 kB at most
      const answer = await fetch(this.area.dataset.draft, { method: "POST", body, keepalive: leaving && text.length < 20000 });
      const isOurs = answer.headers.get("Content-Type")?.startsWith("application/json");
      if (answer.ok && isOurs) {
        this.kept = text;
        this.status.textContent = (await answer.json()).sentence;
      } else if (answer.status >= 500) {
        this.status.textContent = say.offline;
        this.later(AGAIN);
      } else {
        this.status.textContent = answer.redirected || answer.status === 403 ? say.out : say.refused;
        if (answer.redirected) this.later(AGAIN);
      }
    } catch {
      this.status.textContent = say.offline;
      this.later(AGAIN);
    } finally {
      this.running = false;
      if (this.waits && this.area.value !== text) this.later(PAUSE);
    }
  }
}

const keepers = [...document.querySelectorAll("textarea[data-draft]")].map((area) => new Keeper(area));
for (const help of document.querySelectorAll("[data-editor-words]")) help.hidden = false;

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") for (const keeper of keepers) keeper.keep({ leaving: true });
});

window.addEventListener("beforeunload", (event) => {
  if (keepers.some((keeper) => keeper.waits)) event.preventDefault();
});

window.addEventListener("online", () => keepers.forEach((keeper) => keeper.keep()));

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "s") return;
  const form = event.target.closest?.("form");
  if (!form?.querySelector("textarea[data-draft]")) return;
  event.preventDefault();
  form.requestSubmit();
});
