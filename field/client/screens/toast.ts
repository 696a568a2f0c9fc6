/** A sentence at the bottom of the screen for a few seconds, read out by screen readers. */
let timer: ReturnType<typeof setTimeout> | undefined;

export function toast(text: string, kind: 'good' | 'bad' = 'good'): void {
  const box = document.getElementById('toast');
  if (!box) return;
  box.textContent = text;
  box.className = `toast toast-${kind} toast-on`;
  clearTimeout(timer);
  timer = setTimeout(quiet, 5000);
}

/** Take the sentence away. */
export function quiet(): void {
  const box = document.getElementById('toast');
  if (!box) return;
  box.className = 'toast';
  box.textContent = '';
}
