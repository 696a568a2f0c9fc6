/** A sentence at the bottom of the screen for a few seconds, read out by screen readers. */
let timer: ReturnType<typeof setTimeout> | undefined;

export function toast(text: string, kind: 'good' | 'bad' = 'good'): void {
  const box = document.getElementById('toast');
  if (!box) return;
  box.textContent = text;
  box.className = `toast toast-${kind} toast-on`;
  clearTimeout(timer);
  timer = setTimeout(() => {
    box.className = 'toast';
    box.textContent = '';
  }, 5000);
}
