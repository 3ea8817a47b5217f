// Formats messages in ICU MessageFormat: the arguments `{name}` and `{count, number}`, and `plural`, `selectordinal` and
// `select` with their branches. Apostrophes mean nothing here; the catalogues have typographic ones.

const argument = /\{(\w+)(?:, (\w+)(?:, ((?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*))?)?\}/
const branch = /(\S+) \{((?:[^{}]|\{[^{}]*\})*)\}/g

let locale = 'en'
let isRightToLeft = false // then values are isolated from the words around them: most names are Latin

/** Sets the language of numbers, dates, lists and plurals, as a BCP 47 tag. */
export function setLocale(tag: string): void {
  locale = tag
  isRightToLeft = /^(ar|fa|he|ur)\b/.test(tag)
}

/** Returns the language of numbers, dates, lists and plurals. */
export const getLocale = (): string => locale

/** Returns a number as people write it. */
export const number = (value: number, options?: Intl.NumberFormatOptions): string =>
  new Intl.NumberFormat(locale, options).format(value)

/** Returns a list of names or the like, as people write it. */
export const list = (items: readonly string[]): string =>
  new Intl.ListFormat(locale, { type: 'unit', style: 'short' }).format(items)

/** Returns the parts of a message: its texts, and values in place of its arguments. */
export function formatParts<Value>(message: string, values: Values<Value> = {}): (string | Value)[] {
  // A split leaves, again and again: a text, and the name, the type and the branches of the argument behind it.
  const pieces: (string | undefined)[] = message.split(argument)
  return pieces.flatMap((piece, at) => {
    if (at % 4 === 0) return piece ?? []
    return at % 4 === 1 ? valueParts(values, piece as string, pieces[at + 1], pieces[at + 2]) : []
  })
}

type Values<Value> = { readonly [name: string]: Value }

function valueParts<Value>(values: Values<Value>, name: string, type?: string, branches = ''): (string | Value)[] {
  const value = values[name] as Value
  if (type === undefined) return [isRightToLeft && typeof value === 'string' ? `\u2068${value}\u2069` : value]
  const text = type === 'select' ? String(value) : number(Number(value))
  if (type === 'number') return [text]
  const form = type === 'select' ? text : pluralForm(Number(value), type === 'plural' ? 'cardinal' : 'ordinal')
  const forms = new Map([...branches.matchAll(branch)].map(([, key, message]) => [key, message]))
  const chosen = forms.get(`=${value}`) ?? forms.get(form) ?? forms.get('other') ?? ''
  return formatParts(type === 'select' ? chosen : chosen.replaceAll('#', text), values)
}

const pluralForm = (value: number, type: Intl.PluralRuleType): string =>
  new Intl.PluralRules(locale, { type }).select(value)
