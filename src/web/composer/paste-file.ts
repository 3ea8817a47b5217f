import { t } from '../words/words.ts'

const maxBytes = 30_000 // below the 32 KiB of a message, with room for the fence

/** Returns a text file as a Markdown code block, or a sentence about why it cannot be one. */
export async function fileToCodeBlock(file: File): Promise<{ code: string } | { problem: string }> {
  if (file.size > maxBytes) return { problem: t('composer.tooLarge', { name: file.name }) }
  const text = await file.text()
  if (text.includes('\0') || text.includes('\ufffd')) return { problem: t('composer.notText', { name: file.name }) }
  const language = file.name.split('.').at(-1) ?? ''
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1))
  return { code: `${file.name}\n${fence}${language}\n${text.trimEnd()}\n${fence}\n` }
}

const longestRun = (text: string): number => Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
