import { describe, expect, it } from 'vitest';
import { placeAt, places, placesOf, takesCalls } from './places';

const me = (roles: string[], device: string | null = null) => ({ login: 'a', name: 'a', roles, device });

describe('the places', () => {
  it('give an agent the desk first', () => expect(placesOf(me(['agent']))[0]?.key).toBe('desk'));

  it('give a supervisor the desk only with a telephone', () => {
    expect(takesCalls(me(['supervisor']))).toBe(false);
    expect(takesCalls(me(['supervisor'], 'pbx:5001'))).toBe(true);
  });

  it('keep what is not one’s own away', () => {
    const mine = placesOf(me(['agent']));
    expect(placeAt('/admin/queues', mine)).toBeNull();
    expect(placeAt('/', mine)?.place.key).toBe('desk');
  });

  it('read what follows the path, as it was written', () => {
    expect(placeAt('/cases/RY-2569-000124-7/', places)).toMatchObject({ place: { key: 'cases' }, rest: ['RY-2569-000124-7'] });
    expect(placeAt('/units/%E0%B8', places)?.rest).toEqual(['%E0%B8']);
  });
});
