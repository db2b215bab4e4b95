// The steps of the first run, and which of them the house has behind it: told by the server, so that a reload or
// another computer goes on where it was left.

import { trunks } from '../admin/trunks/api';
import { units, users } from '../admin/api';
import { settings } from '../admin/settings/api';
import { authorityFile } from './api';

export const steps = ['account', 'house', 'certificate', 'trunk', 'agents', 'departments', 'call'] as const;
export type Step = (typeof steps)[number];

const calledKey = 'kring.setup.called';
export const noteCalled = () => {
  try {
    localStorage.setItem(calledKey, '1');
  } catch {
    // Storage that is refused: the mark is gone with the page.
  }
};
const called = () => {
  try {
    return localStorage.getItem(calledKey) === '1';
  } catch {
    return false;
  }
};

/** The steps that are done; what cannot be read now is not. */
export async function doneSteps(): Promise<Step[]> {
  const asked: [Step, () => Promise<boolean>][] = [
    ['house', async () => (await settings()).items.some((one) => one.key === 'house.name' && one.value !== '' && one.value !== null)],
    ['certificate', async () => location.protocol === 'https:' || (await fetch(authorityFile, { cache: 'no-store' })).ok],
    ['trunk', async () => (await trunks()).some((one) => one.source === 'database' || one.source === 'file')],
    ['agents', async () => (await users()).some((one) => ['agent', 'supervisor', 'tip_officer'].includes(one.role) && one.devices.length > 0)],
    ['departments', async () => (await units()).some((unit) => unit.endpoints.length > 0)],
    ['call', async () => called()],
  ];
  const answers = await Promise.allSettled(asked.map(([, done]) => done()));
  return ['account', ...asked.filter((_, i) => answers[i]!.status === 'fulfilled' && (answers[i] as PromiseFulfilledResult<boolean>).value).map(([step]) => step)];
}
