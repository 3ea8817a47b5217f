import type { Element, ElementContent } from 'hast'
import { lazy, memo, type ReactNode, Suspense } from 'react'
import ReactMarkdown, { type Components } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { rehypeMentions } from './rehype-mentions.ts'

const CodeBlock = lazy(() => import('./code-block.tsx'))

// Raw HTML stays text and addresses that run code are dropped (both by react-markdown). Nothing is fetched: an image is
// shown as a link to it.
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
  // Headings in messages would get into the outline of the page that screen readers navigate by.
  ...Object.fromEntries(['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map(tag => [tag, Heading])),
}

function Heading({ children }: { children?: ReactNode }) {
  return (
    <p>
      <strong>{children}</strong>
    </p>
  )
}

/** A text rendered as Markdown: React elements only, never raw HTML. */
function Markdown({ text }: { text: string }) {
  return (
    <div className="text markdown">
      <ReactMarkdown remarkPlugins={[remarkGfm]} rehypePlugins={[rehypeMentions]} components={components}>
        {text}
      </ReactMarkdown>
    </div>
  )
}

// biome-ignore lint/style/noDefaultExport: React.lazy needs a default export
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
