// One call as the server tells it: row, evidence, facts and messages; read anew each second while it is live.

import { Loaded } from '../live/loaded.svelte';
import * as rest from './api';
import { msBetween } from './moment';
import type { CallRow, Evidence, Facts, LadderRead, Message } from './wire';

const freshMs = 1_000;
/** Facts still come when the call is over: the record, the seal. */
const afterMs = 4_000;
const afterTimes = 15;

export class CallView {
  readonly row: Loaded<CallRow>;
  readonly evidence: Loaded<Evidence>;
  readonly facts: Loaded<Facts>;
  readonly ladder: Loaded<LadderRead>;
  /** When the evidence was read last, for whoever wants to know how old the check is. */
  checkedAt = $state<Date | null>(null);
  checking = $state(false);
  #texts: LadderRead | null = null;
  readonly #id: string;

  /** `traces`: whether this person may see messages. */
  constructor(id: string, private readonly traces: boolean) {
    this.#id = id;
    this.row = new Loaded(() => rest.call(id));
    this.evidence = new Loaded(() => rest.evidence(id));
    this.facts = new Loaded(() => rest.facts(id));
    this.ladder = new Loaded(() => rest.ladder(id));
  }

  get live(): boolean {
    return this.row.value !== null && this.row.value.state !== 'ended';
  }

  /** Ms from t0 to now, or to the end. */
  now(wall: Date): number {
    const { value } = this.evidence;
    if (!value) return 0;
    return value.ended_ms ?? (this.live ? wall.getTime() - Date.parse(value.t0) : (value.decided_ms ?? 0));
  }

  at(message: Message): number {
    return this.evidence.value ? msBetween(this.evidence.value.t0, message.at) : 0;
  }

  async check(): Promise<void> {
    this.checking = true;
    await this.evidence.read();
    this.checkedAt = new Date();
    this.checking = false;
  }

  async read(): Promise<void> {
    await Promise.all([this.row.read(), this.check(), this.facts.read(), this.traces ? this.ladder.read() : undefined]);
  }

  /** Follows the call to its end; returns what stops it. */
  follow(): () => void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let left = afterTimes;
    let over = false;
    const turn = async () => {
      if (document.visibilityState === 'visible') await this.read();
      if (over) return;
      const settled = !this.live && (this.row.value?.case_ref || this.row.value?.no_case || this.row.value?.agent === null || (left -= 1) <= 0);
      if (!settled || left === afterTimes) timer = setTimeout(turn, this.live ? freshMs : afterMs);
    };
    void turn();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }

  /** The whole text of a message; read when somebody asks for the first, and again when newer ones came. */
  async textOf(n: number): Promise<string | null> {
    if (this.#texts?.messages[n] === undefined) this.#texts = await rest.ladderTexts(this.#id);
    return this.#texts.messages[n]?.raw ?? null;
  }
}
