const encoder = new TextEncoder()

/** Is the text at most so many bytes of UTF-8? Short strings are not encoded to find out. */
export function fits(text: string, maxBytes: number): boolean {
  if (text.length * 3 <= maxBytes) return true
  return text.length <= maxBytes && encoder.encode(text).byteLength <= maxBytes
}

/** The number of bytes of a text in UTF-8. It is counted, not encoded: every message that is stored is measured. */
export function utf8Length(text: string): number {
  let bytes = text.length
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    // Half of a surrogate pair is two of its four bytes.
    if (code > 0x7f) bytes += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : 1
  }
  return bytes
}

// Control characters but tab and line feed: they mean nothing in a message and break terminals.
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g

/** Returns the text without control characters (tab and line feed stay), or null if it is not well-formed Unicode. */
export function cleanText(text: string): string | null {
  return text.isWellFormed() ? text.replace(controls, '') : null
}

// Marks that reorder or hide text: directional overrides and isolates, zero-width and other invisible formats, fillers.
const invisible = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029\u202f]/gu
// Symbols and letters that look like a space, or like nothing: Braille, an object, a note's head, hieroglyphic blanks.
// (Written out each time, so that a bundle that only measures texts has none of it.)
const blank = /[\u2800\ufffc\u{1d159}\u{13441}\u{13442}]/gu
const unseen = /[\s\p{Cc}\p{Cf}\p{M}\p{Default_Ignorable_Code_Point}\u2800\ufffc\u{1d159}\u{13441}\u{13442}]/u
const otherSpace = /^ | $|(?! )\s|[\u2800\ufffc\u{1d159}\u{13441}\u{13442}]/u // than single ones between words
// Colons of other scripts, and symbols that look like one.
const reserved =
  /^\s*(?:agent|guest|system|workspace)\s*[:\u02d0\u02f8\u0589\u05c3\u0703\u0704\u0903\u0a83\u16ec\u1803\u1809\u205a\u2236\ua4fd\ua789]/i
const colon = /[:\u02d0\u02f8\u0589\u05c3\u0703\u0704\u0903\u0a83\u16ec\u1803\u1809\u205a\u2236\ua4fd\ua789]/

/** Does the text show anything? Spaces, fillers, invisible formats and marks without a letter do not. */
export function hasVisibleText(text: string): boolean {
  for (const character of text) if (!unseen.test(character)) return true
  return false
}

/** Does the text begin like the id of a user of ours, however it is written? Nobody else may have such a name or id. */
export function isReserved(text: string): boolean {
  return reserved.test(text.normalize('NFKC').replace(invisible, ''))
}

/** Returns whether the text holds a colon, or what looks like one. */
export function hasColon(text: string): boolean {
  return colon.test(text.normalize('NFKC'))
}

/**
 * Returns whether this can be the id of a user: it shows something and hides nothing, no other id looks like it but for
 * its letters, it is not reserved, and a URL can name it (`.` and `..` are folders there).
 */
export function isUserId(text: string): boolean {
  if (!text.isWellFormed() || text === '.' || text === '..' || !hasVisibleText(text) || isReserved(text)) return false
  return text.replace(invisible, '').length === text.length && !otherSpace.test(text)
}

/** Returns the text on one line, without marks that reorder text; null if it is not well-formed Unicode. */
export function cleanLine(text: string): string | null {
  return cleanText(text)?.replace(/[\t\n\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+/g, ' ') ?? null
}

/** Returns a display name as others will see it, or null if it is not allowed. */
export function cleanName(text: string): string | null {
  if (!text.isWellFormed()) return null
  const name = text.normalize('NFC').replace(invisible, '').replace(blank, ' ').replace(/\s+/g, ' ').trim()
  return hasVisibleText(name) && [...name].length <= 64 && !isReserved(name) ? name : null
}

/** Is the JSON text nested deeper than `max`? Only counts brackets outside strings: cheap enough for every frame. */
export function nestsDeeperThan(json: string, max: number): boolean {
  let depth = 0
  let quoted = false
  for (let index = 0; index < json.length; index++) {
    const code = json.charCodeAt(index)
    if (quoted) {
      if (code === 92) index++
      else if (code === 34) quoted = false
    } else if (code === 34) quoted = true
    else if (code === 123 || code === 91) {
      if (++depth > max) return true
    } else if (code === 125 || code === 93) depth--
  }
  return false
}
