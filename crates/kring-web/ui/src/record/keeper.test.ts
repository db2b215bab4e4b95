import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiRefused, ApiSilent } from '../api';
import type { DraftBody, StoredDraft } from '../wire';
import { Keeper } from './keeper.svelte';
import { Shelf } from './shelf';

/** The server's draft of one call, with the rules of If-Match. */
class Server {
  stored: StoredDraft | null = null;
  writes = 0;
  down = false;
  slow: Promise<void> | undefined;
  read = async (): Promise<StoredDraft | null> => {
    if (this.down) throw new ApiSilent('down');
    return this.stored && structuredClone(this.stored);
  };
  write = async (_call: string, body: DraftBody, over: number): Promise<StoredDraft> => {
    await this.slow;
    if (this.down) throw new ApiSilent('down');
    if (over !== (this.stored?.version ?? 0)) throw new ApiRefused({ status: 412, code: 'stale_draft', current: structuredClone(this.stored) });
    this.writes += 1;
    this.stored = { version: over + 1, body: structuredClone(body) };
    return structuredClone(this.stored);
  };
  /** Somebody else stores a version. */
  other(body: DraftBody) {
    this.stored = { version: (this.stored?.version ?? 0) + 1, body };
  }
}

let server: Server;
let shelf: Shelf;
const keeper = () => new Keeper('A', shelf, server);
async function open(): Promise<Keeper> {
  const k = keeper();
  await k.load();
  return k;
}
/** A reload: whatever was not on the shelf or the server is gone. */
async function reload(old: Keeper): Promise<Keeper> {
  old.rest();
  shelf = new Shelf('somsri');
  return open();
}

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  server = new Server();
  shelf = new Shelf('somsri');
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('a keystroke', () => {
  it('is on this computer before anything else happens, and survives a crash', async () => {
    const k = await open();
    k.edit({ subject: 'จดทะเบียนพาณิชย์' });
    expect(shelf.get('A')?.body.subject).toBe('จดทะเบียนพาณิชย์');
    expect(k.kept.where).toBe('here');
    const again = await reload(k);
    expect(again.body.subject).toBe('จดทะเบียนพาณิชย์');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(server.stored?.body.subject).toBe('จดทะเบียนพาณิชย์');
  });

  it('reaches the server after a pause, many as one', async () => {
    const k = await open();
    for (const subject of ['ข', 'ขอ', 'ขอแ', 'ขอแบ', 'ขอแบบ']) {
      k.edit({ subject });
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(server.writes).toBe(0);
    await vi.advanceTimersByTimeAsync(600);
    expect(server.writes).toBe(1);
    expect(server.stored).toMatchObject({ version: 1, body: { subject: 'ขอแบบ' } });
    expect(k.kept.where).toBe('server');
  });

  it('reaches the server within three seconds even when typing never pauses', async () => {
    const k = await open();
    for (let n = 0; n < 30; n += 1) {
      k.edit({ subject: 'ก'.repeat(n + 1) });
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(server.writes).toBeGreaterThanOrEqual(1);
    expect(server.writes).toBeLessThanOrEqual(2);
  });

  it('made while a write is on its way is sent after it', async () => {
    const k = await open();
    let release = () => {};
    server.slow = new Promise((done) => (release = done));
    k.edit({ subject: 'หนึ่ง' });
    await vi.advanceTimersByTimeAsync(700);
    k.edit({ subject: 'หนึ่ง สอง' });
    release();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(server.stored).toMatchObject({ version: 2, body: { subject: 'หนึ่ง สอง' } });
    expect(k.body.subject).toBe('หนึ่ง สอง');
  });

  it('waits on this computer while the server is away, says so, and is sent when it is back', async () => {
    const k = await open();
    server.down = true;
    k.edit({ detail: 'รายละเอียด' });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(k.kept).toMatchObject({ where: 'here', failing: true });
    server.down = false;
    await vi.advanceTimersByTimeAsync(16_000);
    expect(server.stored?.body.detail).toBe('รายละเอียด');
    expect(k.kept.where).toBe('server');
  });

  it('is kept in memory, and said to be, when the browser refuses to store', async () => {
    vi.stubGlobal('localStorage', {
      getItem: () => null,
      setItem: () => {
        throw new DOMException('full', 'QuotaExceededError');
      },
    });
    const k = await open();
    k.edit({ subject: 'เต็ม' });
    expect(k.kept.where).toBe('memory');
    await vi.advanceTimersByTimeAsync(700);
    expect(server.stored?.body.subject).toBe('เต็ม');
  });
});

describe('a form that nobody touched', () => {
  it('never writes, and shows what is stored', async () => {
    server.other({ subject: 'ของเดิม' });
    const k = await open();
    await vi.advanceTimersByTimeAsync(60_000);
    await k.flush();
    expect(server.writes).toBe(0);
    expect(k.body.subject).toBe('ของเดิม');
  });

  it('shows nothing of another call', async () => {
    const a = await open();
    a.edit({ subject: 'สาย A' });
    await vi.advanceTimersByTimeAsync(700);
    const b = new Keeper('B', shelf, { read: async () => null, write: server.write });
    await b.load();
    expect(b.empty).toBe(true);
    expect(shelf.get('A')?.body.subject).toBe('สาย A');
  });

  it('typed in before the stored draft was read is joined with it, not stored over it', async () => {
    server.other({ subject: 'ของเดิม' });
    const k = keeper();
    k.edit({ extension: '5512' });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(server.writes).toBe(0);
    await k.load();
    await vi.advanceTimersByTimeAsync(700);
    expect(server.stored?.body).toMatchObject({ subject: 'ของเดิม', extension: '5512' });
  });
});

describe('a draft that was changed elsewhere', () => {
  it('is joined when other fields were changed', async () => {
    const k = await open();
    k.edit({ subject: 'ก' });
    await vi.advanceTimersByTimeAsync(700);
    server.other({ subject: 'ก', department_id: 'DIT' });
    k.edit({ detail: 'ข' });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(k.clash).toBeNull();
    expect(server.stored?.body).toMatchObject({ subject: 'ก', department_id: 'DIT', detail: 'ข' });
  });

  async function clashing(): Promise<Keeper> {
    const k = await open();
    k.edit({ subject: 'เดิม' });
    await vi.advanceTimersByTimeAsync(700);
    server.other({ subject: 'ของเขา' });
    k.edit({ subject: 'ของฉัน' });
    await vi.advanceTimersByTimeAsync(700);
    return k;
  }

  it('shows both texts when the same field was changed, and stores neither over the other', async () => {
    const k = await clashing();
    expect(k.clash).toMatchObject({ fields: ['subject'], theirs: { body: { subject: 'ของเขา' } } });
    expect(k.body.subject).toBe('ของฉัน');
    expect(server.stored?.body.subject).toBe('ของเขา');
    k.edit({ detail: 'พิมพ์ต่อ' });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.stored?.body.subject).toBe('ของเขา');
    expect(shelf.get('A')?.body).toMatchObject({ subject: 'ของฉัน', detail: 'พิมพ์ต่อ' });
  });

  it.each([
    ['mine', 'ของฉัน', ['ของเขา']],
    ['theirs', 'ของเขา', ['ของฉัน']],
    ['both', 'ของฉัน / ของเขา', []],
  ] as const)('goes on with %s, and what lost stays to be read', async (choice, subject, aside) => {
    const k = await clashing();
    k.resolve(choice);
    await vi.advanceTimersByTimeAsync(700);
    expect(k.clash).toBeNull();
    expect(server.stored?.body.subject).toBe(subject);
    expect(k.aside).toEqual(aside);
  });

  it('survives a reload in the middle of it', async () => {
    const again = await reload(await clashing());
    expect(again.clash?.theirs.body.subject).toBe('ของเขา');
    expect(again.body.subject).toBe('ของฉัน');
  });

  it('is read when the server tells of a newer version, not when it tells of our own', async () => {
    const k = await open();
    k.edit({ subject: 'ก' });
    await vi.advanceTimersByTimeAsync(700);
    const read = vi.spyOn(server, 'read');
    await k.heard(1);
    expect(read).not.toHaveBeenCalled();
    server.other({ subject: 'ก', kind: 'tip' });
    await k.heard(2);
    expect(k.body.kind).toBe('tip');
  });

  it('does not undo what is here when the server went back to an older backup', async () => {
    const k = await open();
    k.edit({ subject: 'ใหม่กว่า' });
    await vi.advanceTimersByTimeAsync(700);
    server.stored = null;
    const again = await reload(k);
    await vi.advanceTimersByTimeAsync(700);
    expect(again.body.subject).toBe('ใหม่กว่า');
    expect(server.stored).toMatchObject({ version: 1, body: { subject: 'ใหม่กว่า' } });
  });
});

describe('a record that is done', () => {
  it('is taken off this computer', async () => {
    const k = await open();
    k.edit({ subject: 'ก' });
    k.done();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(server.writes).toBe(0);
    expect(shelf.get('A')).toBeUndefined();
  });

  it('elsewhere keeps what was typed here to be read', async () => {
    const k = await open();
    vi.spyOn(server, 'write').mockRejectedValue(new ApiRefused({ status: 409, code: 'already_recorded' }));
    k.edit({ subject: 'สายไป' });
    await vi.advanceTimersByTimeAsync(700);
    expect(k.closed).toBe('recorded');
    expect(k.body.subject).toBe('สายไป');
    expect(shelf.get('A')?.body.subject).toBe('สายไป');
  });
});

describe('the shelf', () => {
  const entry = (unsent: boolean, at: number) => ({ body: { subject: 'ก' }, base: {}, version: 0, unsent, aside: [], at });

  it('is apart for each login and keeps what the server lacks when it is cleared', () => {
    shelf.put('sent', entry(false, 1));
    shelf.put('unsent', entry(true, 2));
    expect(new Shelf('nattawut').get('unsent')).toBeUndefined();
    shelf.clear();
    expect(shelf.get('sent')).toBeUndefined();
    expect(shelf.unsent()).toEqual(['unsent']);
  });

  it('is bounded, and never by what the server lacks', () => {
    for (let n = 0; n < 305; n += 1) shelf.put(`c${n}`, entry(n < 3, n));
    shelf.tidy();
    expect(shelf.unsent()).toHaveLength(3);
    expect(shelf.get('c3')).toBeUndefined();
    expect(shelf.get('c304')).toBeDefined();
  });
});
