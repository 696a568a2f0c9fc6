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
  }

  get waits() {
    return this.area.value !== this.kept;
  }

  typed() {
    if (this.status.textContent !== say.unsaved && this.waits) this.status.textContent = say.unsaved;
    this.later(PAUSE);
  }

  sayOut() {
    const link = document.createElement("a");
    Object.assign(link, { href: say.signIn, target: "_blank", rel: "noopener", textContent: say.signInWords });
    this.status.replaceChildren(`${say.out} `, link);
  }

  later(time) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.keep(), time);
  }

  // True once the words are kept, or where the server refuses them for good; else it is said why not, and tried again.
  async keep({ leaving = false, again = false } = {}) {
    if (!this.waits) return true;
    if (this.running && !leaving && !again) return false;
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
        return true;
      } else if (answer.status >= 500) {
        this.status.textContent = say.offline;
        this.later(AGAIN);
      } else if (answer.status === 403 && !again && (await renewed())) {
        return await this.keep({ again: true });
      } else if (answer.redirected || answer.status === 403) {
        this.sayOut();
        this.later(AGAIN);
      } else {
        this.status.textContent = say.refused;
        return true;
      }
    } catch {
      this.status.textContent = say.offline;
      this.later(AGAIN);
    } finally {
      this.running = false;
      if (this.waits && this.area.value !== text) this.later(PAUSE);
    }
    return false;
  }
}

// Who signs in again in another tab gets another token: every form of this page takes it over. False where nobody is signed in.
async function renewed() {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const token = page.querySelector("[name=csrfmiddlewaretoken]")?.value;
  if (!token) return false;
  for (const field of document.querySelectorAll("[name=csrfmiddlewaretoken]")) field.value = token;
  return true;
}

const keepers = [...document.querySelectorAll("textarea[data-draft]")].map((area) => new Keeper(area));
for (const help of document.querySelectorAll("[data-editor-words]")) help.hidden = false;

// A form leaves the page only once its words are kept: who is signed out or without a connection stays here, with every word.
for (const form of new Set(keepers.map((keeper) => keeper.form))) {
  form.addEventListener("submit", async (event) => {
    const own = keepers.filter((keeper) => keeper.form === form && keeper.waits);
    if (!own.length) return;
    event.preventDefault();
    for (const keeper of own) {
      if (!(await keeper.keep({ again: keeper.running }))) {
        keeper.area.focus();
        return;
      }
    }
    for (const keeper of own) keeper.kept = keeper.area.value;
    form.requestSubmit(event.submitter);
  });
}

document.addEventListener("visibilitychange", () => {
  const leaving = document.visibilityState === "hidden";
  for (const keeper of keepers) keeper.keep({ leaving });
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
