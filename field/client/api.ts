/** Talking to the server: one function, which turns everything that can happen on the way into a value or one kind of error. */

export const API = '/api/v1/sync/';

/** What went wrong. `kind` says what the queue does: `network` waits, `stop` ends for this person, `bad` is this request's own fault. */
export class ApiError extends Error {
  constructor(
    readonly kind: 'network' | 'stop' | 'bad',
    readonly code: string,
    readonly detail: string,
    readonly status = 0,
    readonly retryAfter = 0,
    readonly all: { code: string; detail: string }[] = [],
  ) {
    super(detail || code);
  }
}

export interface Answer<T> { status: number; data: T; etag: string | null; serverTime: number | null }
export interface Ask {
  method?: string; token?: string | null; json?: unknown; body?: BodyInit; headers?: Record<string, string>; seconds?: number; text?: boolean;
}

export async function ask<T>(path: string, options: Ask = {}): Promise<Answer<T>> {
  const headers: Record<string, string> = { Accept: options.text ? '*/*' : 'application/json', ...options.headers };
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
    return await read<T>(response, options.text ?? false);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    // Off line, cut on the way, too slow, or a hotel's sign-in page: all the same to us, the record waits.
    throw new ApiError('network', 'network', '');
  } finally {
    clearTimeout(timer);
  }
}

async function read<T>(response: Response, text: boolean): Promise<Answer<T>> {
  const date = Date.parse(response.headers.get('Date') ?? '');
  const meta = { status: response.status, etag: response.headers.get('ETag'), serverTime: Number.isNaN(date) ? null : date };
  if (response.status === 304 || response.status === 204) return { ...meta, data: undefined as T };
  if (response.ok && text) return { ...meta, data: (await response.text()) as T };
  // Not JSON: not our server speaking (a captive portal, a proxy). Read inside the caller's time limit.
  const data: unknown = await response.json();
  if (response.ok) return { ...meta, data: data as T };
  throw refusal(response, data);
}

function refusal(response: Response, data: unknown): ApiError {
  const errors = (data as { errors?: { code: string; detail: string }[] })?.errors ?? [];
  const first = errors[0] ?? { code: String(response.status), detail: '' };
  const status = response.status;
  if (status === 401) return new ApiError('stop', first.code, first.detail, status);
  if (status === 429 || status >= 500) {
    return new ApiError('network', first.code, first.detail, status, Number(response.headers.get('Retry-After')) || 0);
  }
  return new ApiError('bad', first.code, first.detail, status, 0, errors);
}
