import { expect, it } from 'vitest';
import { counted, judged, worse, type Counted } from './quality';

const at = (more: Partial<Counted> = {}): Counted => ({ received: 0, lost: 0, concealed: 0, played: 0, jitterMs: 2, rttMs: 4, sentLostPct: 0, ...more });

it('calls clear what loses less than one in a hundred', () => {
  const both = judged(at(), at({ received: 100, played: 16_000 }));
  expect(both).toEqual({ come: { class: 'good', lossPct: 0 }, gone: { class: 'good', lossPct: 0 } });
});

it('counts what came too late as lost: the ear does', () => {
  expect(judged(at(), at({ received: 100, played: 16_000, concealed: 640 }))?.come).toEqual({ class: 'fair', lossPct: 4 });
});

it('calls poor what loses five in a hundred, or takes half a second there and back', () => {
  expect(judged(at(), at({ received: 94, lost: 6 }))?.come.class).toBe('poor');
  expect(judged(at(), at({ received: 100, rttMs: 600 }))?.come.class).toBe('poor');
});

it('tells the other way by the report of the other end', () => {
  expect(judged(at(), at({ received: 100, sentLostPct: 3 }))?.gone).toEqual({ class: 'fair', lossPct: 3 });
  expect(judged(at(), at({ received: 100, sentLostPct: null }))?.gone).toBeNull();
});

it('does not call late what was silence: a hold that has just ended', () => {
  expect(judged(at(), at({ received: 50, played: 16_000, concealed: 8_000 }))?.come.class).toBe('good');
});

it('says nothing of a line at rest', () => expect(judged(at({ received: 500 }), at({ received: 505 }))).toBeNull());

it('lets the worse one speak', () => {
  const [fair, poor] = [{ class: 'fair', lossPct: 2 } as const, { class: 'poor', lossPct: 8 } as const];
  expect(worse<{ class: 'fair' | 'poor'; lossPct: number }>(fair, poor)).toBe(poor);
  expect(worse(fair, null)).toBe(fair);
});

it('reads what the browser counts', () => {
  const report = new Map<string, RTCStats>([
    ['a', { id: 'a', type: 'inbound-rtp', timestamp: 0, packetsReceived: 50, packetsLost: 2, concealedSamples: 320, silentConcealedSamples: 160, totalSamplesReceived: 8_000, jitter: 0.01 } as RTCStats],
    ['b', { id: 'b', type: 'remote-inbound-rtp', timestamp: 0, roundTripTime: 0.02, fractionLost: 0.5 } as unknown as RTCStats],
  ]);
  expect(counted(report)).toEqual({ received: 50, lost: 2, concealed: 160, played: 8_000, jitterMs: 10, rttMs: 20, sentLostPct: 50 });
  expect(counted(new Map())).toBeNull();
});
