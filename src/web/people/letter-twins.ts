import type { Letters } from './confusable-names.ts'

/** Letters of other scripts, digits and signs that look like a Latin letter, or like its capital; to the small letter. */
const twins: ReadonlyMap<string, string> = new Map(
  [
    // Capitals too: a Greek or Cherokee capital looks Latin where its small letter does not.
    'aΑАᎪᴀꓮαаɑ⍺ⱥ',
    'bΒВᏴᗷʙꓐЬвьƄƀɓ',
    'cСᏟᴄꓚⲤⲥсϹϲ',
    'dᎠᗞᴅꓓԁᏧđɖɗ',
    'eΕЕᎬᴇꓰⴹ℮еєεҽɛ',
    'fϜꓝᖴꜰքꞙƒ',
    'gᏀԌɢꓖᏳɡᶃց',
    'hΗНᎻʜꓧⲎᕼһհᏂнħ',
    'jЈᎫᴊꓙᒍͿјϳ',
    'kΚКᏦᴋꓗⲔᛕκкқ',
    'liΙІӀӏιіıɪ1|ǀꓲⲒⵏᎥᛁוןاᏞʟꓡᒪⳐɨł',
    'mΜМᎷᴍꓟϺⲘᗰᛖм',
    'nΝɴꓠⲚпηոռ',
    'oΟОοоσ0ՕօჿⲟⲞꓳⵔᴏסهہە〇ဝഠøɵ',
    'pΡРᏢᴘꓑⲢᑭрρᴩƿ',
    'qԛԚզⵕգ',
    'rᎡᏒʀꓣᖇгᴦⲅ',
    'sЅᏚᏕꜱꓢՏѕƽ',
    'tΤТᎢᴛꓔⲦтτŧ',
    'uՍሀᑌᴜꓴυսʋ',
    'vᏙᴠꓦᐯѴνѵⴸ٧',
    'wᎳᏔᴡꓪԜԝωѡա',
    'xΧХ᙭ꓫⲬⵝᚷхχᕁ',
    'yΥУҮᎩᎽʏꓬⲨуγүყ',
    'zΖᏃᴢꓜʐƶ',
  ].flatMap(([letter = '', ...others]) => others.map(other => [other, letter] as const)),
)

/** Returns the small Latin letter that a letter or a digit looks like; others are returned in lower case. */
function twinOf(letter: string): string {
  const digit = digitOf(letter)
  const twin = twins.get(digit) // before folding: the capital may have a twin that the small letter has not
  if (twin !== undefined) return twin
  const small = digit.toLowerCase()
  return twins.get(small) ?? small
}

/** Returns a decimal digit of any script as an ASCII digit; other characters as they are. */
function digitOf(letter: string): string {
  if (!/\p{Nd}/u.test(letter)) return letter
  const code = letter.codePointAt(0) ?? 0
  let zero = code
  while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero-- // the ten of a script are in a row
  return String(code - zero)
}

/** The letters of all scripts. */
export const letters: Letters = { signOf: sign => twins.get(sign) ?? sign, twinOf }
