import { createElement, Fragment, type ReactNode } from 'react'
import type { words as first } from './en/first.ts'
import type { words as more } from './en/more.ts'
import { formatParts, setLocale } from './format.ts'
import type { ValuesOf } from './placeholders.ts'

// The words of the page, in one language. A component names a message by its key; what it says is in the catalogues.

type English = typeof first & typeof more

/** The key of a message. */
export type Key = keyof English

/** The key of a message without arguments. */
export type PlainKey = { [K in Key]: keyof ValuesOf<English[K], 1> extends never ? K : never }[Key]

/** A catalogue, or a part of one: messages in ICU MessageFormat, by key. */
export type Words = { readonly [key: string]: string }

type Values<K extends Key, Value> = keyof ValuesOf<English[K], Value> extends never ? [] : [ValuesOf<English[K], Value>]

let words: Words = {}
let loadMore: () => Promise<Words> = async () => ({})

/**
 * Sets the language: a BCP 47 tag for numbers and dates, its words, and what loads those that are needed later. It is called
 * once, before the first component is rendered.
 */
export function setWords(language: string, first: Words, more = loadMore): void {
  setLocale(language)
  words = { ...first }
  loadMore = more
}

/** Whether there are words at all: without any, nothing can be rendered. */
export const hasWords = (): boolean => 'page.rowFailed' in words

/** Returns a message, with values in place of its arguments. */
export const t = <K extends Key>(key: K, ...[values]: Values<K, string | number>): string =>
  formatParts(words[key] as string, values).join('')

/** The same where a value is an element. */
export const rich = <K extends Key>(key: K, ...[values]: Values<K, ReactNode>): ReactNode =>
  createElement(Fragment, null, ...formatParts<ReactNode>(words[key] as string, values))

/**
 * Returns the words for a code of the server, or null if there are none. English has none: what the server says is English
 * and more exact.
 */
export const wordsOfCode = (code: string, kind: 'error' | 'cause' = 'error'): string | null =>
  words[`${kind}.${code}`] ?? null

/** Loads a module together with the words that it needs. */
export async function withWords<Module>(load: () => Promise<Module>): Promise<Module> {
  const [module, more] = await Promise.all([load(), loadMore()])
  words = Object.assign(words, more)
  return module
}
