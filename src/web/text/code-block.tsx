import { toJsxRuntime } from 'hast-util-to-jsx-runtime'
import { common, createLowlight } from 'lowlight'
import { memo, useState } from 'react'
import { Fragment, jsx, jsxs } from 'react/jsx-runtime'
import { CopyIcon } from '../lib/icons.tsx'

const lowlight = createLowlight(common)

/** A block of code, coloured if its language is known, and a way to copy it. */
function CodeBlock({ code, language }: { code: string; language: string }) {
  const [copied, setCopied] = useState(false)
  const copy = (): void => {
    navigator.clipboard.writeText(code).then(
      () => setCopied(true),
      () => setCopied(false), // not allowed here: the code can still be selected
    )
  }
  const coloured = lowlight.registered(language)
    ? toJsxRuntime(lowlight.highlight(language, code), { Fragment, jsx, jsxs })
    : code
  return (
    <div className="code-block">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys */}
      <section className="code" tabIndex={0} aria-label={language ? `Code, ${language}` : 'Code'}>
        <pre>
          <code>{coloured}</code>
        </pre>
      </section>
      <button
        type="button"
        onClick={copy}
        aria-label={copied ? 'Copied' : 'Copy the code'}
        title={copied ? 'Copied' : 'Copy'}
      >
        {copied ? 'Copied' : <CopyIcon />}
      </button>
    </div>
  )
}

// biome-ignore lint/style/noDefaultExport: React.lazy takes no other
export default memo(CodeBlock)
