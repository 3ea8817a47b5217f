import { useMentionTools } from './use-mention-tools.ts'

const maxMentions = 1_000 // each adds elements to the page

/** A text as it is, with its mentions highlighted. */
export function PlainText({ text, names = [] }: { text: string; names?: readonly string[] }) {
  const tools = useMentionTools(text)
  const ranges = tools?.mentionsWithin(text, names).slice(0, maxMentions) ?? []
  const pieces = tools?.splitMentions(text, ranges) ?? [{ at: 0, text, isMention: false }]
  return (
    <p className={isEmojiOnly(text) ? 'text jumbo' : 'text'}>
      {pieces.map(({ at, text: piece, isMention }) =>
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

// Flags are pairs of letters; a person with a skin tone or a job is several emojis that are joined.
const emojiOnly =
  /^(?:(?:\p{RI}\p{RI}|\p{Extended_Pictographic}\p{EMod}?\uFE0F?(?:\u200D\p{Extended_Pictographic}\p{EMod}?\uFE0F?)*)\s*){1,3}$/u

/** Returns whether a text is nothing but one to three emojis, which are shown large. */
export const isEmojiOnly = (text: string): boolean => text.length <= 40 && emojiOnly.test(text)
