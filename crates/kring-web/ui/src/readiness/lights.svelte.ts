// The lights as they are drawn: which there are for this person, and what each says.
// Rule: colour says whether a call could be taken, and stands with a word; what is not known is hollow.

import { clock } from '../format/date';
import type { Console } from '../shell/console.svelte';
import { ringer } from '../sound/ringer.svelte';
import { text } from '../text/text.svelte';
import { words } from './words';

export type Tone = 'good' | 'fair' | 'bad' | 'untested' | 'ask' | 'off' | 'unknown' | 'checking';
export type LightKey = 'screen' | 'device' | 'exchange' | 'pbx' | 'sound' | 'microphone' | 'notify' | 'latency' | 'clock';
export type Light = { key: LightKey; name: string; fact?: string; said: string; tone: Tone; optional?: boolean };

/** Past these the page says so, ms. */
const slowMs = 150;
const clockOffMs = 5_000;

/** `pbx:5021`, `sip:5021@192.0.2.7:5060` and `phone:5021` all ring at 5021. */
const numberOf = (device: string) => /^[a-z]+:([^@]+)/.exec(device)?.[1] ?? '';

function device(console: Console): Light {
  const t = words.t;
  const [first] = console.me.devices ?? (console.me.device ? [console.me.device] : []);
  const on = console.readiness.told?.lights.device;
  const name = t.phone(first ? numberOf(first) : '').trim();
  const light = { key: 'device' as const, name };
  if (!first) return { ...light, said: t.noPhone, tone: 'bad' };
  if (console.telephone.onlyHere) return { ...light, name: t.phoneHere, ...lineSaid(console) };
  if (on === undefined) return { ...light, said: t.checking, tone: 'checking' };
  if (!on) return { ...light, said: t.phoneUnregistered, tone: 'bad' };
  const said = console.inBrowser ? t.phoneInPage : first.startsWith('phone:') ? t.phoneRegistered : t.phoneByPbx;
  return { ...light, said, tone: 'good' };
}

/** The line between this page and kring: what the page itself knows. */
function lineSaid(console: Console): { said: string; tone: Tone; fact?: string } {
  const t = words.t;
  const phone = console.telephone.phone;
  if (!phone) return { said: t.checking, tone: 'checking' };
  if (phone.microphone.state !== 'open') return { said: t.lineWaits, tone: 'bad' };
  switch (phone.line) {
    case 'up':
      return { said: t.phoneInPage, tone: 'good', fact: phone.openedInMs === null ? undefined : `${phone.openedInMs} ms` };
    case 'taken':
      return { said: t.lineTaken, tone: 'bad' };
    case 'refused':
      return { said: t.lineRefused, tone: 'bad' };
    case 'lost':
      return { said: t.lineLost, tone: 'bad' };
    default:
      return { said: t.lineOpening, tone: 'checking' };
  }
}

function exchange(console: Console): Light {
  const t = words.t;
  const lights = console.readiness.told?.lights;
  const light = { key: 'exchange' as const, name: t.exchange };
  if (!lights) return { ...light, said: console.readiness.failed ? t.notAnswered : t.checking, tone: console.readiness.failed ? 'unknown' : 'checking' };
  if (lights.exchange === false) return { ...light, said: t.exchangeDown, tone: 'bad' };
  if (lights.database === false) return { ...light, said: t.databaseDown, tone: 'bad' };
  return { ...light, said: t.exchangeUp, tone: 'good' };
}

/** Optional: some PBXs do not answer when they are asked, and send calls all the same. */
function pbx(console: Console): Light[] {
  const t = words.t;
  const trunks = console.readiness.trunks;
  if (!trunks?.length) return [];
  const names = (some: typeof trunks) => some.map((trunk) => trunk.name).join(' · ');
  const down = trunks.filter((trunk) => trunk.up === false || trunk.registered === false);
  const asked = trunks.filter((trunk) => trunk.up != null || trunk.registered != null);
  const slowest = Math.max(...trunks.map((trunk) => trunk.rtt_ms ?? 0));
  const light = { key: 'pbx' as const, name: t.pbx, fact: slowest > 0 ? `${Math.round(slowest)} ms` : undefined, optional: true };
  if (down.length > 0) return [{ ...light, said: t.pbxDown(names(down)), tone: 'fair' }];
  if (asked.length === 0) return [{ ...light, said: t.pbxUnasked, tone: 'unknown' }];
  return [{ ...light, said: t.pbxUp(names(asked)), tone: 'good' }];
}

