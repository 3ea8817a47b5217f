import type { ReactNode } from 'react'
import { getLocale } from './format.ts'

/** Returns a list of elements, each with a key, as people write it. */
export function richList(items: readonly ReactNode[]): ReactNode {
  const format = new Intl.ListFormat(getLocale(), { type: 'unit', style: 'short' })
  const parts = format.formatToParts(items.map((_, index) => String(index)))
  return parts.map(({ type, value }) => (type === 'element' ? items[Number(value)] : value))
}
