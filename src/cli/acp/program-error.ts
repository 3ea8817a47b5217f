import { RequestError } from '@agentclientprotocol/sdk'
import { AgentError } from '../../agents/kit/agent-error.ts'

const authenticationRequired = -32_000 // the code of ACP

/**
 * The failure of a turn whose program answered with an error. Who is not logged in is not so at the next attempt either.
 * The log has what else the program says.
 */
export function programError(error: unknown): AgentError {
  const cause = withData(error)
  const isLoggedOut = error instanceof RequestError && error.code === authenticationRequired
  return isLoggedOut
    ? new AgentError('agent_login_required', loginRequired, { retry: false, cause })
    : new AgentError('agent_failed', 'The program failed.', { cause })
}

const loginRequired =
  'The program is not logged in, or has no key. Whoever runs it has to log in to it and to start `circles-rooms connect` again.'

function withData(error: unknown): unknown {
  if (!(error instanceof RequestError) || error.data === undefined) return error
  return new Error(`${error.message}: ${JSON.stringify(error.data).slice(0, 1_000)}`)
}
