import type { AllowanceDraw } from '../../rpc/tokens.ts'
import type { ComponentDefinition } from '../tables.ts'
import { Allowances } from './allowances.ts'

/** Measures people over the whole deployment. `draw`: sends a draw, which `Allowances.drawn` answers. */
export function allowances(draw: (draw: AllowanceDraw) => void): ComponentDefinition {
  // day: since the Unix epoch; left: when the last allowance was granted; seq: of the last event at that time; draws: on
  // that day.
  const table = `CREATE TABLE allowances (
    resource TEXT NOT NULL,
    account TEXT NOT NULL,
    day INTEGER NOT NULL,
    left INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    draws INTEGER NOT NULL,
    PRIMARY KEY (resource, account)
  ) WITHOUT ROWID`
  return {
    name: 'allowances',
    migrations: [[table]],
    create: (context, changed) => new Allowances(context, draw, changed),
  }
}
