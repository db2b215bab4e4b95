// The keyboard. Keys go by `event.code`: on a Thai layout `event.key` is Thai.
// Rule: no key does two things, and none works while it is held down.

export type Intent = 'answer' | 'hangUp' | 'hold' | 'mute' | 'keypad' | 'transfer' | 'consult' | 'confirm' | 'toCaller' | 'toDirectory' | 'toRecord';

const plain: Record<string, Intent> = { F2: 'answer', F4: 'hold', F6: 'mute', F8: 'keypad', F7: 'transfer', F9: 'hangUp' };
const withShift: Record<string, Intent> = { F7: 'consult' };
const withAlt: Record<string, Intent> = { Digit1: 'toCaller', Digit2: 'toDirectory', Digit3: 'toRecord' };

type Key = Pick<KeyboardEvent, 'code' | 'altKey' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'repeat' | 'isComposing'>;

/** What the key asks for, if anything. */
export function intent(key: Key): Intent | undefined {
  if (key.repeat || key.isComposing) return undefined;
  const command = key.ctrlKey || key.metaKey;
  if (key.shiftKey) return command || key.altKey ? undefined : withShift[key.code];
  if (key.altKey) return command ? undefined : withAlt[key.code];
  if (command) return key.code === 'Enter' || key.code === 'NumpadEnter' ? 'confirm' : undefined;
  return plain[key.code];
}
