import { mentionRanges } from '../../protocol/mentions.ts'
import { splitMentions } from './mentions.ts'

const maxMentions = 1_000 // each adds elements to the page

/** A text as it is, with its mentions highlighted. */
export function PlainText({ text }: { text: string }) {
  return (
    <p className="text">
      {splitMentions(text, mentionRanges(text).slice(0, maxMentions)).map(({ at, text: piece, isMention }) =>
        isMention ? (
          <b key={at} className="mention">
            {piece}
          </b>
        ) : (
          <span key={at}>{piece}</span>
        ),
      )}
    </p>
  )
}
