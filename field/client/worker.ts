/**
 * The service worker: keeps the whole app on the phone, answers `/field/` without a network, and sends the outbox when the browser
 * gives it a moment (Background Sync, where it exists).
 */
import { clientsClaim } from 'workbox-core';
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute, type PrecacheEntry } from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';
import { setLanguage } from './i18n.ts';
import { getSetting } from './store.ts';
import { flush, nextWake } from './sync.ts';

declare const self: ServiceWorkerGlobalScope & { __ASSETS__: PrecacheEntry[] };

precacheAndRoute(self.__ASSETS__);
cleanupOutdatedCaches();
registerRoute(new NavigationRoute(createHandlerBoundToURL('/field/'), { allowlist: [/^\/field\/(\?.*)?$/] }));
clientsClaim();

self.addEventListener('message', (event) => {
  if (event.data === 'SKIP_WAITING') void self.skipWaiting();
});

self.addEventListener('sync', (event) => {
  const { tag, waitUntil } = event as unknown as { tag: string; waitUntil(work: Promise<unknown>): void };
  if (tag === 'outbox') waitUntil.call(event, send());
});

async function send(): Promise<void> {
  setLanguage(await getSetting('language', 'en'));
  await flush(true);
  for (const client of await self.clients.matchAll()) client.postMessage('flushed');
  // Something still waits, a record or a photo: fail, so that the browser calls again later.
  if ((await nextWake()) !== null) throw new Error('waiting');
}
