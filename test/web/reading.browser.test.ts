import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { createClient } from '../../src/client/client.ts'
import { conversation, join, randomName, type SitePage, startPage, waitForMessage } from './fixtures.ts'
import { type GrowingReplies, growingReplies, paragraphs, readParagraph, watchParagraph } from './growing-replies.ts'

// What is read stays where it is, in every frame, whatever comes above it. Stored messages come from the server; replies
// grow by frames that the test adds.

const site = startPage()

type Reader = SitePage & {
  circle: string
  replies: GrowingReplies
  bob: ReturnType<ReturnType<typeof createClient>['circle']>
  seqs: number[] // of Bob's messages
}

/** A reader of a circle in which Bob has written so many messages. */
async function aReader(messages: number, options: Parameters<typeof site.open>[1] = {}): Promise<Reader> {
  const circle = randomName()
  const bob = createClient(site.server.url, { name: 'Bob' }).circle(circle)
  const seqs: number[] = []
  for (let index = 1; index <= messages; index++)
    seqs.push((await bob.send(`message ${index}\n\n- one\n- two\n- three`)).seq)
  const opened = await site.open('', options)
  const replies = await growingReplies(opened.page)
  await join(opened.page, 'Ada', circle)
  if (messages > 0) await waitForMessage(opened.page, `message ${messages}`)
  return { ...opened, circle, replies, bob, seqs }
}

const line = (page: Page, text: string) => conversation(page).getByText(text, { exact: true })

/** Has Bob write, and resolves when the reader's page has received it. */
async function write({ bob, replies }: Reader, text: string): Promise<void> {
  await bob.send(text)
  await replies.received(text.split('\n')[0] ?? '')
}

/** Returns how far a paragraph was from its place at most, once another one is there, too. */
async function farthest(page: Page, watch: () => Promise<number>, last: string): Promise<number> {
  await line(page, last).waitFor({ state: 'attached' })
  return watch()
}

const window = { width: 1280, height: 800 }
const phone = { width: 390, height: 700 }

test.for([
  ['a window', window],
  ['a phone', phone],
] as const)(
  '[T4] two replies grow in %s: what is read of either stays where it is when others write',
  async ([, viewport]) => {
    const reader = await aReader(6, { viewport, hasTouch: viewport === phone })
    const { page, replies, context } = reader
    for (const turn of ['owl', 'fox']) {
      await replies.begin(turn)
      replies.write(turn, paragraphs(turn, 60))
    }
    await line(page, 'fox 60').waitFor()
    let count = 0
    for (const [turn, number] of [
      ['fox', 30],
      ['fox', 3],
      ['owl', 59],
      ['owl', 20],
    ] as const) {
      await readParagraph(page, `${turn} ${number}`, { at: 0 })
      const watch = await watchParagraph(page, `${turn} ${number}`)
      for (let round = 1; round <= 3; round++) {
        await write(reader, `new ${++count}\n\n- one\n- two`)
        replies.work('owl')
        for (const turn of ['owl', 'fox']) replies.write(turn, `\n\nlater of ${turn} ${count}`)
      }
      expect(await farthest(page, watch, `later of ${turn} ${count}`), `${turn} ${number}`).toBeLessThan(2)
    }
    await context.close()
  },
)

test('[T4] many write at once above a reply that grows all the time, in one frame or in many', async () => {
  const reader = await aReader(0, { viewport: phone, hasTouch: true })
  const { page, replies, circle, context } = reader
  await replies.begin('owl')
  replies.write('owl', paragraphs('owl', 80))
  await line(page, 'owl 80').waitFor()
  await readParagraph(page, 'owl 40')
  const watch = await watchParagraph(page, 'owl 40')
  const crowd = ['Cleo', 'Dan', 'Eve', 'Finn'].map(name => createClient(site.server.url, { name }).circle(circle))
  const all = crowd.flatMap((person, index) =>
    Array.from({ length: 10 }, (_, count) => person.send(`${'many words '.repeat(count)}${index}.${count}`)),
  )
  for (let piece = 1; piece <= 40; piece++) {
    replies.write('owl', `\n\npiece ${piece}`)
    await page.evaluate(() => new Promise(requestAnimationFrame))
  }
  await Promise.all(all)
  await Promise.all(crowd.map((_, index) => replies.received(`${index}.9`)))
  replies.write('owl', '\n\nthe last')
  expect(await farthest(page, watch, 'the last')).toBeLessThan(2)
  for (const person of crowd) person.disconnect()
  await context.close()
})

test('what is read stays where it is when messages above are edited, deleted and reacted to, drawn or not, and so it does on the way there', async () => {
  const reader = await aReader(40)
  const { page, replies, bob, seqs, context } = reader
  const seqOf = (number: number): number => seqs[number - 1] ?? 0
  await replies.begin('owl')
  replies.write('owl', paragraphs('owl', 30))
  await line(page, 'owl 30').waitFor()
  await readParagraph(page, 'message 24', { at: 0 })
  const watch = await watchParagraph(page, 'message 24')
  await bob.edit(seqOf(23), paragraphs('changed', 6))
  await bob.edit(seqOf(5), paragraphs('longer', 20))
  await bob.delete(seqOf(22))
  await bob.delete(seqOf(6))
  await bob.react(seqOf(21), '👍')
  await write(reader, 'after the changes')
  replies.write('owl', '\n\nlater')
  await conversation(page).getByText('This message was deleted.').first().waitFor({ state: 'attached' })
  expect(await watch()).toBeLessThan(2)
  // Upwards, everything moves by as much as the reader scrolls.
  for (let step = 1; step <= 30; step++) expect(await scrollUp(page, 150), `step ${step}`).toBeLessThan(2)
  await context.close()
})

test('[T4] a reply grows in a thread, and what is read of it stays where it is when others write there', async () => {
  const reader = await aReader(4)
  const { page, replies, bob, seqs, context } = reader
  const [, root = 0] = seqs
  const { seq: prompt } = await bob.send('the first in the thread', { replyTo: root })
  await conversation(page).getByRole('button', { name: '1 reply' }).click()
  const thread = page.getByRole('region', { name: 'Messages in this thread' })
  await thread.getByText('the first in the thread').waitFor()
  await replies.begin('owl', prompt)
  replies.write('owl', paragraphs('owl', 60))
  await thread.getByText('owl 60', { exact: true }).waitFor()
  await readParagraph(page, 'owl 30', { list: thread })
  const watch = await watchParagraph(page, 'owl 30', thread)
  for (let count = 1; count <= 3; count++) {
    await bob.send(`new ${count}\n\n- one\n- two`, { replyTo: root })
    await replies.received(`new ${count}`)
    replies.work('owl')
    replies.write('owl', `\n\nlater ${count}`)
  }
  await thread.getByText('later 3', { exact: true }).waitFor({ state: 'attached' })
  expect(await watch()).toBeLessThan(2)
  await context.close()
})

/** Scrolls up, and returns by how many px more or less the paragraph in the middle has moved. */
const scrollUp = (page: Page, px: number): Promise<number> =>
  conversation(page).evaluate(async (log, px) => {
    const { top, height } = log.getBoundingClientRect()
    const distance = (element: Element): number => Math.abs(element.getBoundingClientRect().top - top - height / 3)
    const [first] = [...log.querySelectorAll('p')].sort((one, other) => distance(one) - distance(other))
    if (first === undefined) throw new Error('there is nothing to read')
    const [before, from] = [first.getBoundingClientRect().top, log.scrollTop]
    log.scrollTo({ top: from - px })
    for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame)
    return Math.abs(first.getBoundingClientRect().top - before - Math.min(px, from))
  }, px)
