// The styles of `circles-rooms/ui`: those of our own page that its components need, for whatever is inside an element with
// the class `circles`. An app changes a colour, a font or a size by a variable: `--circles-accent` for `--accent`.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './toolchain.mjs'

const folder = join(root, 'src/web/style')
const sheets = ['tokens', 'controls', 'layout', 'panels', 'conversation', 'text', 'composer', 'files', 'touch']

/** What only the page has: its columns, its lists of circles, its dialogs. */
const ofPage =
  /^body$|#root|\.(join|layout|sidebar|circle-list|jump|account|channel-page|connection-banner|scrim|settings|git|search-result|date-field|closed-door|no-page|skip-link|levels|block|failure|take-over|profile|beginning)\b|\bdialog\b|\bkbd\b/

const within = ':where(.circles)' // without weight: what an app says itself, wins

/** The themes: where each of them begins. */
const themes = new Map([
  [':root', within],
  [':root:not([data-theme="light"])', ':where(:root:not([data-theme="light"]) .circles:not([data-theme="light"]))'],
  [':root[data-theme="dark"]', ':where(:root[data-theme="dark"] .circles, .circles[data-theme="dark"])'],
])

/** Returns the text of the style sheet. */
export function uiStyles() {
  return sheets.map(name => scoped(rulesIn(readFileSync(join(folder, `${name}.css`), 'utf8')))).join('\n')
}

/** The rules of a style sheet without its comments: what stands before each block, and the block. */
function rulesIn(text) {
  const rules = []
  let [depth, start, open] = [0, 0, 0]
  const css = text.replaceAll(/\/\*.*?\*\//gs, '')
  for (let at = 0; at < css.length; at++) {
    if (css[at] === '{' && depth++ === 0) open = at
    if (css[at] !== '}' || --depth > 0) continue
    rules.push({ before: css.slice(start, open).trim(), block: css.slice(open + 1, at) })
    start = at + 1
  }
  return rules
}

function scoped(rules) {
  return rules.map(scopedRule).filter(Boolean).join('\n')
}

function scopedRule({ before, block }) {
  if (before.startsWith('@keyframes')) return `${named(before)} {${block}}`
  if (before.includes('max-width')) return '' // the columns of the page
  if (before.startsWith('@')) {
    const inside = scoped(rulesIn(block))
    return inside === '' ? '' : `${before} {\n${inside}\n}`
  }
  const theme = themes.get(before)
  if (theme !== undefined)
    return `${theme} {${block.replaceAll(/--([\w-]+): ([^;]+);/g, '--$1: var(--circles-$1, $2);')}}`
  const selectors = splitSelectors(before).filter(selector => !ofPage.test(selector))
  return selectors.length === 0 ? '' : `${selectors.map(scopedSelector).join(',\n')} {${named(block)}}`
}

/** Splits a list of selectors at the commas that are not within parentheses. */
function splitSelectors(text) {
  const selectors = ['']
  let depth = 0
  for (const character of text) {
    if (character === '(') depth++
    if (character === ')') depth--
    if (character === ',' && depth === 0) selectors.push('')
    else selectors[selectors.length - 1] += character
  }
  return selectors.map(selector => selector.trim())
}

function scopedSelector(selector) {
  if (selector === 'html') return within
  const [, direction = '', rest] = /^(\[dir="rtl"\] )?(.*)$/s.exec(selector)
  return `${direction}${within} ${rest}`
}

/** Names of animations are the whole page's. */
const named = text => text.replaceAll(/\b(breathe|appear|rise|slide-in)\b/g, 'circles-$1')
