/** Headless Chromium, driven by `playwright-core`. @module */
import { spawnSync } from 'node:child_process'
import { type Browser, chromium } from 'playwright-core'

const PROGRAM = process.env['CHROMIUM'] ?? 'chromium'

const pathOf = (program: string): string | undefined => {
  const { status, stdout } = spawnSync('sh', ['-c', 'command -v "$1"', 'sh', program], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}
const executablePath = pathOf(PROGRAM)

/** Whether the browser is on the path. Without it, tests in a browser are skipped. */
export const hasChromium: boolean = executablePath !== undefined

// Continuous integration must not pass without these tests.
if (!hasChromium && process.env['REQUIRE_CHROMIUM'] !== undefined) throw new Error(`${PROGRAM} is not on the path`)

/** The reason of a skipped test, for its title. */
export const withChromium: string = hasChromium ? '' : ' (skipped: install chromium, or set CHROMIUM)'

/** Starts a browser that uses the loopback interface only. */
export const launchChromium = (): Promise<Browser> =>
  chromium.launch({
    ...(executablePath !== undefined && { executablePath }),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
