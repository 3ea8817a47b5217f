import { toJsxRuntime } from 'hast-util-to-jsx-runtime'
import { common, createLowlight } from 'lowlight'
import { memo, useState } from 'react'
import { Fragment, jsx, jsxs } from 'react/jsx-runtime'
import { CopyIcon } from '../lib/icons.tsx'

const lowlight = createLowlight(common)

/** A block of code with a copy button; highlighted if its language is known. */
function CodeBlock({ code, language }: { code: string; language: string }) {
  const [copied, setCopied] = useState(false)
  const copy = (): void => {
    navigator.clipboard.writeText(code).then(
      () => setCopied(true),
      () => setCopied(false), // copying is not allowed: the code can still be selected
    )
  }
  const highlighted = lowlight.registered(language)
    ? toJsxRuntime(lowlight.highlight(language, code), { Fragment, jsx, jsxs })
    : code
  return (
    <div className="code-block">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling element must be reachable by keyboard */}
      <section className="code" tabIndex={0} aria-label={language ? `Code, ${language}` : 'Code'}>
        <pre>
          <code>{highlighted}</code>
        </pre>
      </section>
      <button
        type="button"
        onClick={copy}
        aria-label={copied ? 'Copied' : 'Copy code'}
        title={copied ? 'Copied' : 'Copy'}
      >
        {copied ? 'Copied' : <CopyIcon />}
      </button>
    </div>
  )
}

// biome-ignore lint/style/noDefaultExport: React.lazy needs a default export
export default memo(CodeBlock)
