import { describe, expect, it } from 'vitest';
import { changed, fresh, typedOf, written } from './typed';

const stored = { did: ['1203'], members: ['malee', 'somchai:2'], plan: ['longest_idle:2', 'all:1'], deadline_action: 'answer_greet_queue', max_wait_s: 300, music: 'ours.wav' };

describe('a queue in a form', () => {
  it('that nobody changed changes nothing', () => expect(changed(typedOf('support', stored), stored)).toEqual({}));

  it('keeps the keys that the form does not have', () => expect(written(typedOf('support', stored), stored)).toEqual(stored));

  it('takes away what a caller who does not wait cannot need', () => {
    const typed = { ...typedOf('support', stored), deadline_action: 'announce_busy' };
    expect(changed(typed, stored)).toEqual({ deadline_action: 'announce_busy', max_wait_s: null });
  });

  it('does not say twice that callers are called back', () => {
    const typed = { ...typedOf('support', {}), deadline_action: 'offer_callback', callback: true, callback_tries: '3' };
    expect(changed(typed, {})).toMatchObject({ deadline_action: 'offer_callback', callback_tries: 3 });
    expect(changed(typed, {})).not.toHaveProperty('callback');
  });

  it('is written with its plan when it is new', () => expect(written({ ...fresh, did: '1569, 038-694-068' })).toMatchObject({ did: ['1569', '038-694-068'], plan: ['longest_idle:2', 'all:1'] }));

  it('sends a number that is none as it was typed, for the server to refuse', () => expect(written({ ...fresh, max_wait_s: 'นาน' })).toMatchObject({ max_wait_s: 'นาน' }));
});
