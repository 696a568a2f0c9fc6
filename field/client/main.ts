/** Where the phone app starts: draw first, then the service worker that makes it work without a network. */
import './app.ts';
import { app } from './state.ts';

void app.start().catch((error: unknown) => {
  console.error(error);
  const box = document.querySelector('scrutin-app');
  if (box) box.textContent = 'This browser does not let the app keep data here (private mode?). Please open it in a normal window.';
});

window.addEventListener('beforeinstallprompt', (event) => {
  event.preventDefault();
  app.installPrompt = event as unknown as { prompt(): Promise<unknown> };
  app.tell();
});

if ('serviceWorker' in navigator) void register();

const LOOK_EVERY = 60 * 60_000;

/** An installed app may stay open for days: look for a new version when it comes into sight, and at once when the server asks for one. */
function keepUp(registration: ServiceWorkerRegistration): void {
  let looked = Date.now();
  let asked = false;
  const look = (): void => {
    if (!navigator.onLine) return;
    looked = Date.now();
    registration.update().catch(() => undefined); // not reached: next time
  };
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible' && Date.now() - looked > LOOK_EVERY) look();
  });
  app.addEventListener('change', () => {
    if (app.tooOld && !asked) look();
    asked = app.tooOld;
  });
}

/** A new version waits until the person says so or all windows are closed; the queue is in the store and does not care. */
async function register(): Promise<void> {
  // The very first worker takes over a page that is already up to date; only a later one brings something new.
  let served = navigator.serviceWorker.controller !== null;
  const registration = await navigator.serviceWorker.register('/field/sw.js', { scope: '/field/' });
  const offer = (worker: ServiceWorker | null): void => {
    if (!worker || !navigator.serviceWorker.controller) return;
    app.update = worker;
    app.tell();
  };
  offer(registration.waiting);
  keepUp(registration);
  registration.addEventListener('updatefound', () => {
    const worker = registration.installing;
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'installed') offer(worker);
    });
  });
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (served) location.reload();
    served = true;
  });
  navigator.serviceWorker.addEventListener('message', (event) => {
    if (event.data === 'flushed') void app.reload();
  });
}
