// The page's clock for timers on the screen: monotonic for lengths, wall for dates.
// Rule: only drawn from; nothing is decided by it.

class PageClock {
  /** Monotonic, ms, a few times a second. */
  now = $state(performance.now());
  /** Wall, once a tick as well. */
  wall = $state(new Date());

  constructor() {
    setInterval(() => this.tick(), 250);
    // A tab that was hidden has slept.
    document.addEventListener('visibilitychange', () => this.tick());
  }

  tick(): void {
    this.now = performance.now();
    const wall = new Date();
    if (Math.floor(wall.getTime() / 1000) !== Math.floor(this.wall.getTime() / 1000)) this.wall = wall;
  }
}

export const pageClock = new PageClock();
