import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Frame, Snapshot } from '../wire';
import { Stream, type LinkState } from './stream';

/** The server's end of a socket, in memory. */
class Line {
  static all: Line[] = [];
  readyState = 0;
  said: Record<string, unknown>[] = [];
  onopen?: () => void;
  onmessage?: (event: { data: string }) => void;
  onclose?: (event: { code: number }) => void;
  constructor() {
    Line.all.push(this);
  }
  open() {
    this.readyState = 1;
    this.onopen?.();
  }
  say(frame: object) {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  welcome(epoch: string, from: number, presence = 'ready') {
    this.say({ t: 'welcome', session: 's', epoch, from, snapshot: { presence: { state: presence } } });
  }
  frame(seq: number, more: object = {}) {
    this.say({ v: 1, seq, id: 'x', ts: '2026-11-23T08:00:00Z', t: 'call.ring', d: { n: 1, of: 3 }, ack: true, ...more });
  }
  die(code = 1006) {
    this.readyState = 3;
    this.onclose?.({ code });
  }
  send(text: string) {
    this.said.push(JSON.parse(text));
  }
  close() {
    this.readyState = 3;
  }
}

let alive = true;
let frames: number[];
let snapshots: Snapshot[];
let links: LinkState[];
let signedOut: number;
let stream: Stream;
let phones: string[];
const line = () => Line.all.at(-1)!;

beforeEach(() => {
  vi.useFakeTimers();
  Line.all = [];
  [frames, snapshots, links, signedOut, alive, phones] = [[], [], [], 0, true, []];
  stream = new Stream(
    'page-1',
    {
      snapshot: (s) => snapshots.push(s),
      frame: (f: Frame) => frames.push(f.seq),
      phone: (f) => phones.push(f.t),
      link: (l) => links.push(l),
      signedOut: () => (signedOut += 1),
    },
    {
      open: () => new Line() as unknown as WebSocket,
      alive: () => Promise.resolve(alive),
      now: () => performance.now(),
      random: () => 1,
    },
  );
  stream.connect();
});
afterEach(() => {
  stream.close();
  vi.useRealTimers();
});

describe('a fresh page', () => {
  it('says hello without an epoch and takes the snapshot', () => {
    line().open();
    expect(line().said).toEqual([{ t: 'hello', client_id: 'page-1', caps: ['audio'] }]);
    line().welcome('e1', 8, 'paused');
    expect(snapshots).toEqual([{ presence: { state: 'paused' } }]);
    expect(links.at(-1)).toEqual({ up: true });
  });

  it('acknowledges on receipt what asks for it, and passes every frame on in order', () => {
    line().open();
    line().welcome('e1', 8);
    line().frame(8);
    line().frame(9, { ack: false });
    line().frame(10);
    expect(frames).toEqual([8, 9, 10]);
    expect(line().said.slice(1)).toEqual([
      { t: 'ack', seq: 8 },
      { t: 'ack', seq: 10 },
    ]);
  });

  it('acknowledges a frame that is sent twice, and does not pass it on again', () => {
    line().open();
    line().welcome('e1', 1);
    line().frame(1);
    line().frame(1);
    expect(frames).toEqual([1]);
    expect(line().said.slice(1)).toEqual([
      { t: 'ack', seq: 1 },
      { t: 'ack', seq: 1 },
    ]);
  });
});

describe('a lost line', () => {
  it('is opened again by itself, resumes behind the last frame and takes what was missed', () => {
    line().open();
    line().welcome('e1', 1);
    line().frame(1);
    line().die();
    expect(links.at(-1)).toMatchObject({ up: false, first: false });
    vi.advanceTimersByTime(300);
    expect(Line.all).toHaveLength(2);
    line().open();
    expect(line().said[0]).toMatchObject({ epoch: 'e1', resume_after: 1 });
    line().welcome('e1', 2);
    expect(line().said[1]).toEqual({ t: 'ack', seq: 1 });
    line().frame(2);
    line().frame(3);
    expect(frames).toEqual([1, 2, 3]);
    expect(links.at(-1)).toEqual({ up: true });
  });

  it('starts anew under another epoch, however low its numbers are', () => {
    line().open();
    line().welcome('e1', 500);
    line().frame(500);
    line().die();
    vi.advanceTimersByTime(300);
    line().open();
    line().welcome('e2', 1);
    line().frame(1);
    expect(snapshots).toHaveLength(2);
    expect(frames).toEqual([500, 1]);
  });

  it('is tried again ever more slowly, at least every five seconds, and counted', () => {
    line().die();
    const waits: number[] = [];
    for (let n = 0; n < 7; n += 1) {
      const before = performance.now();
      const sockets = Line.all.length;
      while (Line.all.length === sockets) vi.advanceTimersByTime(50);
      waits.push(performance.now() - before);
      line().die();
    }
    expect(waits[0]).toBeLessThanOrEqual(600);
    expect(Math.max(...waits)).toBeLessThanOrEqual(5_050);
    expect(links.at(-1)).toMatchObject({ up: false, tries: 8, first: true });
  });

  it('is noticed by a gap in the numbers: the missing frame is fetched and none is passed over', () => {
    line().open();
    line().welcome('e1', 1);
    line().frame(1);
    line().frame(3);
    expect(frames).toEqual([1]);
    vi.advanceTimersByTime(300);
    line().open();
    expect(line().said[0]).toMatchObject({ resume_after: 1 });
  });

  it('is noticed by silence, when the server gives no sign of life either', async () => {
    line().open();
    line().welcome('e1', 1);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(Line.all).toHaveLength(1);
    alive = false;
    await vi.advanceTimersByTimeAsync(11_000);
    expect(Line.all.length).toBeGreaterThan(1);
  });

  it('cannot speak once it was given up', () => {
    const first = line();
    first.open();
    first.welcome('e1', 1);
    first.die();
    vi.advanceTimersByTime(300);
    first.frame(1);
    first.die();
    expect(frames).toEqual([]);
    expect(Line.all).toHaveLength(2);
  });

  it('is tried at once when the user asks', () => {
    line().open();
    line().welcome('e1', 1);
    line().die();
    stream.retryNow();
    expect(Line.all).toHaveLength(2);
    line().open();
    line().welcome('e1', 1);
    stream.retryNow();
    expect(Line.all).toHaveLength(2);
  });
});

describe('the end of a session', () => {
  it.each([4401, 4410])('by close code %i asks to sign in and opens nothing more', (code) => {
    line().open();
    line().die(code);
    vi.advanceTimersByTime(60_000);
    expect(signedOut).toBe(1);
    expect(Line.all).toHaveLength(1);
  });
});

it('says when a frame was painted, only while connected', () => {
  stream.painted(4, 38.4);
  line().open();
  line().welcome('e1', 4);
  stream.painted(4, 38.4);
  expect(line().said.at(-1)).toEqual({ t: 'painted', seq: 4, ms: 38 });
  expect(line().said.filter((s) => s.t === 'painted')).toHaveLength(1);
});

it('hands on what is said of the phone in the page, which is not numbered and not acknowledged', () => {
  line().open();
  line().say({ t: 'phone.call', d: { state: 'idle' } });
  line().welcome('e', 1);
  line().say({ v: 1, ack: false, t: 'phone.call', d: { state: 'talking' } });
  line().frame(1);
  expect([phones, frames]).toEqual([['phone.call'], [1]]);
  stream.phone({ t: 'phone.close' });
  expect(line().said.filter(({ t }) => t !== 'hello')).toEqual([{ t: 'ack', seq: 1 }, { t: 'phone.close' }]);
});
