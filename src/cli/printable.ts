// What a terminal obeys instead of showing: C0 and C1 controls except tab and line feed (they move the cursor, retitle
// the window, fill the clipboard, inject keystrokes), and marks that reorder text or break lines.
const unsafe =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g

/** Makes any text safe to print. */
export function printable(text: string): string {
  return text.toWellFormed().replace(unsafe, '')
}

/** Makes JSON safe to print, with the same value: what may stand raw in a string is escaped. */
export function printableJson(json: string): string {
  return json.toWellFormed().replace(unsafe, character => {
    const code = character.charCodeAt(0)
    return code < 0x20 ? '' : `\\u${code.toString(16).padStart(4, '0')}`
  })
}
