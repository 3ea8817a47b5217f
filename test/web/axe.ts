import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Returns the serious and critical accessibility problems that axe finds on a page. */
export async function seriousProblems(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  const problems = await page.evaluate(async () => {
    const { violations } = await Reflect.get(globalThis, 'axe').run()
    return violations.map(
      (violation: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }) => ({
        impact: violation.impact,
        text: `${violation.id}: ${violation.nodes.map(node => `${node.html} ${node.failureSummary}`).join(' | ')}`,
      }),
    )
  })
  return problems
    .filter(({ impact }: { impact: string }) => impact === 'serious' || impact === 'critical')
    .map(({ text }: { text: string }) => text)
}
