// The live page fetches its middle every five seconds. Nothing is swapped while nothing changed (304), and never under
// the hands of somebody who is writing in it: the page then says that something new waits. Lists that are open stay open.
const open = new Set();

const isWriting = (target) =>
  [...target.querySelectorAll("input:not([type=hidden]), textarea")].some(
    (field) => field === document.activeElement || field.value !== field.defaultValue,
  );

document.addEventListener("htmx:beforeSwap", (event) => {
  const target = event.detail.target;
  if (!target || target.id !== "live-content") return;
  const { status } = event.detail.xhr;
  const waits = status === 200 && isWriting(target);
  if (status === 304 || waits) event.detail.shouldSwap = false;
  if (status === 304) event.detail.isError = false;
  const sign = document.getElementById("live-waits");
  if (sign && status !== 304) sign.hidden = !waits;
  open.clear();
  for (const list of target.querySelectorAll("details[open][id]")) open.add(list.id);
});

document.addEventListener("htmx:afterSwap", () => {
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
});

document.addEventListener("htmx:afterRequest", (event) => {
  const sign = document.getElementById("live-sign");
  if (!sign || event.detail.target?.id !== "live-content") return;
  const { status } = event.detail.xhr;
  sign.hidden = status === 200 || status === 304;
});
