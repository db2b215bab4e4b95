// The console of one signed-in agent: the stream folded into a desk, and what the agent asks for.
// Rule: the screen shows what the server said; a button only asks, and says that it waits.

import { tick } from 'svelte';
import * as rest from '../api';
import { ApiRefused } from '../api';
import { emptyDesk, fold, fromSnapshot, type Call, type Desk } from '../live/desk';
import { Stream, type LinkState, type SessionEnd } from '../live/stream';
import { asRead, underWay } from '../live/transfer';
import { Records } from '../record/records.svelte';
import { text } from '../text/text.svelte';
import { farewellSaid, numberShown, presenceSaid, refusalSaid } from '../text/words';
import { stepSaid } from '../text/transfer_words';
import { callerNamed } from '../caller/named';
import { Transferring } from '../transfer/transferring.svelte';
import type { ConfirmedCase, Department, Frame, Me, PhoneFrame, Snapshot, Unfinished } from '../wire';
import type { Answers } from '../answers/answers.svelte';
import { announcer } from './announce.svelte';
import { route } from './route.svelte';
import { notifyOfCall, withdrawNotice } from './notify';
import { ringer } from '../sound/ringer.svelte';
import { takesCalls } from './places';
import { Readiness, type Lack } from './readiness.svelte';
import { Telephone, type PhoneTrouble } from './telephone.svelte';

type Doing = 'hold' | 'record' | 'answer' | 'decline' | 'hangUp' | 'presence' | 'moreTime';
/** One press of the button, s. */
const moreTimeS = 60;
const farewellShownMs = 8_000;
/** Longer than the server tries. */
const lookupShownMs = 11_000;

/** What became of a record, its case, and which appointment is being made for it. */
export type Recorded = { words: string; made: ConfirmedCase | null; doing: 'follow' | 'video' | null };

export class Console {
  desk = $state.raw<Desk>(emptyDesk);
  link = $state.raw<LinkState>({ up: false, since: performance.now(), tries: 0, first: true });
  /** What was asked and is not answered yet. */
  doing = $state<Doing | null>(null);
  /** Why the last thing asked was not done; until the next one. */
  failure = $state<string | null>(null);
  /** The phone cannot be answered from the screen: known by being told so. */
  mustLift = $state(false);
  unfinished = $state.raw<Unfinished[] | 'unread' | 'failed'>('unread');
  departments = $state.raw<Department[] | 'unread' | 'failed'>('unread');
  /** What became of the last record; until the next call is answered, for it may ring at once. */
  lastRecorded = $state.raw<Recorded | null>(null);
  /** What the middle column shows, and what was looked up in it; it is loaded with the first use. */
  middle = $state<'answers' | 'units'>('answers');
  answers: Answers | null = null;
  readonly telephone: Telephone;
  /** The keys of a telephone are on the screen. */
  keypad = $state(false);
  readonly records: Records;
  readonly transferring: Transferring;
  readonly readiness = new Readiness();
  readonly #stream: Stream;
  #askedToAnswer: string | null = null;
  #leaving = false;

