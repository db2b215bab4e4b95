// The panel of a transfer or a consult: what the agent looks for, and what is asked of the server.
// Rule: how it goes is told by the desk; nothing here says that a call has moved.

import * as rest from '../api';
import { ApiRefused } from '../api';
import type { Desk } from '../live/desk';
import { announcer } from '../shell/announce.svelte';
import { text } from '../text/text.svelte';
import { refusalSaid } from '../text/words';
import type { Department, IfClosed, Standing, TransferReason } from '../wire';
import { placeOfHit, placeOfUnit, placeTyped, typedNumber, type Place } from './places';

export type Way = 'transfer' | 'consult';
type Asked = 'go' | rest.ConsultTurn;

const typingPauseMs = 120;
/** Units whose hours are asked for before anything is typed. */
const unitsMax = 20;
export const noteCharsMax = 120;

export class Transferring {
  /** Null: the panel is not open. */
  way = $state<Way | null>(null);
  query = $state('');
  places = $state.raw<Place[]>([]);
  searchFailed = $state(false);
  chosen = $state(0);
  reason = $state<TransferReason | null>(null);
  note = $state('');
  busy = $state<Asked | null>(null);
  refused = $state<string | null>(null);
  /** The unit that was asked for is closed. */
  closed = $state.raw<{ place: Place; nextOpen: string | null } | null>(null);
  /** A recall that was read. */
  dismissed = $state<string | null>(null);

  #search = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #opener: Element | null = null;

  constructor(
    private readonly desk: () => Desk,
    private readonly departments: () => Department[],
  ) {}

  get place(): Place | null {
    return this.places[Math.min(this.chosen, this.places.length - 1)] ?? null;
  }

  open(way: Way): void {
    const call = this.desk().call;
    if (call?.phase !== 'talking' || call.dialling) return;
    if (this.way === null) {
      this.#opener = document.activeElement;
      this.query = '';
      void this.#find();
    }
    this.way = way;
    this.refused = null;
    this.closed = null;
  }

  /** Closed by the agent: the focus goes back to where it was. */
  close(): void {
    this.way = null;
    if (this.#opener instanceof HTMLElement) this.#opener.focus();
  }

  /** The call is over, or is another one: nothing of this one is kept. */
  forget(): void {
    clearTimeout(this.#timer);
    this.way = null;
    this.query = '';
    this.reason = null;
    this.note = '';
    this.refused = null;
    this.closed = null;
    this.dismissed = null;
  }

  type(query: string): void {
    this.query = query;
    this.closed = null;
    this.refused = null;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#find(), typingPauseMs);
  }

  move(by: number): void {
    if (this.places.length > 0) this.chosen = (this.chosen + by + this.places.length) % this.places.length;
    this.closed = null;
  }

  async go(ifClosed: IfClosed = 'fail'): Promise<void> {
    const call = this.desk().call;
    const place = this.closed?.place ?? this.place;
    if (call?.phase !== 'talking' || !place || place.extension === null || this.way === null) return;
    const base = { ...place.target, if_closed: ifClosed };
    const note = this.note.trim();
    const wanted = { ...base, ...(this.reason ? { reason: this.reason } : {}), ...(note ? { note } : {}) };
    const consults = this.way === 'consult';
    const failure = await this.#ask('go', () => (consults ? rest.consult(call.id, base) : rest.transfer(call.id, wanted)));
    if (failure instanceof ApiRefused && failure.code === 'department_closed') {
      this.closed = { place, nextOpen: failure.problem.next_open ?? null };
    } else if (!failure) {
      this.closed = null;
    }
  }

  async turn(to: rest.ConsultTurn): Promise<void> {
    const call = this.desk().call;
    if (call) await this.#ask(to, () => rest.turnConsult(call.id, to));
  }

  async #ask(what: Asked, act: () => Promise<unknown>): Promise<unknown> {
    if (this.busy) return undefined;
    this.busy = what;
    this.refused = null;
    try {
      await act();
      return undefined;
    } catch (failure) {
      this.refused = refusalSaid(failure);
      announcer.say(this.refused);
      return failure;
    } finally {
      this.busy = null;
    }
  }

  /** The answer to the last question counts, whatever order they come in. */
  async #find(): Promise<void> {
    const [query, search] = [this.query.trim(), (this.#search += 1)];
    const number = typedNumber(query);
    const typed = number ? [placeTyped(number)] : [];
    let found: Place[] = [];
    let failed = false;
    try {
      found = query ? (await rest.searchDepartments(query)).map((hit) => placeOfHit(hit, this.departments())) : await this.#units();
    } catch {
      failed = true;
    }
    if (search !== this.#search) return;
    const known = found.some((place) => place.extension === number && 'extension' in place.target);
    this.places = known ? found : [...found, ...typed];
    this.searchFailed = failed;
    // The closest that can be called.
    this.chosen = Math.max(0, this.places.findIndex((place) => place.extension !== null));
  }

  /** Before anything is typed: the list with its hours. */
  async #units(): Promise<Place[]> {
    const units = this.departments().slice(0, unitsMax);
    const standing = (unit: Department): Promise<Standing | null> => rest.departmentStanding(unit.id).catch(() => null);
    const standings = await Promise.all(units.map(standing));
    const places = units.map((unit, n) => placeOfUnit(unit, standings[n] ?? null));
    // Those that can be called come first.
    return [...places.filter((place) => place.extension !== null), ...places.filter((place) => place.extension === null)];
  }

  /** Said once for each result of a search. */
  get foundSaid(): string {
    return this.places.length > 0 ? text.t.targetsFound(this.places.length) : this.searchFailed ? text.t.searchFailed : text.t.targetNone;
  }
}
