import { beforeEach, expect, it, vi } from 'vitest';
import { Microphone } from './microphone.svelte';

/** A browser's devices, in memory. */
class Track extends EventTarget {
  enabled = true;
  stopped = false;
  constructor(readonly label: string) {
    super();
  }
  clone() {
    return new Track(this.label);
  }
  stop() {
    this.stopped = true;
  }
}
let there: string[];
let refusal: string | null;
let permission: EventTarget & { state: string };
let devices: EventTarget & { getUserMedia: unknown; enumerateDevices: unknown };
let given: Track[];
let opened: Track[];
let microphone: Microphone;

beforeEach(() => {
  localStorage.clear();
  [there, refusal, given, opened] = [['headset', 'builtin'], null, [], []];
  permission = Object.assign(new EventTarget(), { state: 'granted' });
  devices = Object.assign(new EventTarget(), {
    getUserMedia: async ({ audio }: { audio: { deviceId?: { exact: string } } }) => {
      const wanted = audio.deviceId?.exact ?? there[0];
      if (refusal) throw new DOMException('', refusal);
      if (!wanted) throw new DOMException('', 'NotFoundError');
      if (!there.includes(wanted)) throw new DOMException('', 'OverconstrainedError');
      const track = new Track(wanted);
      given.push(track);
      return { getAudioTracks: () => [track], getTracks: () => [track] };
    },
    enumerateDevices: async () => there.map((deviceId) => ({ kind: 'audioinput', deviceId, label: deviceId })),
  });
  vi.stubGlobal('isSecureContext', true);
  vi.stubGlobal('navigator', { mediaDevices: devices, permissions: { query: async () => permission } });
  microphone = new Microphone((track) => opened.push(track as unknown as Track));
});

it('opens without a question where it is allowed, and sends nothing until it may', async () => {
  await microphone.begin();
  expect([microphone.state, microphone.label]).toEqual(['open', 'headset']);
  expect(opened[0]!.enabled).toBe(false);
  microphone.gate(true);
  expect(opened[0]!.enabled).toBe(true);
  expect(given[0]!.enabled, 'the meter sees it all the time').toBe(true);
});

it('waits for a click where the browser would ask', async () => {
  permission.state = 'prompt';
  await microphone.begin();
  expect([microphone.state, given.length]).toEqual(['unasked', 0]);
  permission.state = 'granted';
  await microphone.ask();
  expect(microphone.state).toBe('open');
});

it('tells apart why there is none', async () => {
  for (const [name, state] of [['NotAllowedError', 'refused'], ['NotFoundError', 'none'], ['NotReadableError', 'busy']] as const) {
    refusal = name;
    permission.state = name === 'NotAllowedError' ? 'denied' : 'granted';
    await microphone.ask();
    expect(microphone.state).toBe(state);
  }
});

it('can be asked again when the question was shut without an answer', async () => {
  [refusal, permission.state] = ['NotAllowedError', 'prompt'];
  await microphone.ask();
  expect(microphone.state).toBe('unasked');
});

it('comes by itself when it is allowed at the address', async () => {
  [refusal, permission.state] = ['NotAllowedError', 'denied'];
  await microphone.begin();
  expect(microphone.state).toBe('refused');
  [refusal, permission.state] = [null, 'granted'];
  permission.dispatchEvent(new Event('change'));
  await vi.waitFor(() => expect(microphone.state).toBe('open'));
});

it('keeps the choice on this computer, uses another one while it is gone, and comes back to it', async () => {
  localStorage.setItem('kring.microphone', 'builtin');
  there = ['headset'];
  microphone = new Microphone((track) => opened.push(track as unknown as Track));
  await microphone.begin();
  expect([microphone.label, microphone.deviceGone]).toEqual(['headset', true]);
  there = ['headset', 'builtin'];
  devices.dispatchEvent(new Event('devicechange'));
  await vi.waitFor(() => expect([microphone.label, microphone.deviceGone]).toEqual(['builtin', false]));
});

it('takes another one when the headset is pulled out in a call, and what goes out stays open', async () => {
  await microphone.begin();
  microphone.gate(true);
  there = ['builtin'];
  given[0]!.dispatchEvent(new Event('ended'));
  await vi.waitFor(() => expect([microphone.state, microphone.label]).toEqual(['open', 'builtin']));
  expect(opened.at(-1)!.enabled).toBe(true);
  expect(opened[0]!.stopped).toBe(true);
});

it('says that a page without HTTPS has no microphone', async () => {
  vi.stubGlobal('isSecureContext', false);
  await microphone.begin();
  expect(microphone.state).toBe('insecure');
});
