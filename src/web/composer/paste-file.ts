const maxBytes = 30_000 // below the 32 KiB of a line, with room for the fence

/** A text file as a block of code; a sentence about why it cannot be, otherwise. */
export async function fileAsCode(file: File): Promise<{ code: string } | { problem: string }> {
  if (file.size > maxBytes) return { problem: `${file.name} is too long: a line holds 30 KB.` }
  const text = await file.text()
  if (text.includes('\0') || text.includes('\ufffd')) return { problem: `${file.name} is no text.` }
  const language = file.name.split('.').at(-1) ?? ''
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1))
  return { code: `${file.name}\n${fence}${language}\n${text.trimEnd()}\n${fence}\n` }
}

const longestRun = (text: string): number => Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
