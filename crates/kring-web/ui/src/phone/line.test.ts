import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { PhoneSaid } from '../wire';
import { Line, spoken, withoutCandidates, type LineState } from './line';

/** The browser's end of a connection, in memory. */
class Connection {
  static all: Connection[] = [];
  connectionState = 'new';
  signalingState = 'stable';
  localDescription: { sdp: string } | null = null;
  answer: string | null = null;
  closed = false;
  sent: unknown = null;
  codecs: unknown[] = [];
  tones: string[] = [];
  onconnectionstatechange?: () => void;
  ontrack?: (event: object) => void;
  constructor() {
    Connection.all.push(this);
  }
  addTransceiver(track: unknown) {
    this.sent = track;
    const dtmf = { canInsertDTMF: true, toneBuffer: '', insertDTMF: (tone: string) => this.tones.push(tone) };
    const replaceTrack = async (other: unknown) => void (this.sent = other);
    return { sender: { dtmf, replaceTrack }, setCodecPreferences: (codecs: unknown[]) => (this.codecs = codecs) };
  }
  async setLocalDescription() {
    this.signalingState = 'have-local-offer';
    this.localDescription = { sdp: 'v=0\r\na=candidate:1 1 udp 1 192.0.2.7 9 typ host\r\na=mid:0\r\n' };
  }
  async setRemoteDescription({ sdp }: { sdp: string }) {
    this.signalingState = 'stable';
    this.answer = sdp;
  }
  becomes(state: string) {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }
  close() {
    this.closed = true;
  }
}

let line: Line;
let said: PhoneSaid[];
let states: LineState[];
const track = { id: 'microphone' } as unknown as MediaStreamTrack;
const now = () => Connection.all.at(-1)!;
const offers = () => said.filter((one) => one.t === 'phone.offer');
const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
  Connection.all = [];
  [said, states] = [[], []];
  line = new Line(
    { connect: () => new Connection() as unknown as RTCPeerConnection, codecs: () => [] },
    { say: (one) => said.push(one), state: (state) => states.push(state), heard: () => undefined },
  );
});
afterEach(() => {
  line.close(false);
  vi.useRealTimers();
});

async function up(leg = 'L1') {
  line.linked(true);
  line.open(track);
  await settle();
  line.hear({ t: 'phone.answer', d: { offer: offers().length, leg, sdp: 'answer' } });
  await settle();
  now().becomes('connected');
}

it('opens as soon as there are a socket and a microphone, in whichever order', async () => {
  line.open(track);
  await settle();
  expect(said).toEqual([]);
  line.linked(true);
  await settle();
  expect(said).toEqual([{ t: 'phone.offer', offer: 1, sdp: 'v=0\r\na=mid:0\r\n' }]);
  expect(now().sent).toBe(track);
});

it('is up when the answer has connected', async () => {
  await up();
  expect(now().answer).toBe('answer');
  expect(states).toEqual(['opening', 'up']);
});

it('does not take an answer to an offer that was given up', async () => {
  line.linked(true);
  line.open(track);
  await settle();
  await vi.advanceTimersByTimeAsync(4_000);
  expect(offers()).toHaveLength(2);
  line.hear({ t: 'phone.answer', d: { offer: 1, leg: 'L1', sdp: 'late' } });
  await settle();
  expect(now().answer).toBeNull();
});

it('sounds on while the socket is away, and keeps what the server still has', async () => {
  await up();
  line.linked(false);
  line.linked(true);
  await settle();
  expect(said.at(-1)).toEqual({ t: 'phone.keep', leg: 'L1' });
  expect(offers()).toHaveLength(1);
  expect(now().closed).toBe(false);
});

it('offers anew when the server has nothing of it any more, and sounds until that is answered', async () => {
  await up();
  const [before] = Connection.all;
  line.hear({ t: 'phone.refused', d: { code: 'no_leg', text_th: '', text_en: '' } });
  await settle();
  expect(offers()).toHaveLength(2);
  expect(before!.closed).toBe(false);
  line.hear({ t: 'phone.answer', d: { offer: 2, leg: 'L2', sdp: 'answer' } });
  await settle();
  expect(before!.closed).toBe(true);
});

it('takes a moment without sound as passing, and a longer one as lost', async () => {
  await up();
  now().becomes('disconnected');
  await vi.advanceTimersByTimeAsync(1_000);
  now().becomes('connected');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(offers()).toHaveLength(1);
  now().becomes('disconnected');
  await vi.advanceTimersByTimeAsync(1_600);
  expect(states).toEqual(['opening', 'up', 'lost']);
  expect(offers()).toHaveLength(2);
});

it('tries again and again, ever more slowly, and at most every five seconds', async () => {
  line.linked(true);
  line.open(track);
  await settle();
  const when: number[] = [];
  for (let i = 0; i < 7; i += 1) {
    const count = offers().length;
    line.hear({ t: 'phone.refused', d: { offer: count, code: 'too_many', text_th: '', text_en: '' } });
    const from = Date.now();
    while (offers().length === count) await vi.advanceTimersByTimeAsync(50);
    when.push(Date.now() - from);
  }
  expect(when[0]).toBeLessThanOrEqual(500);
  expect(when.at(-1)).toBe(5_000);
});

it('stops where trying again would be of no use', async () => {
  line.linked(true);
  line.open(track);
  await settle();
  line.hear({ t: 'phone.refused', d: { offer: 1, code: 'bad_offer', text_th: '', text_en: '' } });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(line.state).toBe('refused');
  expect(offers()).toHaveLength(1);
});

it('gives way to another page, and only when its own leg is meant', async () => {
  await up('L7');
  line.hear({ t: 'phone.state', d: { state: 'taken', ms: 0, leg: 'L6' } });
  expect(line.state).toBe('up');
  line.hear({ t: 'phone.state', d: { state: 'taken', ms: 0, leg: 'L7' } });
  await vi.advanceTimersByTimeAsync(60_000);
  expect([line.state, offers().length, now().closed]).toEqual(['taken', 1, true]);
});

it('changes the microphone without a new offer, and sends keys', async () => {
  await up();
  const other = { id: 'other' } as unknown as MediaStreamTrack;
  line.open(other);
  await settle();
  expect([now().sent, offers().length]).toEqual([other, 1]);
  expect(line.keys('5')).toBe(true);
  expect(now().tones).toEqual(['5']);
});

it('tells the server when it is closed by choice, and is silent when another page takes over', async () => {
  await up();
  line.close(true);
  expect(said.at(-1)).toEqual({ t: 'phone.close' });
  await up('L2');
  const count = said.length;
  line.close(false);
  expect(said).toHaveLength(count);
});

it('speaks A-law, µ-law and keys, in that order', () => {
  const codec = (mimeType: string, clockRate = 8_000) => ({ mimeType, clockRate }) as RTCRtpCodec;
  const all = ['audio/opus', 'audio/PCMU', 'audio/telephone-event', 'audio/PCMA'].map((name) => codec(name));
  const names = spoken([...all, codec('audio/telephone-event', 48_000)]).map(({ mimeType }) => mimeType);
  expect(names).toEqual(['audio/PCMA', 'audio/PCMU', 'audio/telephone-event']);
});

it('tells no address of this computer', () => {
  expect(withoutCandidates('a=x\r\na=candidate:1 1 udp 1 10.0.0.4 9 typ host\r\na=end-of-candidates\r\na=y\r\n')).toBe('a=x\r\na=y\r\n');
});
