export { type Acked, check, type Finding, type Reader, type Run, type SeenEvent } from '../../src/testing/checker.ts'
