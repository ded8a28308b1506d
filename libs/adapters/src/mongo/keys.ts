/*
 * MongoDB sorts texts by the bytes of UTF-8, views' keys are in the order of UTF-16 code units, and servers of its kind
 * differ. Where a key is plain ASCII all of these agree: so what is not is written in ASCII, in the same order.
 */

/** From it on, a code unit is written as this and four hex digits: it sorts behind all others. */
const ESCAPE = '\x7f';

/** The id of a view's document: its programme and key, in the order of programmes and then of keys. */
export function idOf(programme: string, key: string): string {
  return `${programme} ${escaped(key)}`;
}

export function keyOf(id: string): string {
  return id
    .slice(id.indexOf(' ') + 1)
    .replace(/\x7f(.{4})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

/** The ids of the keys of a programme that begin with a prefix: from the first on, and before the second. */
export function idsWith(programme: string, prefix: string): readonly [from: string, before: string] {
  const from = idOf(programme, prefix);
  return [from, `${from}\x80`];
}

function escaped(key: string): string {
  return key.replace(/[\x7f-\uffff]/g, (unit) => ESCAPE + unit.charCodeAt(0).toString(16).padStart(4, '0'));
}
