import type { Cost } from '../../protocol/cost/schema.ts'
import { useRequest } from '../lib/use-request.ts'
import { getLocale, number } from '../words/format.ts'
import { t, wordsOfCode } from '../words/words.ts'

/** The cost of a circle; nothing for readers who are not its owner, because the server refuses the request. */
export function CostSummary({ name }: { name: string }) {
  const { value: cost } = useRequest<Cost>(`/api/circles/${name}/cost`)
  if (cost === null) return null
  return (
    <section aria-label={t('cost.title')}>
      <h3>{t('cost.title')}</h3>
      <p className="soft">{monthText(cost)}</p>
      {cost.wakeful.map(({ cause, detail, dollars_a_month }) => (
        <p key={cause} className="notice">
          {t('cost.awake', { cause: wordsOfCode(cause, 'cause') ?? detail, amount: dollarText(dollars_a_month) })}
        </p>
      ))}
    </section>
  )
}

function monthText({ extrapolated, since }: Cost): string {
  if (extrapolated === null) return t('cost.tooEarly')
  const { total, beyond_included } = extrapolated.bill
  const day = new Intl.DateTimeFormat(getLocale(), { dateStyle: 'medium' }).format(Date.parse(since))
  return t('cost.month', { total: dollarText(total), beyond: dollarText(beyond_included), day })
}

/** An amount for people. Most are fractions of a cent, so two digits are always shown. */
function dollarText(dollars: number): string {
  const currency = { style: 'currency', currency: 'USD', minimumFractionDigits: 0 } as const
  if (dollars === 0 || dollars >= 1)
    return number(dollars, { ...currency, minimumFractionDigits: dollars === 0 ? 0 : 2 })
  const isTiny = dollars < 0.0001
  const amount = number(isTiny ? 0.0001 : dollars, { ...currency, maximumSignificantDigits: 2 })
  return isTiny ? t('cost.tiny', { amount }) : amount
}
