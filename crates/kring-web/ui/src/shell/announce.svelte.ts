// What a screen reader is told, in two live regions: at once for a new call, politely for the rest.
// Rule: a call is announced once; counts of rings and timers never are.

class Announcer {
  /** Once for each new call. */
  now = $state('');
  /** States, results, trouble. */
  soon = $state('');

  call(words: string): void {
    this.now = words;
  }

  say(words: string): void {
    // The same words again are news again; a region that does not change is not read.
    this.soon = this.soon === words ? `${words}\u00a0` : words;
  }

  /** The call is no longer ringing: the region must not be read again. */
  quiet(): void {
    this.now = '';
  }
}

export const announcer = new Announcer();
