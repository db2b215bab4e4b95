// One case with all that belongs to it, as it is on the screen.

import { read } from '../api';
import { Loaded } from '../live/loaded.svelte';
import { announcer } from '../shell/announce.svelte';
import type { Contact } from '../wire';
import * as api from './api';
import { caseRefused } from './said';
import type { Activity, Attachment, AttachedSource, Case, FollowUp, VideoSession } from './wire';

export type Person = Contact & { numbers: { canonical: string; display: string }[]; restricted: boolean };

export class CaseFile {
  readonly one: Loaded<Case>;
  readonly activities = new Loaded<Activity[]>(() => api.activities(this.id));
  readonly followUps = new Loaded<FollowUp[]>(() => api.followUpsOf(this.id));
  readonly videos = new Loaded<VideoSession[]>(() => api.videosOf(this.id));
  readonly files = new Loaded<Attachment[]>(() => api.attachments(this.id));
  readonly knowledge = new Loaded<AttachedSource[]>(() => api.knowledgeOf(this.id));
  readonly others = new Loaded<Case[]>(async () => (await api.cases({ contact: this.one.value!.contact_id!, limit: 6 }, null)).items);
  person = $state.raw<Person | null>(null);
  /** What was done last, in words, and whether it was refused. */
  said = $state.raw<{ words: string; refused: boolean } | null>(null);

  constructor(
    private readonly ref: string,
    private readonly withKnowledge: boolean,
  ) {
    this.one = new Loaded(() => (/^[0-9A-Z]{26}$/.test(ref) ? api.caseById(ref) : api.caseByRef(ref)));
  }

  get id(): string {
    return this.one.value?.id ?? this.ref;
  }

  /** The number to call back: of the call that it came by, else the person's first. */
  get number(): string | null {
    return this.one.value?.number ?? this.person?.numbers[0]?.canonical ?? null;
  }

  async read(): Promise<void> {
    await this.one.read();
    const one = this.one.value;
    if (!one || one.masked) return;
    const parts = [this.activities.read(), this.followUps.read(), this.videos.read(), this.files.read()];
    if (this.withKnowledge) parts.push(this.knowledge.read());
    if (one.contact_id) parts.push(this.others.read(), this.#readPerson(one.contact_id));
    await Promise.all(parts);
  }

  async #readPerson(id: string): Promise<void> {
    try {
      this.person = await read<Person>(`/contacts/${id}`);
    } catch {
      this.person = null;
    }
  }

  /** Asks for something and says what came of it; true when it was done. */
  async ask(what: () => Promise<unknown>, done?: string, refused = caseRefused): Promise<boolean> {
    this.said = null;
    try {
      await what();
      this.said = done ? { words: done, refused: false } : null;
      if (done) announcer.say(done);
      return true;
    } catch (failure) {
      this.said = { words: refused(failure), refused: true };
      announcer.say(this.said.words);
      return false;
    }
  }
}
