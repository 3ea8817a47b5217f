import { parse, postprocess, preprocess } from 'micromark'
import { gfmAutolinkLiteral } from 'micromark-extension-gfm-autolink-literal'
import { gfmStrikethrough } from 'micromark-extension-gfm-strikethrough'
import { gfmTable } from 'micromark-extension-gfm-table'
import { gfmTaskListItem } from 'micromark-extension-gfm-task-list-item'

const drawn: ReadonlySet<string> = new Set(['data', 'htmlFlowData', 'htmlTextData'])
const extensions = [gfmAutolinkLiteral(), gfmStrikethrough(), gfmTable(), gfmTaskListItem()] // as the page has them
const addresses = ['resource', 'reference', 'definition', 'image', 'literalAutolink', 'autolink']
const notText: ReadonlySet<string> = new Set([...addresses, 'codeText', 'codeFenced', 'codeIndented'])

/** The parts of a text that the page's Markdown parser draws as text, with their places. An escape ends a part. */
export function drawnByParser(text: string): { from: number; to: number }[] {
  const parts: { from: number; to: number }[] = []
  let hidden = 0
  let columns = 0 // of the table
  let cell = 0 // of the row
  const chunks = preprocess()(text, undefined, true)
  const events = postprocess(parse({ extensions }).document().write(chunks))
  for (const [kind, { type: token, start, end }] of events) {
    const type: string = token // of an extension, too
    if (type === 'tableHead' && kind === 'enter') columns = 0
    if (type === 'tableHeader' && kind === 'enter') columns += 1
    if (type === 'tableRow') cell = 0
    if (type === 'tableData' && kind === 'enter') cell += 1
    if (notText.has(type) || (type === 'tableData' && cell > columns)) hidden += kind === 'enter' ? 1 : -1
    if (kind !== 'enter' || hidden > 0 || !drawn.has(type)) continue
    const last = parts.at(-1)
    if (last?.to === start.offset) last.to = end.offset
    else parts.push({ from: start.offset, to: end.offset })
  }
  return parts
}
