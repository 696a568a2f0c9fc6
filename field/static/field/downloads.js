// A workbook is made whole before its first byte leaves: say so meanwhile, and when it has been saved. Without this the link works as it is.
const state = document.getElementById("download-state");

const save = (blob, name) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
};

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-made-whole]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (link.ariaDisabled === "true") return; // two clicks make one workbook
  link.ariaDisabled = "true";
  const started = Date.now();
  const tick = setInterval(() => {
    state.textContent = `${state.dataset.making} (${Math.round((Date.now() - started) / 1000)} s)`;
  }, 5000);
  state.textContent = state.dataset.making;
  try {
    const answer = await fetch(link.href);
    const name = /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1];
    if (!answer.ok || !name) throw new Error(answer.statusText);
    save(await answer.blob(), name);
    state.textContent = state.dataset.done;
  } catch {
    window.location.assign(link.href); // the server's own page says what is wrong
  } finally {
    clearInterval(tick);
    link.ariaDisabled = null;
  }
});
