import type { Element, ElementContent, Root, RootContent } from 'hast'
import { lazy, memo, type ReactNode, Suspense } from 'react'
import ReactMarkdown, { type Components } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { type Piece, splitMentions } from './mentions.ts'

const CodeBlock = lazy(() => import('./code-block.tsx'))

// Raw HTML stays text, addresses that run code are dropped (both by react-markdown), and nothing is fetched from
// anywhere: an image is a link to it.
const components: Components = {
  a: ({ href, children }) => (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {children}
    </a>
  ),
  img: ({ src, alt }) => (
    <a href={typeof src === 'string' ? src : undefined} target="_blank" rel="noopener noreferrer nofollow">
      {alt || src}
    </a>
  ),
  pre: ({ node }) => {
    const { code, language } = readCode(node)
    return (
      <Suspense fallback={<pre className="code">{code}</pre>}>
        <CodeBlock code={code} language={language} />
      </Suspense>
    )
  },
  table: ({ children }) => (
    <div className="table">
      <table>{children}</table>
    </div>
  ),
  // A line of talk has no place in the page's outline.
  ...Object.fromEntries(['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map(tag => [tag, Heading])),
}

function Heading({ children }: { children?: ReactNode }) {
  return (
    <p>
      <strong>{children}</strong>
    </p>
  )
}

/** Text as Markdown, made of elements and never of HTML. */
function Markdown({ text }: { text: string }) {
  return (
    <div className="text marked">
      <ReactMarkdown remarkPlugins={[remarkGfm]} rehypePlugins={[setOffMentions]} components={components}>
        {text}
      </ReactMarkdown>
    </div>
  )
}

// A lazy component must be a default export.
// biome-ignore lint/style/noDefaultExport: React.lazy takes no other
export default memo(Markdown)

function readCode(node: Element | undefined): { code: string; language: string } {
  const inner = node?.children.find(child => child.type === 'element')
  const classes = inner?.properties.className
  const language = Array.isArray(classes) ? String(classes[0] ?? '').replace('language-', '') : ''
  return { code: textOf(inner).replace(/\n$/, ''), language }
}

function textOf(node: ElementContent | undefined): string {
  if (node?.type === 'text') return node.value
  return node?.type === 'element' ? node.children.map(textOf).join('') : ''
}

/** Makes an element of each mention in the text, but not in code or in links. */
function setOffMentions() {
  return (tree: Root): void => visit(tree)
}

function visit(parent: { children: RootContent[] }): void {
  parent.children = parent.children.flatMap(child => {
    if (child.type === 'element' && !['code', 'a'].includes(child.tagName)) visit(child)
    return child.type === 'text' ? splitMentions(child.value).map(asElement) : [child]
  })
}

const asElement = ({ text, isMention }: Piece): RootContent =>
  isMention
    ? {
        type: 'element',
        tagName: 'b',
        properties: { className: ['mention'] },
        children: [{ type: 'text', value: text }],
      }
    : { type: 'text', value: text }
