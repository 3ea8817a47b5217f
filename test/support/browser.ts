import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import packaged from '@sparticuz/chromium'
import { type Browser, chromium } from 'playwright-core'

const names = ['google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser', 'chrome']
const otherPaths = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** Starts a browser: the one at CHROME_PATH, else an installed one, else the Chromium from npm. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROME_PATH ?? installed() ?? (await packaged.executablePath())
  return chromium.launch({ executablePath, args: ['--disable-gpu', '--disable-dev-shm-usage'] })
}

function installed(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  return [...folders.flatMap(folder => names.map(name => join(folder, name))), ...otherPaths].find(existsSync)
}
