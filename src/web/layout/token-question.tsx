import { type Identity, personOf } from '../nav/identity.ts'
import { displayId } from '../people/confusable-names.ts'
import { letters } from '../people/letter-twins.ts'
import { t } from '../words/words.ts'
import { LinkQuestion } from './link-question.tsx'

type Props = { offered: Identity; identity: Identity; onAnswer(identity: Identity): void }

/** Asks whether the reader wants to become whom the token in the address is of. */
export function TokenQuestion({ offered, identity, onAnswer }: Props) {
  const [name, current] = [displayId(personOf(offered), letters), displayId(personOf(identity), letters)]
  return (
    <LinkQuestion
      title={t('link.continueAs', { name })}
      yes={t('link.continue', { name })}
      no={t('link.stay', { name: current })}
      onYes={() => onAnswer(offered)}
      onNo={() => onAnswer(identity)}
    >
      {t('link.token', { name, current })}
    </LinkQuestion>
  )
}
