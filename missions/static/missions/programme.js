// Moving meetings in the programme: by dragging the handle, or with the keyboard. The page works without this file: every
// meeting has buttons for 15 minutes earlier and later and a page for another day. The server decides; a refusal stands in place.
const STEP_MINUTES = 15;
const STEP_PIXELS = 14;
const DAY_MINUTES = 24 * 60;
const ARROWS = { ArrowUp: [0, -STEP_MINUTES], ArrowDown: [0, STEP_MINUTES], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

const voice = document.body.appendChild(document.createElement("div"));
voice.setAttribute("role", "status");
voice.className = "visually-hidden";
voice.dataset.voice = "";

let move = null; // { row, handle, day, minutes, fromDay, fromMinutes, pointer? }
let busy = false;

const words = () => document.querySelector("[data-programme]").dataset;
const say = (pattern, values) => {
  voice.textContent = pattern.replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "");
};
const minutesOf = (time) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
const timeOf = (minutes) => `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

function dayAfter(day, days) {
  const date = new Date(`${day}T12:00:00Z`);
  date.setUTCDate(date.getUTCDate() + days);
  return date.toISOString().slice(0, 10);
}

function whenOf({ day, minutes }) {
  const date = new Date(`${day}T12:00:00Z`);
  const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
  const format = new Intl.DateTimeFormat(language, { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" });
  return `${format.format(date)}, ${timeOf(minutes)}`;
}

function grab(handle, pointer = null) {
  const row = handle.closest("[data-meeting]");
  const { startDay, startTime, title } = row.dataset;
  const minutes = minutesOf(startTime);
  const label = row.appendChild(document.createElement("span"));
  label.className = "move-label";
  label.setAttribute("aria-hidden", "true");
  move = { row, handle, label, title, day: startDay, minutes, fromDay: startDay, fromMinutes: minutes, pointer };
  row.classList.add("moving");
  show(words().grabbed);
}

function show(pattern) {
  move.label.textContent = whenOf(move);
  say(pattern, { title: move.title, when: whenOf(move) });
}

function place(day, minutes) {
  const wanted = Math.max(0, Math.min(DAY_MINUTES - STEP_MINUTES, minutes));
  if (day === move.day && wanted === move.minutes) return;
  move.day = day;
  move.minutes = wanted;
  show(words().now);
}

function letGo() {
  const left = move;
  left.row.classList.remove("moving");
  left.label.remove();
  move = null;
  return left;
}

function leave() {
  const left = letGo();
  say(words().left, left);
  left.handle.focus();
}

async function drop() {
  if (move.day === move.fromDay && move.minutes === move.fromMinutes) return leave();
  const { row, day, minutes } = letGo();
  const { meeting, url, sequence } = row.dataset;
  busy = true;
  try {
    const body = new FormData(document.getElementById("move-form"));
    body.set("start_day", day);
    body.set("start_time", timeOf(minutes));
    body.set("seen_sequence", sequence);
    const answer = await fetch(url, { method: "POST", body, headers: { Accept: "application/json" }, credentials: "same-origin" });
    const told = await answer.json();
    await refresh();
    if (answer.ok) say("{sentence}", told);
    else refuse(meeting, told);
    document.querySelector(`#meeting-${meeting} [data-handle]`)?.focus();
  } catch {
    refuse(meeting, { sentence: words().failed, missing: [] });
  } finally {
    busy = false;
  }
}

async function refresh() {
  const answer = await fetch(location.href, { credentials: "same-origin" });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.getElementById("main").replaceChildren(...page.getElementById("main").childNodes);
  wake();
}

function refuse(meeting, { sentence, missing }) {
  const row = document.getElementById(`meeting-${meeting}`);
  const alert = document.createElement("div");
  alert.className = "alert alert-danger py-2 mb-0 move-refusal";
  alert.setAttribute("role", "alert");
  alert.append(sentence);
  const list = alert.appendChild(document.createElement("ul"));
  list.className = "mb-0";
  for (const item of missing ?? []) {
    const line = list.appendChild(document.createElement("li"));
    const link = line.appendChild(document.createElement(item.url ? "a" : "span"));
    if (item.url) link.href = item.url;
    link.textContent = item.sentence;
  }
  if (!list.children.length) list.remove();
  row.append(alert);
}

function wake() {
  for (const hidden of document.querySelectorAll("[data-handle], [data-move-help]")) hidden.hidden = false;
}

document.addEventListener("click", (event) => {
  const handle = event.target.closest?.("[data-handle]");
  if (!handle || busy || event.detail !== 0) return; // by keyboard or a screen reader; the pointer drags
  if (move) drop();
  else grab(handle);
});

document.addEventListener("keydown", (event) => {
  if (!move) return;
  if (event.key === "Escape") {
    event.preventDefault();
    leave();
  } else if (event.key in ARROWS) {
    event.preventDefault();
    const [days, minutes] = ARROWS[event.key];
    place(days ? dayAfter(move.day, days) : move.day, move.minutes + minutes);
  }
});

document.addEventListener("focusout", (event) => {
  if (move && !move.pointer && event.target === move.handle) {
    const left = letGo();
    say(words().left, left);
  }
});

document.addEventListener("pointerdown", (event) => {
  const handle = event.target.closest?.("[data-handle]");
  if (!handle || busy || move || event.button !== 0) return;
  handle.setPointerCapture(event.pointerId);
  const section = handle.closest("[data-day]");
  grab(handle, { id: event.pointerId, section, y: event.clientY, minutes: minutesOf(handle.closest("[data-meeting]").dataset.startTime) });
});

document.addEventListener("pointermove", (event) => {
  if (!move?.pointer || event.pointerId !== move.pointer.id) return;
  const { pointer } = move;
  const under = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-day]");
  if (under && under !== pointer.section) {
    // Another day: the time stays until the pointer moves on within it.
    pointer.section = under;
    pointer.y = event.clientY;
    pointer.minutes = move.minutes;
  }
  const steps = Math.round((event.clientY - pointer.y) / STEP_PIXELS);
  place(pointer.section.dataset.day, pointer.minutes + steps * STEP_MINUTES);
});

document.addEventListener("pointerup", (event) => {
  if (move?.pointer && event.pointerId === move.pointer.id) drop();
});

document.addEventListener("pointercancel", () => {
  if (move?.pointer) leave();
});

wake();
