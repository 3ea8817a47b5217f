import { Fragment } from 'react'

/** Text as it is, with mentions set off. */
export function PlainText({ text }: { text: string }) {
  return <p className="text">{withMentions(text)}</p>
}

const mention = /(^|[^\p{L}\p{N}_@])(@[\p{L}\p{N}][\p{L}\p{N}_-]{0,63})/gu

function withMentions(text: string) {
  const parts = []
  let from = 0
  for (const found of text.matchAll(mention)) {
    const [, lead = '', name = ''] = found
    const at = found.index + lead.length
    parts.push(
      <Fragment key={from}>{text.slice(from, at)}</Fragment>,
      <b key={at} className="mention">
        {name}
      </b>,
    )
    from = at + name.length
  }
  return from === 0 ? text : [...parts, <Fragment key={from}>{text.slice(from)}</Fragment>]
}
