import { splitMentions } from './mentions.ts'

/** A text as it is, with its mentions highlighted. */
export function PlainText({ text }: { text: string }) {
  return (
    <p className="text">
      {splitMentions(text).map(({ at, text: piece, isMention }) =>
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
