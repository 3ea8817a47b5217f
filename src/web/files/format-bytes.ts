import { number } from '../words/format.ts'
import { t } from '../words/words.ts'

const oneDigit = { minimumFractionDigits: 1, maximumFractionDigits: 1 }

/** A number of bytes for people, as 1.2 MB. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return t('files.bytes', { amount: number(bytes) })
  return bytes < 1_000_000
    ? t('files.kilobytes', { amount: short(bytes / 1_000) })
    : t('files.megabytes', { amount: short(bytes / 1_000_000) })
}

const short = (amount: number): string => (amount < 10 ? number(amount, oneDigit) : number(Math.round(amount)))
