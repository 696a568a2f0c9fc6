// The live page fetches its middle every five seconds. Nothing is swapped while nothing changed (304), and never under
// the hands of somebody who is writing in it or has opened the longer list.
document.addEventListener("htmx:beforeSwap", (event) => {
  const target = event.detail.target;
  if (!target || target.id !== "live-content") return;
  const { status } = event.detail.xhr;
  const isWriting = target.contains(document.activeElement) && document.activeElement.matches("input, textarea, select");
  const isReading = target.querySelector("details[open]") !== null;
  if (status === 304 || isWriting || isReading) event.detail.shouldSwap = false;
  if (status === 304) event.detail.isError = false;
});

document.addEventListener("htmx:afterRequest", (event) => {
  const sign = document.getElementById("live-sign");
  if (!sign || event.detail.target?.id !== "live-content") return;
  const { status } = event.detail.xhr;
  sign.hidden = status === 200 || status === 304;
});
