import { describe, expect, it } from 'vitest';
import { addressOf, changed, fresh, typedOf, written } from './typed';

const stored = { address: '192.0.2.10:5060', peers: ['192.0.2.10'], register: { uri: 'sip:5000@pbx.example.net', expires_s: 600, password_set: true }, max_cps: 5 };

describe('a trunk in a form', () => {
  it('that nobody changed changes nothing', () => expect(changed(typedOf('pbx', stored), stored, '')).toEqual({}));

  it('sends a new password with its account, and what it does not edit stays', () => {
    expect(changed(typedOf('pbx', stored), stored, 'ลับ')).toEqual({ register: { uri: 'sip:5000@pbx.example.net', expires_s: 600, password: 'ลับ' } });
  });

  it('takes the account away where the PBX knows kring by its address', () => expect(changed({ ...typedOf('pbx', stored), how: 'address' }, stored, '')).toEqual({ register: null }));

  it('has an address of a host and a port, IPv6 too', () => {
    expect(typedOf('pbx', { address: '[2001:db8::1]:5061' })).toMatchObject({ host: '[2001:db8::1]', port: '5061' });
    expect(addressOf({ host: ' pbx.local ', port: '' })).toBe('pbx.local');
    expect(addressOf({ host: '', port: '5060' })).toBe('');
  });

  it('is written without what nobody said', () => expect(written({ ...fresh, host: '10.0.4.2', peers: '10.0.4.2 10.0.4.3' }, '')).toEqual({ address: '10.0.4.2:5060', peers: ['10.0.4.2', '10.0.4.3'] }));
});
