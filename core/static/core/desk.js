// What every desk page needs: questions before acts that cannot be taken back, and fields that send their form.
document.addEventListener("submit", (event) => {
  const question = event.target.dataset.confirm ?? event.submitter?.dataset.confirm;
  if (question && !window.confirm(question)) event.preventDefault();
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit-on-change]")) event.target.form.requestSubmit();
});

// A refused fragment carries its sentence: show it instead of dropping it.
document.addEventListener("htmx:beforeSwap", (event) => {
  const status = event.detail.xhr.status;
  if (status === 400 || status === 403 || status === 409) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

// On a phone the tabs of a mission scroll sideways: bring the current one into view.
const currentTab = document.querySelector(".mission-tabs .active");
if (currentTab) {
  const bar = currentTab.closest(".mission-tabs");
  bar.scrollLeft = currentTab.offsetLeft - bar.offsetLeft - 16;
}

// The drop-down of the menu closes as one expects: by Escape, and by a click elsewhere.
const menu = document.querySelector("details[data-menu]");
document.addEventListener("click", (event) => {
  if (menu?.open && !menu.contains(event.target)) menu.open = false;
});
menu?.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
