import type { Author, Entry } from '../../../client/client.ts'
import { DistinctName } from '../../people/distinct-name.tsx'
import { plainSnippet } from '../../text/plain-snippet.ts'
import type { ChatActions } from '../../ui/chat-state.ts'
import { t } from '../../words/words.ts'

const maxLength = 120 // characters

type Props = { entry: Entry; author: Author; page: ChatActions }

/** The message that an agent replies to, in one line that leads there. */
export function Prompt({ entry: { seq, content }, author, page }: Props) {
  return (
    <button type="button" className="prompt" onClick={() => page.goTo(seq)} title={t('message.question')}>
      <span className="pointing" aria-hidden="true">
        ↳
      </span>{' '}
      <DistinctName author={author} />: {plainSnippet(content.slice(0, maxLength), []).text}
    </button>
  )
}
