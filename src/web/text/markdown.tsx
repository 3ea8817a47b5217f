import { lazy, memo, type ReactNode, Suspense } from 'react'
import ReactMarkdown, { type Components, defaultUrlTransform } from 'react-markdown'
import { rehypeBound } from './bound-tree.ts'
import { rehypeJoinTexts } from './join-texts.ts'
import { withoutOwnFragment } from './own-fragment.ts'
import { PlainText } from './plain-text.tsx'
import { readCode } from './read-code.ts'
import { rehypeDirection } from './rehype-direction.ts'
import { rehypeMentions } from './rehype-mentions.ts'
import { remarkPlugins } from './remark-plugins.ts'

const CodeBlock = lazy(() => import('./code-block.tsx'))

// Raw HTML stays text and addresses that run code are dropped (both by react-markdown). Nothing is fetched: an image is
// shown as a link to it.
const components: Components & { plain: typeof Plain } = {
  plain: Plain,
  a: ({ href, children }) =>
    href ? (
      <a href={href} target="_blank" rel="noopener noreferrer nofollow">
        {children}
      </a>
    ) : (
      <span>{children}</span>
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
        <CodeBlock code={code} language={language} maxNodes={Number(node?.properties.dataNodes ?? 0)} />
      </Suspense>
    )
  },
  table: ({ children, dir }) => (
    <div className="table" dir={dir}>
      <table>{children}</table>
    </div>
  ),
  // Headings in messages would get into the outline of the page that screen readers navigate by.
  ...Object.fromEntries(['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map(tag => [tag, Heading])),
}

/** Returns the address that a link in a message leads to; empty if it leads to an id of this page, or runs code. */
const addressOf = (url: string): string =>
  url.startsWith('#') ? '' : withoutOwnFragment(defaultUrlTransform(url), document.baseURI)

/** What `rehypeBound` leaves of a text that has too many parts. */
function Plain({ children }: { children?: ReactNode }) {
  return <PlainText text={String(children)} />
}

function Heading({ children, dir }: { children?: ReactNode; dir?: string }) {
  return (
    <p dir={dir}>
      <strong>{children}</strong>
    </p>
  )
}

/** A text rendered as Markdown: React elements only, never raw HTML. It is one that `isParseable` accepts. */
function Markdown({ text, names }: { text: string; names: readonly string[] }) {
  return (
    <div className="text markdown">
      <ReactMarkdown
        remarkPlugins={remarkPlugins}
        rehypePlugins={[[rehypeMentions, names], rehypeJoinTexts, rehypeDirection, rehypeBound]}
        components={components}
        urlTransform={addressOf}
      >
        {text}
      </ReactMarkdown>
    </div>
  )
}

// biome-ignore lint/style/noDefaultExport: React.lazy needs a default export
export default memo(Markdown)
