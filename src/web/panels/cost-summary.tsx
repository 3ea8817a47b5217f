import { formatDollars } from '../../protocol/cost/format.ts'
import type { Cost } from '../../protocol/cost/schema.ts'
import { useRequest } from '../lib/use-request.ts'

/** The cost of a circle; nothing for readers who are not its owner, because the server refuses the request. */
export function CostSummary({ name }: { name: string }) {
  const { value: cost } = useRequest<Cost>(`/api/circles/${name}/cost`)
  if (cost === null) return null
  return (
    <section aria-label="Cost">
      <h3>Cost</h3>
      <p className="soft">{monthText(cost)}</p>
      {cost.wakeful.map(({ cause, detail, dollars_a_month }) => (
        <p key={cause} className="notice">
          Kept awake: {detail}; {formatDollars(dollars_a_month)} a month if this continues.
        </p>
      ))}
    </section>
  )
}

function monthText({ extrapolated, since }: Cost): string {
  if (extrapolated === null) return 'It is too early to estimate the cost of a month.'
  const { total, beyond_included } = extrapolated.bill
  const day = since.slice(0, 10)
  return `${formatDollars(total)} a month at this rate, ${formatDollars(beyond_included)} beyond what the plan includes. Measured since ${day}.`
}
