const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** A name as text, or null if it is not UTF-8: no event can carry it. */
export function nameOf(bytes: Uint8Array): string | null {
  try {
    return utf8.decode(bytes)
  } catch {
    return null
  }
}

/** The fields of an output that was asked for with `-z`. */
export function fieldsOf(output: Buffer): Buffer[] {
  const fields: Buffer[] = []
  for (let start = 0, end = output.indexOf(0); end !== -1; start = end + 1, end = output.indexOf(0, start))
    fields.push(output.subarray(start, end))
  return fields
}
