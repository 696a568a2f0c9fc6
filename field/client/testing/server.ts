/** A server of docs/sync.md in memory, with the faults of a bad network: used in place of `fetch`. */
import { vi } from 'vitest';
import type { Bootstrap, Change, SyncItem, SyncResult } from '../types.ts';

export type Fault = 'offline' | 'lost' | 'portal' | 'error' | 'revoked' | 'half' | 'unlucky' | 'never' | Stranger;
/** Answers of something on the way that is not our server. */
export type Stranger = 'hotel-401' | 'proxy-403' | 'proxy-404' | 'proxy-413' | 'html-413' | 'other-200';

const STRANGERS: Record<Stranger, [number, string, string]> = {
  'hotel-401': [401, 'application/json', '{"message": "Please sign in to the hotel network"}'],
  'proxy-403': [403, 'application/json', '{"error": "blocked by policy"}'],
  'proxy-404': [404, 'application/json', '{"detail": "no such host"}'],
  'proxy-413': [413, 'application/json', '{"error": "too large"}'],
  'html-413': [413, 'text/html', '<html>413 Request Entity Too Large</html>'],
  'other-200': [200, 'application/json', '{"status": "ok"}'],
};

export class FakeServer {
  stored = new Map<string, string>();
  conflicts: string[] = [];
  refuse = new Map<string, string>();
  requests: { path: string; method: string; items: SyncItem[]; headers: Record<string, string> }[] = [];
  photos = new Map<string, { bytes: Uint8Array; have: [number, number][] }>();
  changes: Change[] = [];
  files = new Map<string, string>();
  /** What a photo is answered instead of being taken, by its UUID. */
  refusePhoto = new Map<string, { code: string; detail: string }>();
  oldestApp: string | undefined;
  /** Called before each photo is stored: what happens meanwhile. */
  onPhoto: (uuid: string) => void | Promise<void> = () => undefined;
  bootstrap: Bootstrap | null = null;
  etag = '"1"';
  most = 200;
  clock = 0;
  private faults: Fault[] = [];

  install(): void {
    vi.stubGlobal('fetch', (url: string, init: RequestInit = {}) => this.answer(String(url), init));
  }

  /** The next requests go wrong like this, one each. */
  next(...faults: Fault[]): void {
    this.faults.push(...faults);
  }

