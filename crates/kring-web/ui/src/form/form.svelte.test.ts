import { beforeEach, describe, expect, it } from 'vitest';
import { ApiRefused } from '../api';
import { Form } from './form.svelte';

const base = { subject: '', unit: null as string | null };

describe('a form', () => {
  beforeEach(() => localStorage.clear());

  it('is there again after a reload, as it was typed', () => {
    new Form('a/1', base).edit({ subject: 'ป้ายราคา' });
    const again = new Form('a/1', base);
    expect(again.body.subject).toBe('ป้ายราคา');
    expect(again.restored).toBe(true);
    expect(again.changes).toEqual({ subject: 'ป้ายราคา' });
  });

  it('is gone when it was saved', async () => {
    const form = new Form('a/1', base);
    form.edit({ subject: 'ป้ายราคา' });
    expect(await form.save(async () => 'ok')).toBe('ok');
    expect(form.dirty).toBe(false);
    expect(new Form('a/1', base).body.subject).toBe('');
  });

  it('shows what the server refuses at its field, until the field changes', async () => {
    const form = new Form('a/1', base);
    form.edit({ subject: 'x' });
    const refusal = { status: 422, code: 'bad_field', errors: [{ field: 'subject', code: 'short', text_th: 'สั้นไป', text_en: 'too short' }] };
    expect(await form.save(() => Promise.reject(new ApiRefused(refusal)))).toBeNull();
    expect(form.errors).toEqual({ subject: 'สั้นไป' });
    expect(form.dirty).toBe(true);
    form.edit({ subject: 'xy' });
    expect(form.errors).toEqual({});
  });

  it('takes over what others have changed, and asks where both have', () => {
    const form = new Form('a/1', { subject: 'ก', unit: null as string | null });
    form.edit({ subject: 'ข' });
    expect(form.rebase({ subject: 'ค', unit: '3' })).toEqual(['subject']);
    expect(form.body).toEqual({ subject: 'ข', unit: '3' });
    expect(form.changes).toEqual({ subject: 'ข' });
    expect(form.rebase({ subject: 'ค', unit: '4' })).toEqual([]);
  });

  it('comes back over what is stored by then', () => {
    new Form('a/1', { subject: '', unit: null as string | null }).edit({ subject: 'ข' });
    expect(new Form('a/1', { subject: '', unit: '7' as string | null }).body).toEqual({ subject: 'ข', unit: '7' });
  });
});
