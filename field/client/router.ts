/** Addresses inside the app are the part after `#`: `#/form/<uuid>`. They survive a reload and the phone's back button works. */
export interface Route { name: string; arg: string }

export function route(): Route {
  const [, name = 'today', arg = ''] = /^#\/([\w-]*)\/?(.*)$/.exec(location.hash) ?? [];
  return { name: name || 'today', arg: decodeURIComponent(arg) };
}

export function go(path: string, replace = false): void {
  const url = `#/${path}`;
  if (replace) {
    history.replaceState(null, '', url);
    window.dispatchEvent(new HashChangeEvent('hashchange'));
  } else location.hash = url;
}

/** The code in `/field/#enrol=7K2MQ9TX`, or nothing. */
export const enrolmentCode = (): string => /[#&]enrol=([A-Za-z0-9-]+)/.exec(location.hash)?.[1] ?? '';
