const decimal = /&#(\d{1,7});/y
const hexadecimal = /&#x([0-9a-f]{1,6});/iy
const named = /&([A-Za-z][A-Za-z0-9]{1,30});/y

// Of the 2,125 names, those of characters that can stand beside a mention and change what it is (mentions.ts).
const latinNames = new RegExp(
  `^(?:${[
    '[ACEILNORSUYZacegilnorsuyz]acute|[AGUagu]breve|[ACEGHIJOSUWYaceghijosuwy]circ|[AEIOUaeiou](?:grave|macr)',
    '[AEIUaeiu]ogon|[AUau]ring|[AINOUainou]tilde|[AEIOUYaeiouy]uml|[CDELNRSTZcdelnrstz]caron|[CGKLNRSTcklnrst]cedil',
    '[CEGIZcegz]dot|[DHLTdhlt]strok|[Ll]midot|[OUou]dblac|[Oo]slash|[Aa][Ee]lig|[Oo][Ee]lig|IJlig|ijlig|f(?:f?[il]|f)lig',
    'ENG|eng|ETH|eth|THORN|thorn|angst|fnof|imath|imped|inodot|jmath|kgreen|napos|ord[fm]|szlig',
  ].join('|')})$`,
)
const spaceNames =
  /^(?:(?:nb|en|em|num|punc|thin|hair)sp|emsp1[34]|(?:NonBreaking|Thin|VeryThin|Medium|Thick)Space|Tab|NewLine)$/
const otherNames = new Map([
  ...['lowbar', 'UnderBar'].map(name => [name, '_'] as const),
  ...['DotDot', 'DownBreve', 'TripleDot', 'tdot'].map(name => [name, '\u0311'] as const),
  ['fjlig', 'j'],
  ['commat', '@'],
  ['percnt', '%'],
  ['period', '.'],
  ['plus', '+'],
  ['sol', '/'],
])

/**
 * The character reference that an `&` begins, and the character that is drawn in its place; null if there is none. A
 * name's is one of the same kind: for a mention, and for the address that it may stand in.
 */
export function referenceAt(content: string, at: number): { length: number; character: string } | null {
  const number = match(decimal, content, at) ?? match(hexadecimal, content, at)
  if (number !== null) {
    const base = /x/i.test(number[0]) ? 16 : 10
    return { length: number[0].length, character: characterOf(Number.parseInt(number[1] ?? '', base)) }
  }
  const [text, name = ''] = match(named, content, at) ?? []
  if (text === undefined) return null
  return { length: text.length, character: characterNamed(name) }
}

function characterNamed(name: string): string {
  if (spaceNames.test(name)) return ' '
  return latinNames.test(name) ? 'é' : (otherNames.get(name) ?? '&')
}

function characterOf(code: number): string {
  if (code >= 9 && code <= 13) return ' '
  return code < 32 || code > 0x10ffff ? '\ufffd' : String.fromCodePoint(code)
}

function match(pattern: RegExp, content: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(content)
}
