import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

type Problem = { impact: string; text: string }

/** Returns all accessibility problems that axe finds on a page, best practices among them. */
export async function allProblems(page: Page): Promise<Problem[]> {
  await page.evaluate(axe)
  return page.evaluate(async () => {
    const { violations } = await Reflect.get(globalThis, 'axe').run()
    return violations.map(
      (violation: { id: string; impact: string; nodes: { html: string; failureSummary: string }[] }) => ({
        impact: violation.impact,
        text: `${violation.id}: ${violation.nodes.map(node => `${node.html} ${node.failureSummary}`).join(' | ')}`,
      }),
    )
  })
}

/** Returns the serious and critical accessibility problems that axe finds on a page. */
export async function seriousProblems(page: Page): Promise<string[]> {
  const problems = await allProblems(page)
  return problems.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ text }) => text)
}