  constructor(
    readonly me: Me,
    clientId: string,
    /** Another tab works: this one shows what is, and asks for nothing. */
    readonly watching: boolean,
    /** Null: by choice. */
    private readonly signedOut: (ended: SessionEnd | null) => void,
  ) {
    const writing = () => document.activeElement?.closest('[data-testid="record"]') != null;
    this.records = new Records(me.login, writing, watching);
    this.transferring = new Transferring(
      () => this.desk,
      () => this.units,
    );
    this.telephone = new Telephone(me, watching, (said) => this.#stream.phone(said));
    const hooks = {
      snapshot: (snapshot: Snapshot) => this.#snapshot(snapshot),
      frame: (frame: Frame) => this.#frame(frame),
      phone: (frame: PhoneFrame) => this.telephone.phone?.hear(frame),
      link: (link: LinkState) => this.#linked(link),
      // Signing out closes the socket before it is answered.
      signedOut: (why: SessionEnd) => this.end(why),
    };
    this.#stream = new Stream(clientId, hooks, {
      open: () => new WebSocket(socketAddress(), 'kring.v1'),
      alive: rest.alive,
      now: () => performance.now(),
      random: Math.random,
    });
  }

  /** As far as they are known. */
  get units(): Department[] {
    return Array.isArray(this.departments) ? this.departments : [];
  }

  start(): void {
    rest.whenLapsed((why) => this.end(why));
    this.#stream.connect();
    ringer.wake();
    if (!this.watching) this.records.rescue();
    void this.readDepartments();
    this.telephone.open();
  }

  /** The same person has signed in again: on from where the page was. */
  resume(): void {
    rest.whenLapsed((why) => this.end(why));
    this.#stream.reopen();
    this.records.resume();
    if (!Array.isArray(this.departments)) void this.readDepartments();
  }

  /** The page is another one now. */
  leave(): void {
    this.telephone.close(false);
    this.#rest();
  }

  #rest(): void {
    this.#stream.close();
    this.#quiet();
    this.records.rest();
  }

  /** Whether a button can do what it says. */
  get able(): boolean {
    return this.link.up && !this.watching;
  }

  retryNow(): void {
    this.#stream.retryNow();
  }

  async answer(): Promise<void> {
    const call = this.desk.call;
    if (call?.phase !== 'ringing') return;
    this.#askedToAnswer = call.id;
    const failure = await this.#ask('answer', () => rest.answer(call.id));
    if (failure instanceof ApiRefused && failure.code === 'answer_on_phone') this.mustLift = true;
  }

  async decline(): Promise<void> {
    const call = this.desk.call;
    if (call?.phase === 'ringing') await this.#ask('decline', () => rest.decline(call.id));
  }

  async hangUp(): Promise<void> {
    const call = this.desk.call;
    if (call?.phase === 'talking') await this.#ask('hangUp', () => rest.hangUp(call.id));
  }

  /** The caller hears music; once more, and they hear each other again. */
  async hold(): Promise<void> {
    const call = this.desk.call;
    if (call?.phase !== 'talking' || call.dialling || underWay(this.desk.transfer)) return;
    await this.#ask('hold', () => (call.heldSince === null ? rest.hold(call.id) : rest.resume(call.id)));
  }

  /** The recording of the call begins, pauses or goes on. */
  async record(action: 'start' | 'pause' | 'resume'): Promise<void> {
    const call = this.desk.call;
    if (call?.phase === 'talking') await this.#ask('record', () => rest.record(call.id, action));
  }

  /** More time for the record. */
  async extendWrapUp(): Promise<void> {
    const call = this.desk.call;
    if (call?.phase === 'wrapup') await this.#ask('moreTime', () => rest.extendWrapUp(call.id, moreTimeS));
  }

  /** What stands between the agent and ready. A ring that was silenced on purpose is nothing, but for a phone in the browser. */
  get lacks(): Lack[] {
    const sound = ringer.failed || (ringer.muted && !this.inBrowser) || (ringer.running && !ringer.muted);
    const lacks = this.readiness.lacks(this.link.up, sound);
    // Of its own line the page knows before the server does.
    return this.telephone.onlyHere ? [...lacks.filter((lack) => lack !== 'device'), ...this.telephone.lacks] : lacks;
  }

  /** The page itself is the telephone. */
  get inBrowser(): boolean {
    return this.telephone.here;
  }

  /** What is wrong with the telephone of somebody who takes calls; the lights tell it to those who do not. */
  get phoneTrouble(): PhoneTrouble | null {
    const { desk } = this;
    if (this.watching || (desk.presence.state === 'offline' && !desk.call)) return null;
    return this.telephone.trouble(this.readiness.told?.lights.device);
  }

  /** Ready by the server's word, and yet nothing can ring here. */
  get unreachable(): boolean {
    return this.desk.presence.state === 'ready' && !this.desk.call && this.link.up && ![null, 'locked'].includes(this.phoneTrouble);
  }

  /** Whether the page of the lights is on the desk now. */
  get checksReadiness(): boolean {
    const { view } = this.readiness;
    if (this.watching || this.desk.call || this.records.shown || (!this.link.up && this.link.first)) return false;
    return view === 'open' || (view === 'auto' && this.desk.presence.state === 'offline');
  }

  checkReadiness(): Promise<void> {
    return this.readiness.check({ sound: ringer.running, sound_tested: ringer.tested !== null, ...this.telephone.lights });
  }

  /** Ready, as soon as nothing is lacking; else what is lacking is shown. */
  async goReady(): Promise<void> {
    if (this.lacks.length > 0) {
      this.readiness.view = 'open';
      route.go('/');
      return;
    }
    await this.setPresence('ready');
    if (this.desk.presence.state !== 'offline') this.readiness.view = 'auto';
  }

  async setPresence(state: 'ready' | 'paused' | 'offline', reason?: string): Promise<void> {
    await this.#ask('presence', () => rest.setPresence(state, reason));
  }

  /** Drafts first, then the session: typed text survives signing out. */
  async signOut(): Promise<void> {
    await this.records.flush();
    this.#leaving = true;
    try {
      await rest.signOut();
    } catch (failure) {
      this.#leaving = false;
      this.failure = refusalSaid(failure);
      announcer.say(this.failure);
      return;
    }
    this.records.clear();
    this.end(null);
  }

  async readUnfinished(): Promise<void> {
    try {
      this.unfinished = await rest.unfinished();
    } catch {
      if (!Array.isArray(this.unfinished)) this.unfinished = 'failed';
    }
  }

  async readDepartments(): Promise<void> {
    try {
      this.departments = await rest.departments();
    } catch {
      if (!Array.isArray(this.departments)) this.departments = 'failed';
    }
  }

  /** The record of this call is stored for good. */
  recorded(call: string, words: string, made: ConfirmedCase | null): void {
    this.records.done(call);
    this.lastRecorded = { words, made, doing: null };
    announcer.say(words);
    void this.readUnfinished();
  }

  dismissAlert(): void {
    this.desk = { ...this.desk, alert: null };
  }

  async #ask(what: Doing, act: () => Promise<void>): Promise<unknown> {
    if (this.doing === what || this.watching) return undefined;
    this.doing = what;
    this.failure = null;
    try {
      await act();
      return undefined;
    } catch (failure) {
      this.failure = refusalSaid(failure);
      announcer.say(this.failure);
      return failure;
    } finally {
      if (this.doing === what) this.doing = null;
    }
  }

  #snapshot(snapshot: Snapshot): void {
    const before = this.desk;
    this.desk = fromSnapshot(before, snapshot, performance.now());
    if (snapshot.drafts) this.unfinished = snapshot.drafts;
    else void this.readUnfinished();
    this.#changed(before, this.desk);
    if (underWay(this.desk.transfer)) void this.#readTransfer(this.desk.transfer.id);
  }

  #frame(frame: Frame): void {
    const received = performance.now();
    const before = this.desk;
    this.desk = fold(before, frame, received);
    if (frame.t === 'call.offered') void this.#paint(frame.seq, received);
    if (frame.t === 'wrapup.saved' && frame.call) this.records.heard(frame.call, frame.d.version);
    if (frame.t === 'wrapup.confirmed' && frame.call) this.records.doneElsewhere(frame.call);
    if (frame.t === 'wrapup.confirmed' || frame.t === 'wrapup.expired') void this.readUnfinished();
    if (frame.t === 'device.changed') this.readiness.deviceChanged(this.me.devices ?? [], frame.d.device, frame.d.there, frame.d.since ?? frame.ts);
    if (frame.t === 'alert') announcer.say(text.lang === 'th' ? (frame.d.text_th ?? '') : (frame.d.text_en ?? ''));
    this.#changed(before, this.desk);
  }

  /** What a change of the desk means for the records and for the ear. */
  #changed(before: Desk, after: Desk): void {
    const [was, is] = [before.call, after.call];
    if (is && is !== was) this.records.told(is);
    if (is?.phase === 'ringing' && (was?.id !== is.id || was.phase !== 'ringing')) this.#rings(is);
    if (is?.phase === 'ringing' && !this.watching) ringer.ring(is.id, is.clock, () => this.#stream.audible(is.id));
    if (was?.phase === 'ringing' && is?.phase !== 'ringing') {
      announcer.quiet();
      this.#quiet();
      this.mustLift = false;
    }
    if (is && is.phase !== 'ringing' && (was?.id !== is.id || was.phase === 'ringing')) this.#isOurs(is);
    if (was?.phase === 'ringing' && is?.id !== was.id) this.records.went(was.id);
    if (after.farewell && after.farewell !== before.farewell) this.#bidFarewell(after);
    else if (presenceSaid(after) !== presenceSaid(before) && is?.phase !== 'ringing') announcer.say(presenceSaid(after));
    if (is?.phase !== 'talking') this.keypad = false;
    if (was?.phase === 'wrapup' && !is) void this.readUnfinished();
    // Whoever stops taking calls may want to see the lights again before the next time.
    if (before.presence.state === 'offline' && after.presence.state !== 'offline') this.readiness.view = 'auto';
    this.#transferChanged(before, after);
  }

  #transferChanged(before: Desk, after: Desk): void {
    const [was, is] = [before.transfer, after.transfer];
    if (after.call?.id !== before.call?.id || after.call?.phase === 'ringing') this.transferring.forget();
    if (is && is.id !== was?.id && is.department === null) void this.#readTransfer(is.id);
    const step = is?.steps.at(-1);
    if (step && step !== was?.steps.at(-1)) announcer.say(stepSaid(step));
    const [call, talked] = [after.call, before.call];
    if (call?.phase !== 'wrapup' || !call.transferredTo || (talked?.phase === 'wrapup' && talked.transferredTo)) return;
    const to = call.transferredTo;
    this.transferring.forget();
    if (!this.watching) this.records.transferred(call.id, to, this.#unitOf(to, is?.department ?? null)?.id ?? null);
  }

  #unitOf(extension: string, short: string | null): Department | undefined {
    const owns = (unit: Department) => unit.endpoints?.some((desk) => desk.extension === extension);
    return this.units.find((unit) => (short === null ? owns(unit) : unit.short === short));
  }

  /** Frames do not tell the target of a transfer, and a new line may have missed how it went. */
  async #readTransfer(id: string): Promise<void> {
    try {
      const read = await rest.readTransfer(id);
      const known = this.desk.transfer;
      if (known?.id !== id) return;
      const before = this.desk;
      this.desk = { ...before, transfer: asRead(known, read) };
    } catch (failure) {
      // The process is a new one and knows nothing of it: neither does this page.
      const gone = failure instanceof ApiRefused && failure.problem.status === 404;
      if (gone && this.desk.transfer?.id === id) this.desk = { ...this.desk, transfer: null };
    }
  }

  #rings(call: Call): void {
    this.failure = null;
    this.records.rings(call);
    const words = [text.t.incoming, callerNamed(call), numberShown(call.number)];
    if (call.forwardedBy) words.push(text.t.via(call.forwardedBy));
    announcer.call(words.join(' '));
    if (!this.watching) notifyOfCall(words.slice(1).join(' · '));
    if (call.card.looked_up === false) setTimeout(() => this.#stopLooking(call.id), lookupShownMs);
  }

  /** The server gives a lookup up without a word. */
  #stopLooking(id: string): void {
    const call = this.desk.call;
    if (call?.id !== id || call.card.looked_up !== false) return;
    this.desk = { ...this.desk, call: { ...call, card: { ...call.card, given_up: true } } };
  }

  #isOurs(call: Call): void {
    // An appointment that is being made for it stays until it is made or left.
    if (!this.lastRecorded?.doing) this.lastRecorded = null;
    // Whoever answered by the screen goes to the desk; whoever lifted the handset stays where they type.
    if (this.#askedToAnswer === call.id) route.go('/');
    this.records.answered(call, this.#askedToAnswer === call.id);
    this.#askedToAnswer = null;
  }

  #bidFarewell(desk: Desk): void {
    const farewell = desk.farewell!;
    announcer.say(farewellSaid(farewell));
    setTimeout(() => {
      if (this.desk.farewell === farewell) this.desk = { ...this.desk, farewell: null };
    }, farewellShownMs);
  }

  async #paint(seq: number, received: number): Promise<void> {
    if (document.visibilityState !== 'visible') return;
    await tick();
    requestAnimationFrame(() => this.#stream.painted(seq, performance.now() - received));
  }

  #linked(link: LinkState): void {
    const was = this.link;
    this.link = link;
    this.telephone.linked(link.up);
    if (was.up && !link.up) announcer.say(text.t.lostAnnounce);
    if (!was.up && link.up && !was.first) announcer.say(text.t.backAnnounce);
    if (!was.up && link.up) {
      void this.records.flush();
      if (this.departments === 'failed') void this.readDepartments();
      if (takesCalls(this.me) && !this.watching) void this.checkReadiness();
    }
  }

  /** The session ended: by itself, or (null) by choice. */
  end(ended: SessionEnd | null): void {
    if (this.#leaving && ended !== null) return;
    rest.whenLapsed(undefined);
    // Who only has to sign in again is heard meanwhile.
    if (ended !== 'lapsed') this.telephone.close(ended === null);
    this.#rest();
    this.link = { up: false, since: performance.now(), tries: 0, first: false };
    this.signedOut(ended);
  }

  #quiet(): void {
    ringer.quiet();
    withdrawNotice();
  }
}

function socketAddress(): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws/v1`;
}
