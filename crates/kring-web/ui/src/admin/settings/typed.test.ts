import { describe, expect, it } from 'vitest';
import { grouped, typedOf, valuesOf } from './typed';
import type { Setting } from './wire';

const setting = (key: string, value: Setting['value'], more: Partial<Setting> = {}): Setting => ({ key, value, default: value, source: 'default', needs_restart: false, ...more });
const items = [
  setting('agent.wrapup_s', 60, { min: 0, max: 3600 }),
  setting('agent.pause_reasons', ['ประชุม', 'อบรม']),
  setting('transfer.recall', true),
  setting('number.area_default', '038'),
  setting('ring.guard_ms', 500, { source: 'file' }),
  setting('data_dir', './kring-data', { read_only: true }),
];

describe('settings in a form', () => {
  it('have what may be changed, and nothing of the file', () => expect(Object.keys(typedOf(items))).toEqual(['agent.wrapup_s', 'agent.pause_reasons', 'transfer.recall', 'number.area_default']));

  it('are sent as what they are: numbers, lists, words', () => {
    const changes = { 'agent.wrapup_s': '90', 'agent.pause_reasons': 'ประชุม\n\n พัก ', 'transfer.recall': false, 'number.area_default': '02' };
    expect(valuesOf(items, changes)).toEqual({ 'agent.wrapup_s': 90, 'agent.pause_reasons': ['ประชุม', 'พัก'], 'transfer.recall': false, 'number.area_default': '02' });
  });

  it('are the default again when they are emptied, and refused by the server when they are no number', () => {
    expect(valuesOf(items, { 'agent.wrapup_s': ' ' })).toEqual({ 'agent.wrapup_s': null });
    expect(valuesOf(items, { 'agent.wrapup_s': 'นาน' })).toEqual({ 'agent.wrapup_s': 'นาน' });
  });

  it('stand in the tables of the file, and those of the process apart', () => expect([...grouped(items).keys()]).toEqual(['agent', 'transfer', 'number', 'ring', 'process']));
});
