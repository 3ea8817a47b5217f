import { memo, type ReactNode, useDeferredValue, useState } from 'react'
import { CopyIcon } from '../lib/icons.tsx'
import { t } from '../words/words.ts'
import { drawTree } from './draw-tree.ts'
import { highlightCode } from './highlight-code.ts'

/** A block of code with a copy button. Its colours come when there is time, if there are at most `maxNodes` of them. */
function CodeBlock({ code, language, maxNodes }: CodeProps) {
  const isIdle = useDeferredValue(true, false)
  const [copied, setCopied] = useState(false)
  const copy = (): void => {
    navigator.clipboard.writeText(code).then(
      () => setCopied(true),
      () => setCopied(false), // copying is not allowed: the code can still be selected
    )
  }
  return (
    <div className="code-block">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling element must be reachable by keyboard */}
      <figure className="code" tabIndex={0} aria-label={language ? t('code.language', { language }) : t('code.label')}>
        <pre>
          <code>{isIdle ? <Colours code={code} language={language} maxNodes={maxNodes} /> : code}</code>
        </pre>
      </figure>
      <button
        type="button"
        onClick={copy}
        aria-label={copied ? t('message.copied') : t('code.copyCode')}
        title={copied ? t('message.copied') : t('code.copy')}
      >
        {copied ? t('message.copied') : <CopyIcon />}
      </button>
    </div>
  )
}

type CodeProps = { code: string; language: string; maxNodes: number }

const Colours = memo(function Colours({ code, language, maxNodes }: CodeProps): ReactNode {
  const tree = highlightCode(code, language, maxNodes)
  return tree === null ? code : drawTree(tree.children)
})

// biome-ignore lint/style/noDefaultExport: React.lazy needs a default export
export default memo(CodeBlock)
