// What reorders or hides text, looks like nothing, or breaks a line.
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\u115f\u1160\u3164\uffa0]/gu

/** Returns indented JSON in which every character that cannot be seen is written as its code, for people who decide. */
export function exactJson(data: unknown): string {
  return (JSON.stringify(data, null, 2) ?? '').replace(unseen, char => (char === '\n' ? char : escaped(char)))
}

function escaped(char: string): string {
  const units = Array.from({ length: char.length }, (_, index) => char.charCodeAt(index))
  return units.map(unit => `\\u${unit.toString(16).padStart(4, '0')}`).join('')
}