  private async answer(url: string, init: RequestInit): Promise<Response> {
    const path = url.replace(/^.*\/api\/v1\/sync\//, '');
    const method = init.method ?? 'GET';
    const body = typeof init.body === 'string' ? (JSON.parse(init.body) as { items?: SyncItem[] }) : {};
    this.requests.push({ path, method, items: body.items ?? [], headers: init.headers as Record<string, string> });
    const fault = this.faults.shift();
    if (fault === 'offline') throw new TypeError('Failed to fetch');
    if (fault === 'portal') return new Response('<html>Please sign in</html>', { status: 200, headers: { 'Content-Type': 'text/html' } });
    if (fault === 'error') return this.json({ type: 'server_error', errors: [{ code: 'error', detail: 'Busy.', attr: null }] }, 503);
    if (fault === 'revoked') return this.json({ type: 'client_error', errors: [{ code: 'device_revoked', detail: 'Ended.', attr: null }] }, 401);
    if (fault && fault in STRANGERS) {
      const [status, type, text] = STRANGERS[fault as Stranger];
      return new Response(text, { status, headers: { 'Content-Type': type } });
    }
    const response = await this.route(path, method, body.items ?? [], init, fault);
    if (fault === 'lost') throw new TypeError('Connection reset'); // it arrived, its answer did not
    return response;
  }

  private async route(path: string, method: string, items: SyncItem[], init: RequestInit, fault?: Fault): Promise<Response> {
    if (path === 'enrol/') return this.enrol();
    if (path === '') return this.batch(items, fault);
    if (path === 'bootstrap/') return this.boot(init);
    if (path.startsWith('changes/')) return this.json({ server_time: this.time(), cursor: 'c2', has_more: false, changes: this.changes });
    if (path.startsWith('attachments/')) return this.photo(path, method, init);
    if (path === 'device/' && method === 'PATCH') return this.json({ uuid: 'd1', ...(JSON.parse(String(init.body)) as object) });
    if (path === 'device/' && method === 'DELETE') return new Response(null, { status: 204 });
    const file = this.files.get(path);
    return file === undefined ? this.json({ type: 'client_error', errors: [{ code: 'not_found', detail: 'No.', attr: null }] }, 404) : new Response(file);
  }

  private enrol(): Response {
    return this.json({ token: 'secret', device: { uuid: 'd1', name: 'Phone', expires_at: null }, person: person('p1'), missions: ['BG-2026-1', 'MD-2026-1'], mission: 'MD-2026-1' }, 201);
  }

  private boot(init: RequestInit): Response {
    if ((init.headers as Record<string, string>)['If-None-Match'] === this.etag) return new Response(null, { status: 304 });
    return this.json(this.bootstrap, 200, { ETag: this.etag });
  }

  private batch(items: SyncItem[], fault?: Fault): Response {
    if (items.length > this.most) return this.json({ type: 'client_error', errors: [{ code: 'too_large', detail: 'Too many.', attr: null }] }, 413);
    const results = items.map((item, index) => this.store(item, fault === 'unlucky' && index === 0));
    if (fault === 'half') results.splice(0, Math.ceil(results.length / 2));
    if (fault === 'never') results.forEach((one) => { (one as { result: string }).result = 'mystery'; });
    return this.json({ server_time: this.time(), results, cursor: 'c1', changes: [], has_more: false, bootstrap: this.etag, ...(this.oldestApp ? { oldest_app: this.oldestApp } : {}) });
  }

  private store(item: SyncItem, later: boolean): SyncResult {
    const base = { uuid: item.uuid, kind: item.kind };
    if (later) return { ...base, result: 'later' };
    const why = this.refuse.get(item.uuid);
    if (why) return { ...base, result: 'refused', code: 'mission', detail: why };
    const content = JSON.stringify(item);
    const known = this.stored.get(item.uuid);
    if (known !== undefined && known !== content) {
      this.conflicts.push(item.uuid);
      return { ...base, result: 'conflict' };
    }
    this.stored.set(item.uuid, content);
    return { ...base, result: known === undefined ? 'created' : 'already', severity: 0, flags: {} };
  }

  private async photo(path: string, method: string, init: RequestInit): Promise<Response> {
    const uuid = path.split('/')[1]!;
    if (path.endsWith('/file/')) return new Response((this.photos.get(uuid)?.bytes ?? new Uint8Array(0)) as BodyInit, { headers: { 'Content-Type': 'image/jpeg' } });
    const bad = this.refusePhoto.get(uuid);
    if (method === 'PUT') await this.onPhoto(uuid);
    if (bad && method === 'PUT') return this.json({ uuid, result: 'refused', ...bad });
    const row = this.photos.get(uuid) ?? { bytes: new Uint8Array(0), have: [] };
    if (method === 'PUT') {
      const bytes = new Uint8Array(init.body as ArrayBuffer);
      const range = /bytes (\d+)-(\d+)\/(\d+)/.exec((init.headers as Record<string, string>)['Content-Range'] ?? '');
      const [from, size] = range ? [Number(range[1]), Number(range[3])] : [0, bytes.length];
      const whole = new Uint8Array(size);
      whole.set(row.bytes);
      whole.set(bytes, from);
      row.bytes = whole;
      row.have = [...row.have, [from, from + bytes.length]];
      this.photos.set(uuid, row);
      if (row.have.reduce((sum, [a, b]) => sum + b - a, 0) >= size) return this.json({ uuid, result: 'created' });
    }
    return this.json({ uuid, result: 'partial', received: row.have });
  }

  private time(): string {
    return new Date(Date.now() + this.clock).toISOString();
  }

  private json(data: unknown, status = 200, headers: Record<string, string> = {}): Response {
    return new Response(JSON.stringify(data), { status, headers: { 'Content-Type': 'application/json', ...headers } });
  }
}

export const person = (uuid: string) => ({ uuid, name: `Person ${uuid}`, language: 'en', zone: 'Europe/Sofia' });
