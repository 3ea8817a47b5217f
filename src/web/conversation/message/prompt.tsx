import type { Channel } from '../../../client/client.ts'
import { useChannel } from '../../../client/react.ts'
import type { PageState } from '../../layout/page-state.ts'
import { DistinctName } from '../../people/distinct-name.tsx'
import { plainSnippet } from '../../text/plain-snippet.ts'

const maxLength = 120 // characters

/** The message that an agent replies to, in one line that leads there; nothing if it is not loaded. */
export function Prompt({ seq, channel, page }: { seq: number; channel: Channel; page: PageState }) {
  const entry = useChannel(channel, () => channel.entry(seq))
  if (entry === null || entry.author === null || entry.deleted) return null
  return (
    <button type="button" className="prompt" onClick={() => page.goTo(seq)} title="Go to the question">
      <span aria-hidden="true">↳ </span>
      <DistinctName author={entry.author} />: {plainSnippet(entry.content.slice(0, maxLength), []).text}
    </button>
  )
}
