import type { Page } from 'playwright-core'
import { words as arabicFirst } from '../../../src/web/words/ar/first.ts'
import { words as germanFirst } from '../../../src/web/words/de/first.ts'
import { composer, conversation, waitForMessage } from '../fixtures.ts'
import { agentsAtWork, approvals, type Frames, failedAndStopped, manyPeople, workspaceChanges } from './agent-frames.ts'
import { drawn } from './drawn.ts'
import { cuttableSockets, holdSockets, inject } from './inject.ts'
import { png } from './png.ts'
import { post, type Send } from './seed.ts'

/** A page on which a state is shown: nothing is open yet. */
export type Stage = {
  page: Page
  send: Send
  /** Opens a path of the site. */
  go(path: string): Promise<void>
  isTouch: boolean
}

/** A state of the page. `as`: the reader is nobody yet, or has an account and therefore an inbox; else the guest Ada. */
export type State = {
  name: string
  as?: 'nobody' | 'account'
  locale?: string
  isLoading?: true // that is what it shows
  show(stage: Stage): Promise<void>
}

async function open({ go, page }: Stage, circle: string): Promise<void> {
  await go(`/c/${circle}`)
  await page.locator('.composer, [role="log"] .message, .connection-banner').first().waitFor()
  await drawn(page)
}

async function openPanel(stage: Stage, name: string, circle = 'release'): Promise<void> {
  await open(stage, circle)
  const more = stage.page.locator('.channel-page > header .more')
  const button = stage.page.getByRole('button', { name, exact: true })
  if ((await more.isVisible()) && !(await button.isVisible())) await more.click()
  await button.click()
  await stage.page.getByRole('complementary', { name }).waitFor()
}

async function showSettings(stage: Stage, name: string, circle = 'release'): Promise<void> {
  await openPanel(stage, name, circle)
  await stage.page.locator('.settings textarea').waitFor() // the settings are there
}

const injected = async (stage: Stage, circle: string, frames: Frames) => {
  const path = new RegExp(`/ws/circles/${circle}\\b`)
  await inject(stage.page, { path, channel: `circle:${circle}`, frames })
  await open(stage, circle)
}

const messageWith = (page: Page, text: string) => conversation(page).locator('.message', { hasText: text }).first()

