/** Talking to the server: one function, which turns everything that can happen on the way into a value or one kind of error. */

import { language } from './i18n.ts';

export const API = '/api/v1/sync/';

/** The four words with which our server ends a phone (docs/sync.md 2). Nobody else's 401 does. */
const STOPS = new Set(['device_revoked', 'device_wipe', 'device_unknown', 'device_expired']);

/**
 * What went wrong. `kind` says what the queue does: `network` waits, `stop` ends for this person, `bad` is this request's own fault.
 * `ours` tells whether our own server said it; a hotel's page, a proxy or another application never decides over a record.
 */
export class ApiError extends Error {
  constructor(
    readonly kind: 'network' | 'stop' | 'bad',
    readonly code: string,
    readonly detail: string,
    readonly status = 0,
    readonly retryAfter = 0,
    readonly all: { code: string; detail: string }[] = [],
    readonly ours = false,
  ) {
    super(detail || code);
  }

  /** The server cannot take the request as it is; sent again in smaller parts it may. */
  get isTooMuch(): boolean {
    return this.kind === 'bad' && (this.status === 400 || this.status === 413);
  }
}

/** The answer of something that is not our server. */
export const foreign = (status = 0): ApiError => new ApiError('network', 'foreign', '', status);

export interface Answer<T> { status: number; data: T; etag: string | null; serverTime: number | null }
export interface Ask {
  method?: string; token?: string | null; json?: unknown; body?: BodyInit; headers?: Record<string, string>; seconds?: number; text?: boolean; bytes?: boolean;
}

export async function ask<T>(path: string, options: Ask = {}): Promise<Answer<T>> {
  const headers: Record<string, string> = { Accept: options.text || options.bytes ? '*/*' : 'application/json', 'Accept-Language': language(), ...options.headers };
  if (options.token) headers['Authorization'] = `Token ${options.token}`;
  let body = options.body;
  if (options.json !== undefined) {
    headers['Content-Type'] = 'application/json';
    body = JSON.stringify(options.json);
  }
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), (options.seconds ?? 30) * 1000);
  try {
    const response = await fetch(API + path, {
      method: options.method ?? 'GET', headers, body, signal: stop.signal, credentials: 'omit', cache: 'no-store', redirect: 'error',
    });
    return await read<T>(response, options);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    // Off line, cut on the way, too slow, or a hotel's sign-in page: all the same to us, the record waits.
    throw new ApiError('network', 'network', '');
  } finally {
    clearTimeout(timer);
  }
}

async function read<T>(response: Response, { text, bytes }: Ask): Promise<Answer<T>> {
  const date = Date.parse(response.headers.get('Date') ?? '');
  const meta = { status: response.status, etag: response.headers.get('ETag'), serverTime: Number.isNaN(date) ? null : date };
  if (response.status === 304 || response.status === 204) return { ...meta, data: undefined as T };
  if (response.ok && bytes) return { ...meta, data: (await response.arrayBuffer()) as T };
  if (response.ok && text) {
    if (/text\/html/i.test(response.headers.get('Content-Type') ?? '')) throw foreign();
    return { ...meta, data: (await response.text()) as T };
  }
  if (response.ok) return { ...meta, data: (await response.json()) as T };
  throw refusal(response, await response.json().catch(() => null));
}

/** What a refusal means. Only a body of our own shape is our server's word; a proxy's 413 still means "smaller". */
function refusal(response: Response, data: unknown): ApiError {
  const { type, errors } = (data ?? {}) as { type?: unknown; errors?: { code: string; detail: string }[] };
  const status = response.status;
  const ours = typeof type === 'string' && Array.isArray(errors) && errors.length > 0 && errors.every((one) => typeof one?.code === 'string');
  const first = ours ? errors[0]! : { code: String(status), detail: '' };
  const wait = Number(response.headers.get('Retry-After')) || 0;
  if (ours && status === 401 && STOPS.has(first.code)) return new ApiError('stop', first.code, first.detail, status, 0, errors, true);
  if (status === 413) return new ApiError('bad', first.code, first.detail, status, 0, ours ? errors : [], ours);
  if (!ours || status === 401 || status === 429 || status >= 500) return new ApiError('network', first.code, first.detail, status, wait, [], ours);
  return new ApiError('bad', first.code, first.detail, status, 0, errors, true);
}
