import { Hono } from 'hono'
import echo from './echo.ts'
import errors from './errors.ts'
import greeting from './greeting.ts'
import members from './members.ts'
import metrics from './metrics.ts'
import ticker from './ticker.ts'

export { Librarian } from './agents/librarian.ts'

const app = new Hono()
for (const router of [greeting, echo, errors, members, ticker, metrics]) app.route('/', router)

/** All examples in one Worker. Each router could be the default export of its own. */
export default app