/** Every state of the page that looks different, in the order of the sheet. */
export const states: readonly State[] = [
  {
    name: 'join',
    as: 'nobody',
    show: async ({ go, page }) => go('/').then(() => page.getByLabel('Your name').waitFor()),
  },
  {
    name: 'conversation',
    async show(stage) {
      await open(stage, 'release')
      await waitForMessage(stage.page, 'ship on Thursday')
    },
  },
  {
    name: 'empty circle',
    async show(stage) {
      await open(stage, 'empty')
      await conversation(stage.page).getByText('beginning').waitFor()
    },
  },
  {
    name: 'loading',
    isLoading: true,
    async show({ go, page }) {
      await holdSockets(page)
      await go('/c/release')
      await page.locator('.skeleton').waitFor()
    },
  },
  {
    name: 'texts',
    async show(stage) {
      await open(stage, 'texts')
      await waitForMessage(stage.page, 'a_long_name_')
      await conversation(stage.page).evaluate(log => log.scrollTo({ top: 0 }))
      await messageWith(stage.page, 'Ship small').waitFor()
    },
  },
  {
    name: 'long code and text',
    async show(stage) {
      await open(stage, 'texts')
      await waitForMessage(stage.page, 'a_long_name_')
    },
  },
  {
    name: 'actions of a message',
    async show(stage) {
      await open(stage, 'release')
      await messageWith(stage.page, 'has no jitter').focus()
      await stage.page.keyboard.press('ArrowRight')
    },
  },
  {
    name: 'reactions',
    async show(stage) {
      await open(stage, 'release')
      const message = messageWith(stage.page, 'has no jitter')
      await message.getByRole('button', { name: 'React', exact: true }).focus()
      await stage.page.keyboard.press('Enter')
      await stage.page.getByRole('button', { name: 'React with 👍' }).waitFor()
    },
  },
  {
    name: 'profile',
    async show(stage) {
      await open(stage, 'release')
      await messageWith(stage.page, 'This is the line').getByRole('button', { name: 'Bob' }).click()
      await stage.page.getByRole('dialog', { name: 'Bob' }).waitFor()
    },
  },
  {
    name: 'edit a message',
    async show(stage) {
      await open(stage, 'release')
      const message = messageWith(stage.page, 'has no jitter')
      await message.getByRole('button', { name: 'Edit', exact: true }).focus()
      await stage.page.keyboard.press('Enter')
      await stage.page.getByLabel('Edit this message').waitFor()
    },
  },
  {
    name: 'thread',
    async show(stage) {
      await open(stage, 'release')
      await conversation(stage.page)
        .getByRole('button', { name: /2 replies/ })
        .click()
      await stage.page.getByLabel('Write a reply').waitFor()
    },
  },
  {
    name: 'search',
    async show(stage) {
      await openPanel(stage, 'Search')
      await stage.page.getByRole('searchbox').fill('jitter')
      await stage.page.keyboard.press('Enter')
      await stage.page.locator('.search-result').first().waitFor()
    },
  },
  { name: 'settings', show: stage => showSettings(stage, 'Settings') },
  { name: 'settings of others', show: stage => showSettings(stage, 'Settings', 'design') },
  { name: 'notifications', show: stage => openPanel(stage, 'Notifications') },
  {
    name: 'notes',
    async show(stage) {
      await openPanel(stage, 'Notes')
      await stage.page.locator('.notes [contenteditable="true"], .notes textarea').first().waitFor()
    },
  },
  {
    name: 'keys',
    async show(stage) {
      await open(stage, 'release')
      await stage.page.keyboard.press('ControlOrMeta+/')
      await stage.page.getByRole('dialog').waitFor()
    },
  },
  {
    name: 'circles and people', // drawers where there is no room for them
    async show(stage) {
      await open(stage, 'release')
      const menu = stage.page.getByRole('button', { name: 'Circles', exact: true })
      if (await menu.isVisible()) await menu.click()
    },
  },
  {
    name: 'people',
    async show(stage) {
      await open(stage, 'release')
      const button = stage.page.getByRole('button', { name: /^Who is here/ })
      const people = stage.page.getByRole('complementary', { name: 'Who is here' })
      if (!(await people.isVisible())) await button.click()
      await people.waitFor()
    },
  },
  {
    name: 'many people',
    async show(stage) {
      await injected(stage, 'design', manyPeople)
      const people = stage.page.getByRole('complementary', { name: 'Who is here' })
      if (!(await people.isVisible())) await stage.page.getByRole('button', { name: /^Who is here/ }).click()
    },
  },
  {
    name: 'mention',
    async show(stage) {
      await open(stage, 'release')
      await composer(stage.page).fill('Look at this, @')
      await stage.page.getByRole('listbox').waitFor()
    },
  },
  {
    name: 'commands',
    async show(stage) {
      await open(stage, 'release')
      await composer(stage.page).fill('/')
      await stage.page.getByRole('listbox').waitFor()
    },
  },
  {
    name: 'not sent',
    async show(stage) {
      await open(stage, 'release')
      await composer(stage.page).fill('a long text '.repeat(4_000))
      await stage.page.getByRole('button', { name: 'Send', exact: true }).click()
      await stage.page.getByText('Not sent').waitFor()
    },
  },
  {
    name: 'offline',
    async show(stage) {
      const cut = await cuttableSockets(stage.page)
      await open(stage, 'release')
      await waitForMessage(stage.page, 'ship on Thursday')
      await cut()
      await stage.page.getByText('Offline since').waitFor()
      await composer(stage.page).fill('This will be sent when we are back')
      await stage.page.getByRole('button', { name: 'Send', exact: true }).click()
      await stage.page.getByText('not sent yet').waitFor()
    },
  },
  {
    name: 'unread',
    async show(stage) {
      await open(stage, 'busy')
      await stage.page.locator('.message').first().waitFor()
      await stage.page.keyboard.press('Escape') // all of it is read
      await open(stage, 'empty')
      for (let index = 1; index <= 50; index++)
        await post(
          stage.send,
          'busy',
          index % 3 ? 'Eve' : 'Bob',
          index === 6 ? 'What do you think, @Ada?' : `Later ${index}`,
        )
      await open(stage, 'busy')
      await stage.page.locator('.catch-up, .jump-to-end').first().waitFor() // the first new one, if it is near
    },
  },
  {
    name: 'new messages below',
    async show(stage) {
      await open(stage, 'busy')
      await conversation(stage.page).locator('.message').nth(3).waitFor()
      for (let index = 1; index <= 20; index++) await post(stage.send, 'busy', 'Eve', `Before ${index}`)
      await waitForMessage(stage.page, 'Before 20')
      await conversation(stage.page).evaluate(log => log.scrollTo({ top: 60 }))
      for (let index = 1; index <= 3; index++) await post(stage.send, 'busy', 'Bob', `Now ${index}`)
      await stage.page.locator('.jump-to-end').waitFor()
    },
  },
  {
    name: 'agents at work',
    async show(stage) {
      await injected(stage, 'design', agentsAtWork)
      await stage.page.getByText('The page waits').waitFor()
    },
  },
  {
    name: 'failed and stopped',
    async show(stage) {
      await injected(stage, 'design', failedAndStopped)
      await conversation(stage.page).locator('.failed-turn .card').waitFor()
    },
  },
  {
    name: 'approvals',
    async show(stage) {
      await injected(stage, 'design', approvals)
      await conversation(stage.page).getByRole('button', { name: 'Approve' }).waitFor()
    },
  },
  {
    name: 'files',
    async show(stage) {
      await open(stage, 'empty')
      const files = [
        { name: 'plan.png', mimeType: 'image/png', buffer: png(720, 400) },
        { name: 'figures.csv', mimeType: 'text/csv', buffer: Buffer.from('run,requests\nbefore,12400\n') },
      ]
      await stage.page.getByLabel('Add files').setInputFiles(files)
      await stage.page.getByRole('list', { name: 'Files of this message' }).getByText('plan.png').waitFor()
    },
  },
  {
    name: 'muted',
    async show(stage) {
      await open(stage, 'quiet')
      await waitForMessage(stage.page, 'Please read')
    },
  },
  { name: 'paused', show: stage => open(stage, 'paused') },
  { name: 'archived', show: stage => open(stage, 'archived') },
  {
    name: 'closed door',
    async show({ go, page }) {
      await go('/c/secret')
      await page.getByText('does not exist, or it is private').waitFor()
    },
  },
  {
    name: 'no such page',
    async show({ go, page }) {
      await go('/nonsense')
      await page.getByText('There is no such page').waitFor()
    },
  },
  {
    name: 'invitation',
    async show({ go, page }) {
      await go('/c/secret#invitation=a-code')
      await page.getByRole('button', { name: 'Accept the invitation' }).waitFor()
    },
  },
  {
    name: 'owner',
    as: 'nobody',
    async show({ go, page }) {
      await go('/#owner=a-code')
      await page.getByRole('button', { name: 'Sign in as the owner' }).waitFor()
    },
  },
  {
    name: 'private chat',
    async show({ go, page }) {
      await go('/d/pickle')
      await page.waitForURL(/\/d\/[^/]{20,}$/)
      await composer(page).fill('What can you do?')
      await page.getByRole('button', { name: 'Send', exact: true }).click()
      await conversation(page).locator('.message', { hasText: 'Pickle' }).first().waitFor()
    },
  },
  {
    name: 'workspace',
    async show(stage) {
      await inject(stage.page, { path: /\/ws\/workspaces\/acme/, channel: 'workspace:acme', frames: workspaceChanges })
      await stage.go('/w/acme')
      await conversation(stage.page).locator('.event-group > summary').last().click()
      await conversation(stage.page).getByText('Show the change').first().click()
    },
  },
  {
    name: 'agent',
    async show({ go, page }) {
      await go('/a/pickle')
      await conversation(page).getByText('no events before').waitFor()
    },
  },
  {
    name: 'statistics',
    as: 'account',
    async show({ go, page }) {
      await go('/stats')
      await page.locator('.metrics').waitFor()
    },
  },
  {
    name: 'inbox',
    as: 'account',
    async show(stage) {
      await open(stage, 'design') // only who has been there is mentioned
      await stage.page.getByRole('button', { name: /^Who is here: [1-9]/ }).waitFor()
      await open(stage, 'release')
      await post(stage.send, 'design', 'Bob', 'Have a look, @Ada Lovelace')
      await stage.page.waitForFunction(() => document.title.startsWith('(1)'))
      const menu = stage.page.getByRole('button', { name: 'Circles', exact: true })
      if (await menu.isVisible()) await menu.click()
    },
  },
  { name: 'German', locale: 'de', show: stage => showSettings(stage, germanFirst['header.settings']) },
  {
    name: 'Arabic',
    locale: 'ar',
    async show(stage) {
      await open(stage, 'release')
      await waitForMessage(stage.page, 'ship on Thursday')
    },
  },
  { name: 'Arabic settings', locale: 'ar', show: stage => showSettings(stage, arabicFirst['header.settings']) },
]
