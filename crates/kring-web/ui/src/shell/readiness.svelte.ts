// Whether this desk could take a call now: what the server sees, and what the page sees of itself.
// Rule: what was not checked is not green; a check that fails by itself blocks nobody.

import * as rest from '../api';
import { ApiRefused } from '../api';
import type { ReadinessTold, Trunk } from '../wire';

/** What stands between an agent and ready, in the order of the list. */
export type Lack = 'checking' | 'screen' | 'device' | 'exchange' | 'database' | 'sound' | 'microphone' | 'line';

const samplesMax = 5;

export class Readiness {
  told = $state.raw<ReadinessTold | null>(null);
  /** Null when this person may not see them, or they were not read. */
  trunks = $state.raw<Trunk[] | null>(null);
  /** The server's answer to a small question, the middle of the last few, ms. */
  latencyMs = $state<number | null>(null);
  /** This computer's clock less the server's, ms. */
  clockMs = $state<number | null>(null);
  checkedAt = $state<number | null>(null);
  /** When the server last heard of a change of a phone of this person, RFC 3339. */
  deviceSince = $state<string | null>(null);
  /** The last check had no answer. */
  failed = $state(false);
  /** `auto`: on the screen as long as the agent takes no calls. */
  view = $state<'auto' | 'open' | 'closed'>('auto');
  #latencies: number[] = [];
  #mayReadTrunks = true;
  readonly #away = new Set<string>();

  async check(own: Record<string, boolean>): Promise<void> {
    try {
      const before = Date.now();
      const told = await rest.readiness(own);
      this.clockMs = (before + Date.now()) / 2 - Date.parse(told.server_time);
      this.told = told;
      this.failed = false;
      await this.#readTrunks();
      await this.#measure();
    } catch {
      this.failed = true;
    }
    this.checkedAt = Date.now();
  }

  /** A phone on the desk went or came: one of several may be gone, and the rest ring. */
  deviceChanged(mine: string[], device: string, there: boolean, since: string): void {
    if (there) this.#away.delete(device);
    else this.#away.add(device);
    this.deviceSince = since;
    const told = this.told ?? { ready: true, server_time: since, lights: {} };
    this.told = { ...told, lights: { ...told.lights, device: mine.some((one) => !this.#away.has(one)) } };
  }

  lacks(linked: boolean, sound: boolean): Lack[] {
    const lights = this.told?.lights;
    const dark = (name: 'device' | 'exchange' | 'database') => lights?.[name] === false;
    const lacks: [Lack, boolean][] = [
      ['checking', this.checkedAt === null],
      ['screen', !linked],
      ['device', dark('device')],
      ['exchange', dark('exchange')],
      ['database', dark('database')],
      ['sound', !sound],
    ];
    return lacks.filter(([, lacking]) => lacking).map(([lack]) => lack);
  }

  async #measure(): Promise<void> {
    const took = await rest.roundTripMs();
    if (took === null) return;
    this.#latencies = [...this.#latencies, took].slice(-samplesMax);
    this.latencyMs = [...this.#latencies].sort((a, b) => a - b)[Math.floor(this.#latencies.length / 2)]!;
  }

  async #readTrunks(): Promise<void> {
    if (!this.#mayReadTrunks) return;
    try {
      this.trunks = await rest.trunks();
    } catch (failure) {
      this.trunks = null;
      if (failure instanceof ApiRefused && failure.problem.status === 403) this.#mayReadTrunks = false;
    }
  }
}
