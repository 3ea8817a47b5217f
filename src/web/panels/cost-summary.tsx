import { formatDollars } from '../../protocol/cost/format.ts'
import type { Cost } from '../../protocol/cost/schema.ts'
import { useRequest } from '../lib/use-request.ts'

/** What a circle costs, for its owner; nobody else is told. */
export function CostSummary({ name }: { name: string }) {
  const { value: cost } = useRequest<Cost>(`/api/circles/${name}/cost`)
  if (cost === null) return null
  return (
    <section aria-label="Cost">
      <h3>Cost</h3>
      <p className="soft">{monthText(cost)}</p>
      {cost.wakeful.map(({ cause, detail, dollars_a_month }) => (
        <p key={cause} className="notice">
          Kept awake: {detail}; {formatDollars(dollars_a_month)} a month if it goes on.
        </p>
      ))}
    </section>
  )
}

function monthText({ extrapolated, since }: Cost): string {
  if (extrapolated === null) return 'It is too early to say what a month costs.'
  const { total, beyond_included } = extrapolated.bill
  const day = since.slice(0, 10)
  return `${formatDollars(total)} a month like this, ${formatDollars(beyond_included)} beyond what the plan includes. Counted since ${day}.`
}
