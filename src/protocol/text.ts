const encoder = new TextEncoder()

/** Is the text at most so many bytes of UTF-8? Short strings are not encoded to find out. */
export function fits(text: string, maxBytes: number): boolean {
  if (text.length * 3 <= maxBytes) return true
  return text.length <= maxBytes && encoder.encode(text).byteLength <= maxBytes
}

// Everything below U+0020 but tab and line feed, and DEL: it means nothing in a message and breaks terminals.
const controls = /[\u0000-\u0008\u000b-\u001f\u007f]/g

/** Returns the text without control characters (tab and line feed stay), or null if it is not well-formed Unicode. */
export function cleanText(text: string): string | null {
  return text.isWellFormed() ? text.replace(controls, '') : null
}

// Marks that reorder or hide text: directional overrides and isolates, zero-width and other invisible formats.
const invisible = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]/g

/** Does the text show anything? Spaces and invisible formats do not. */
export function hasVisibleText(text: string): boolean {
  return /[^\s\p{Cf}\p{Cc}]/u.test(text)
}

/** Returns a display name as others will see it, or null if it is not allowed. */
export function cleanName(text: string): string | null {
  if (!text.isWellFormed()) return null
  const name = text.normalize('NFC').replace(invisible, '').replace(/\s+/g, ' ').trim()
  return name === '' || [...name].length > 64 || /^(agent|guest|system|workspace):/i.test(name) ? null : name
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
