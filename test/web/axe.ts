import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds on a page that keeps somebody from using it. */
export async function seriousProblems(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  const problems = await page.evaluate(async () => {
    const { violations } = await Reflect.get(globalThis, 'axe').run()
    return violations.map(
      (found: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }) => ({
        impact: found.impact,
        text: `${found.id}: ${found.nodes.map(node => `${node.html} ${node.failureSummary}`).join(' | ')}`,
      }),
    )
  })
  return problems
    .filter(({ impact }: { impact: string }) => impact === 'serious' || impact === 'critical')
    .map(({ text }: { text: string }) => text)
}