function sound(console: Console): Light {
  const t = words.t;
  const light = { key: 'sound' as const, name: t.sound };
  if (ringer.failed) return { ...light, said: t.soundNone, tone: 'off', optional: true };
  if (ringer.muted) {
    return console.inBrowser ? { ...light, said: t.soundMutedInPage, tone: 'bad' } : { ...light, said: t.soundMuted, tone: 'off', optional: true };
  }
  if (!ringer.running) return { ...light, said: t.soundLocked, tone: 'untested' };
  if (ringer.tested === null) return { ...light, said: t.soundUntested, tone: 'untested', optional: true };
  return { ...light, said: t.soundTested(clock(new Date(ringer.tested), text.lang)), tone: 'good' };
}

function latency(console: Console): Light {
  const t = words.t;
  const ms = console.readiness.latencyMs;
  const light = { key: 'latency' as const, name: t.latency, optional: true };
  if (ms === null) return { ...light, said: t.checking, tone: 'checking' };
  const slow = ms > slowMs;
  return { ...light, fact: `${Math.round(ms)} ms`, said: slow ? t.latencySlow : t.latencyGood, tone: slow ? 'fair' : 'good' };
}

function clockLight(console: Console): Light {
  const t = words.t;
  const ms = console.readiness.clockMs;
  const light = { key: 'clock' as const, name: t.clock, optional: true };
  if (ms === null) return { ...light, said: t.checking, tone: 'checking' };
  const off = Math.abs(ms) > clockOffMs;
  const signed = `${ms < 0 ? '−' : '+'}${Math.abs(ms / 1000).toFixed(1)}`;
  return { ...light, fact: t.seconds(signed), said: off ? t.clockOff : t.clockGood, tone: off ? 'fair' : 'good' };
}

export type Permission = 'granted' | 'denied' | 'default' | 'insecure';

function notify(permission: Permission): Light {
  const t = words.t;
  const light = { key: 'notify' as const, name: t.notify, optional: true };
  switch (permission) {
    case 'granted':
      return { ...light, said: t.notifyOn, tone: 'good' };
    case 'denied':
      return { ...light, said: t.notifyDenied, tone: 'off' };
    case 'insecure':
      return { ...light, said: t.notifyInsecure, tone: 'off' };
    case 'default':
      return { ...light, said: t.notifyWhy, tone: 'ask' };
  }
}

/** Of a phone in the browser only. With another phone on the desk it is no must. */
function microphoneLight(console: Console): Light {
  const t = words.t;
  const light = { key: 'microphone' as const, name: t.microphone, optional: !console.telephone.onlyHere };
  const microphone = console.telephone.phone?.microphone;
  switch (microphone?.state) {
    case undefined:
      return { ...light, said: t.checking, tone: 'checking' };
    case 'open':
      return { ...light, fact: microphone!.label, said: microphone!.deviceGone ? t.microphoneOther : t.microphoneOn, tone: microphone!.deviceGone ? 'fair' : 'good' };
    case 'asking':
      return { ...light, said: t.microphoneAsking, tone: 'checking' };
    case 'refused':
      return { ...light, said: t.microphoneDenied, tone: 'bad' };
    case 'none':
      return { ...light, said: t.microphoneNone, tone: 'bad' };
    case 'busy':
      return { ...light, said: t.microphoneBusy, tone: 'bad' };
    case 'insecure':
      return { ...light, said: t.microphoneInsecure, tone: 'bad' };
    default:
      return { ...light, said: t.microphoneWhy, tone: 'ask' };
  }
}

export function lightsOf(console: Console, permission: Permission): Light[] {
  const t = words.t;
  const up = console.link.up;
  const screen: Light = { key: 'screen', name: t.screen, said: up ? t.screenUp : t.screenDown, tone: up ? 'good' : 'bad' };
  const microphone = console.inBrowser ? [microphoneLight(console)] : [];
  return [device(console), exchange(console), screen, ...microphone, sound(console), notify(permission), ...pbx(console), latency(console), clockLight(console)];
}
