import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { cleanCopy } from '../support/clean-copy.ts'
import { copyEmbeddedExample } from '../support/embedded-example.ts'
import { pack } from '../support/pack.ts'
import { checkEmbedded } from './embedded.ts'

test('the embedded example behaves the same with the packed package', async () => {
  const scratch = await mkdtemp(join(tmpdir(), 'circles-packed-'))
  onTestFinished(() => rm(scratch, { recursive: true, force: true }))
  await using clone = await cleanCopy()
  const tarball = pack(clone.folder, join(scratch, 'circles'))
  expect(tarball).toMatch(/circles-rooms-\d+\.\d+\.\d+\.tgz$/)
  await using example = await copyEmbeddedExample(tarball)
  await checkEmbedded(example)
})
