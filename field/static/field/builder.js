// The builder by keyboard: arrow keys go from question to question, Alt and arrow keys move the question. Without this file the
// buttons do the same.
const list = document.querySelector("[data-builder]");
const help = document.querySelector("[data-builder-help]");
if (help) help.hidden = false;

list?.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
  const item = event.target.closest("[data-item]");
  if (!item) return;
  event.preventDefault();
  if (event.altKey) {
    item.querySelector(`[data-move="${event.key === "ArrowUp" ? "up" : "down"}"]`).click();
    return;
  }
  const other = event.key === "ArrowUp" ? item.previousElementSibling : item.nextElementSibling;
  const kind = event.target.dataset.move ?? "up";
  other?.querySelector(`[data-move="${kind}"]`).focus();
});
