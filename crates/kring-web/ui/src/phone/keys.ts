// The twelve keys of a telephone, by the place of the key that was pressed: a Thai layout has no digits on its own row.

export const keypad = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'] as const;

type Key = Pick<KeyboardEvent, 'code' | 'shiftKey' | 'altKey' | 'ctrlKey' | 'metaKey' | 'repeat'>;

/** The telephone's key, if it is one. */
export function dialled(key: Key): string | null {
  if (key.repeat || key.altKey || key.ctrlKey || key.metaKey) return null;
  if (key.code === 'NumpadMultiply') return '*';
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(key.code)?.[1];
  if (digit === undefined) return null;
  if (!key.shiftKey) return digit;
  return { '8': '*', '3': '#' }[digit] ?? null;
}
