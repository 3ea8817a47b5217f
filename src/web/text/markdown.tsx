import type { Element } from 'hast'
import { memo, type ReactNode, Suspense } from 'react'
import { part } from '../words/part.ts'
import { t } from '../words/words.ts'
import { boundTree } from './bound-tree.ts'
import { type Drawings, drawTree } from './draw-tree.ts'
import { joinTexts } from './join-texts.ts'
import { markDirection } from './mark-direction.ts'
import { markdownTree } from './markdown-tree.ts'
import { withoutOwnFragment } from './own-fragment.ts'
import { PlainText } from './plain-text.tsx'
import { readCode } from './read-code.ts'
import { safeUrl } from './safe-url.ts'
import { useMentionTools } from './use-mention-tools.ts'

const CodeBlock = part(() => import('./code-block.tsx'), 'default')

// Addresses that run code are dropped. Nothing is fetched: an image is shown as a link to it. Headings in messages would
// get into the outline of the page that screen readers navigate by.
const drawings: Drawings = new Map([
  ['a', ({ properties }, children) => link(properties.href, children) ?? <span>{children}</span>],
  ['img', ({ properties: { src, alt } }) => link(src, alt || src) ?? <span>{alt}</span>],
  ['input', drawBox],
  ['pre', drawCode],
  ['table', (element, children) => drawTable(element, children)],
  ['plain', (_, children) => <PlainText text={String(children)} />], // what `boundTree` leaves of too large a text
  ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map(tag => [tag, drawHeading] as const),
])

/** A link to an address that is safe; null for others. One to an id of this page, or to nothing, leads nowhere. */
function link(url: unknown, children: unknown): ReactNode {
  const address = typeof url !== 'string' || url.startsWith('#') ? '' : safeUrl(url)
  if (address === '') return null
  return (
    <a href={withoutOwnFragment(address, document.baseURI)} target="_blank" rel="noopener noreferrer nofollow">
      {children as ReactNode}
    </a>
  )
}

function drawCode(element: Element): ReactNode {
  const { code, language } = readCode(element)
  return (
    <Suspense fallback={<pre className="code">{code}</pre>}>
      <CodeBlock code={code} language={language} maxNodes={Number(element.properties.dataNodes ?? 0)} />
    </Suspense>
  )
}

/** The box of an item of a task list; the item stands beside it. */
function drawBox({ properties: { checked } }: Element): ReactNode {
  return <input type="checkbox" aria-label={t('text.task')} checked={checked === true} disabled />
}

function drawTable({ properties: { dir } }: Element, children: ReactNode): ReactNode {
  return (
    <div className="table" dir={dir === undefined ? undefined : String(dir)}>
      <table>{children}</table>
    </div>
  )
}

function drawHeading({ properties: { dir } }: Element, children: ReactNode): ReactNode {
  return (
    <p dir={dir === undefined ? undefined : String(dir)}>
      <strong>{children}</strong>
    </p>
  )
}

const nothing = (): void => {}

/** A text rendered as Markdown: React elements only, never raw HTML. It is one that `isParseable` accepts. */
function Markdown({ text, names }: { text: string; names: readonly string[] }) {
  const mark = useMentionTools(text)?.markMentions(names) ?? nothing
  const tree = markdownTree(text, [mark, joinTexts, markDirection, boundTree])
  return <div className="text markdown">{drawTree(tree.children, drawings)}</div>
}

// biome-ignore lint/style/noDefaultExport: React.lazy needs a default export
export default memo(Markdown)
