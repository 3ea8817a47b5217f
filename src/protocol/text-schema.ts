import * as z from 'zod/v4'
import { canonicalEmoji } from './emoji.ts'
import { cleanLine, cleanText, hasVisibleText } from './text.ts'

// The schemas of every string that comes from outside. A bare `z.string()` would let control characters through:
// test/protocol/text-schema.test.ts walks all schemas and finds it.

const wellFormed = { error: 'is not well-formed Unicode', abort: true }

/** A text for people: control characters are removed, tab and line feed stay. */
export function text(): z.ZodString {
  return z
    .string()
    .refine(value => value.isWellFormed(), wellFormed)
    .overwrite(value => cleanText(value) ?? '')
}

/** A text on one line, such as the source of an event. */
export function singleLine(): z.ZodString {
  return z
    .string()
    .refine(value => value.isWellFormed(), wellFormed)
    .overwrite(value => cleanLine(value) ?? '')
}

/** The title of a circle: one line, and empty if it shows nothing. */
export function titleLine(): z.ZodString {
  return singleLine().overwrite(value => (hasVisibleText(value) ? value : ''))
}

/** A text that a program made: half a character, where it was cut, is replaced. */
export function programText(): z.ZodString {
  return z.string().overwrite(value => cleanText(value.toWellFormed()) ?? '')
}

/** A name or id that must not change: one with a control character is refused. */
export function idText(): z.ZodString {
  return z
    .string()
    .refine(value => value.isWellFormed(), wellFormed)
    .regex(/^[^\u0000-\u001f\u007f-\u009f]*$/)
}

/** An emoji that somebody reacts with, in its one spelling. Whether it is one, the command checks. */
export function emoji(): z.ZodString {
  return text()
    .min(1)
    .max(64)
    .overwrite(value => canonicalEmoji(value) ?? value)
}

/** JSON that a client chooses. It is data, and not cleaned; a key `__proto__` would be lost on its way. */
export function json(): z.ZodObject<Record<never, never>, z.core.$loose> {
  return z.looseObject({}).refine(isPlainJson, notPlain)
}

/** Any JSON value that a client chooses. */
export function jsonValue(): z.ZodUnknown {
  return z.unknown().refine(isPlainJson, notPlain)
}

const notPlain = 'has a key __proto__ or text that is not well-formed Unicode'

function isPlainJson(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed()
  if (typeof value !== 'object' || value === null) return true
  if (Array.isArray(value)) return value.every(isPlainJson)
  return (
    Object.keys(value).every(key => key !== '__proto__' && key.isWellFormed()) &&
    Object.values(value).every(isPlainJson)
  )
}
