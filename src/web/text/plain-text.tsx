import { mentionsWithin, splitMentions } from './mentions.ts'

const maxMentions = 1_000 // each adds elements to the page

/** A text as it is, with its mentions highlighted. */
export function PlainText({ text, names = [] }: { text: string; names?: readonly string[] }) {
  return (
    <p className={isEmojiOnly(text) ? 'text jumbo' : 'text'}>
      {splitMentions(text, mentionsWithin(text, names).slice(0, maxMentions)).map(({ at, text: piece, isMention }) =>
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
