import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Call } from '../live/desk';
import { Records } from './records.svelte';

const writes: { call: string; subject: unknown }[] = [];
vi.mock('../api', async (original) => ({
  ...(await original<typeof import('../api')>()),
  readDraft: async () => null,
  writeDraft: async (call: string, body: { subject?: string }, over: number) => {
    writes.push({ call, subject: body.subject });
    return { version: over + 1, body };
  },
  lookUp: async () => ({ contact: { id: '7', given: 'สมชาย' }, candidates: [], history: [] }),
}));

const call = (id: string): Call => ({
  id,
  number: { canonical: '+66812345678', display: '081-234-5678', class: 'mobile' },
  card: { candidates: [], history: [], looked_up: true },
  forwardedBy: null,
  did: null,
  greeting: null,
  draft: null,
  placed: false,
  phase: 'talking',
  since: 0,
  dialling: false,
  heldSince: null,
  sound: {},
  recording: null,
  monitored: null,
});
let writing: boolean;
let records: Records;

beforeEach(() => {
  localStorage.clear();
  writes.length = 0;
  writing = false;
  records = new Records('somsri', () => writing);
});

afterEach(() => records.rest());

/** The agent writes the record of an earlier call. */
async function writingTheRecordOf(id: string) {
  await records.show({ call: id });
  records.shown!.keeper.edit({ subject: 'ของสายก่อน' });
  records.takeFocus = false;
  writing = true;
}

describe('a call that rings', () => {
  it('shows its record when none is open', () => {
    records.rings(call('B'));
    expect(records.shown?.call).toBe('B');
    expect(records.takeFocus).toBe(false);
  });

  it('does not take the place of a record that is being written', async () => {
    await writingTheRecordOf('A');
    records.rings(call('B'));
    expect(records.shown?.call).toBe('A');
  });

  it('and goes leaves no form behind', () => {
    records.rings(call('B'));
    records.went('B');
    expect(records.shown).toBeNull();
  });
});

describe('a call that is answered', () => {
  it('by the handset leaves the form to whoever is typing in it', async () => {
    await writingTheRecordOf('A');
    records.rings(call('B'));
    records.answered(call('B'), false);
    expect(records.shown?.call).toBe('A');
    records.showCall(call('B'));
    expect(records.shown?.call).toBe('B');
  });

  it('on the screen brings its own record, and the focus goes with it', async () => {
    await writingTheRecordOf('A');
    records.rings(call('B'));
    records.answered(call('B'), true);
    expect(records.shown?.call).toBe('B');
    expect(records.takeFocus).toBe(true);
    expect(records.shown?.keeper.body.subject).toBeUndefined();
  });

  it('takes the form, and not the focus, when nobody is typing', async () => {
    await writingTheRecordOf('A');
    writing = false;
    records.rings(call('B'));
    records.answered(call('B'), false);
    expect(records.shown?.call).toBe('B');
    expect(records.takeFocus).toBe(false);
  });

  it('keeps the earlier record to go back to', async () => {
    await writingTheRecordOf('A');
    records.rings(call('B'));
    records.answered(call('B'), true);
    await records.flush();
    expect(writes).toEqual([{ call: 'A', subject: 'ของสายก่อน' }]);
    await records.show({ call: 'A' });
    expect(records.shown?.keeper.body.subject).toBe('ของสายก่อน');
  });
});

describe('a record', () => {
  it('of a caller who was transferred has the extension, and keeps the unit and the outcome that were chosen', () => {
    records.answered(call('A'), true);
    records.transferred('A', '2104', '6');
    expect(records.shown?.keeper.body).toMatchObject({ extension: '2104', department_id: '6', resolution: 'transferred' });
    records.shown?.keeper.edit({ department_id: '3', resolution: 'referred', extension: '' });
    records.transferred('A', '2201', '6');
    expect(records.shown?.keeper.body).toMatchObject({ extension: '2201', department_id: '3', resolution: 'referred' });
  });

  it('of the unfinished list learns who called', async () => {
    await records.show({ call: 'A', number: call('A').number });
    expect(records.shown?.card.contact?.given).toBe('สมชาย');
  });

  it('that another tab confirmed stays to be read while its text was not sent', async () => {
    await writingTheRecordOf('A');
    records.doneElsewhere('A');
    expect(records.shown?.keeper.closed).toBe('recorded');
    expect(records.shown?.keeper.body.subject).toBe('ของสายก่อน');
  });

  it('that is done leaves the screen and this computer', async () => {
    await writingTheRecordOf('A');
    records.done('A');
    expect(records.shown).toBeNull();
    expect(Object.keys(localStorage)).toEqual([]);
  });

  it('left unsent by a crash is sent at the next sign-in, without being opened', async () => {
    await writingTheRecordOf('A');
    records.rest();
    const next = new Records('somsri', () => false);
    next.rescue();
    await vi.waitFor(() => expect(writes).toEqual([{ call: 'A', subject: 'ของสายก่อน' }]));
    expect(next.shown).toBeNull();
  });
});
