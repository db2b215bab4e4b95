import { describe, expect, it } from 'vitest';
import { bars, path } from './wave';

describe('the picture of a recording', () => {
  it('keeps the loudest of each part', () => {
    expect(bars([0, 127, 0, 0], 2)).toEqual([1, 0]);
    expect(bars([], 10)).toEqual([]);
  });
  it('has no more bars than there are peaks', () => {
    expect(bars([127, 127, 127], 400)).toEqual([1, 1, 1]);
  });
  it('is drawn around its middle, and silence is a dot', () => {
    expect(path([1, 0], 20, 10, 20)).toBe('M5.0 0.0v20.0M15.0 9.8v0.5');
  });
});
