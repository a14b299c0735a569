/** The page in a browser. */
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Authorizer } from '@custom-authorizer/core'
import { systemClock } from '@custom-authorizer/core/contract'
import { usagePlan } from '@custom-authorizer/core/usage-plan'
import type { FakeClock } from '@custom-authorizer/core/testing'
import { hasChromium, launchChromium, withChromium } from '../../support/chromium.ts'
import { member } from '../../support/members.ts'
import { KEY, TWO_A_DAY } from '../../support/planned.ts'
import { contrastProblems } from './contrast.ts'
import { inspected, type Inspected, listen, petsAuthorizer } from './harness.ts'

let browser: Browser
beforeAll(async () => {
  if (hasChromium) browser = await launchChromium()
}, 60_000)
afterAll(async () => {
  if (hasChromium) await browser.close()
})

interface Opened extends Inspected {
  readonly view: Page
  readonly origin: string
  /** Console messages, exceptions and violations of the policy. */
  readonly complaints: readonly string[]
}

const watch = (view: Page): readonly string[] => {
  const complaints: string[] = []
  view.on('console', (message) => void complaints.push(`${message.type()}: ${message.text()}`))
  view.on('pageerror', (error) => void complaints.push(`exception: ${error.message}`))
  view.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  return complaints
}

/** Opens the page with its token, and waits until it is live. */
const open = async (
  options: BrowserContextOptions & { readonly init?: string } = {},
  list?: (clock: FakeClock) => readonly Authorizer[],
  settings = {},
): Promise<Opened> => {
  const service = await inspected({ clock: systemClock, ...settings }, list)
  const { init, ...contextOptions } = options
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...contextOptions })
  onTestFinished(() => context.close())
  context.setDefaultTimeout(10_000)
  const view = await context.newPage()
  if (init !== undefined) await view.addInitScript(init)
  const complaints = watch(view)
  const origin = `http://localhost:${service.port}`
  await view.goto(origin + service.page.url)
  await view.locator(init === undefined ? '[data-state=on]' : '[data-state]').waitFor()
  return { ...service, view, origin, complaints }
}

const rowsIn = (view: Page): Locator => view.getByRole('listbox', { name: 'Decisions' }).getByRole('option')
const requestsIn = async (view: Page): Promise<readonly string[]> =>
  rowsIn(view).evaluateAll((rows) =>
    rows.map((row) => ['.method', '.path'].map((part) => row.querySelector(part)?.textContent).join(' ')),
  )
const waitForRows = async (view: Page, count: number): Promise<void> => {
  await view.waitForFunction((expected) => document.querySelectorAll('[role=option]').length === expected, count)
}
const focused = (view: Page): Promise<string> =>
  view.evaluate(() => {
    const element = document.activeElement
    return element?.id || (element?.textContent ?? '').trim()
  })

/** Three decisions: allowed, denied by the policy, denied without a credential. */
const decideThrice = async ({ decide, view }: Opened): Promise<void> => {
  await decide('GET /pets', 'token-ann')
  await decide('DELETE /pets', 'token-ann')
  await decide('GET /orders')
  await waitForRows(view, 3)
}

describe.skipIf(!hasChromium)(`inspector in a browser${withChromium}`, () => {
  test('shows new decisions at the top, and explains the one that is opened', async () => {
    const service = await open()
    const { view, complaints } = service
    await decideThrice(service)
    expect(await requestsIn(view)).toEqual(['GET /orders', 'DELETE /pets', 'GET /pets'])
    expect(await view.locator('#counts').textContent()).toBe('3 decisions, 2 denied')
    await rowsIn(view).nth(1).click()
    const detail = view.getByRole('region', { name: 'Explanation' })
    await detail.getByRole('heading', { name: 'DELETE /pets' }).waitFor()
    const text = await detail.innerText()
    for (const part of [
      'deny 403',
      'IMPLICIT_DENY',
      'user-ann',
      'Authorization',
      '✓ present',
      'The resource differs in its method.',
    ])
      expect(text).toContain(part)
    expect(text).toContain('The cached policy was issued for GET /pets')
    expect(text).toContain('aws.token')
    expect(complaints).toEqual([])
  })

  test('SEC-141 removes the token from the address and the history, and hides the cookie from scripts', async () => {
    const { view, origin } = await open()
    expect(view.url()).toBe(`${origin}/__authorizer/`)
    expect(await view.evaluate(() => document.cookie)).toBe('')
    expect(await view.evaluate(() => document.referrer)).toBe('')
    await view.reload()
    await view.locator('[data-state=on]').waitFor()
  })

  test('filters by path, verdict, reason and authorizer', async () => {
    const service = await open({}, (clock) => [petsAuthorizer(clock), member(() => true, {}, { name: 'other' })])
    const { view } = service
    await decideThrice(service)
    await view.getByLabel('Path', { exact: true }).fill('PETS')
    expect(await requestsIn(view)).toEqual(['DELETE /pets', 'GET /pets'])
    await view.getByLabel('Verdict').selectOption('deny')
    expect(await requestsIn(view)).toEqual(['DELETE /pets'])
    await view.getByLabel('Path', { exact: true }).fill('')
    await view.getByLabel('Reason').selectOption('IDENTITY_SOURCE_MISSING')
    expect(await requestsIn(view)).toEqual(['GET /orders'])
    expect(await view.locator('#counts').textContent()).toBe('3 decisions, 2 denied, 1 shown')
    await view.getByLabel('Authorizer').first().selectOption('other')
    expect(await requestsIn(view)).toEqual([])
    await view.getByText('No decision matches the filters.').waitFor()
  })

  test('collects decisions while it is paused', async () => {
    const service = await open()
    const { view, decide } = service
    await decideThrice(service)
    await view.getByRole('button', { name: 'Pause' }).click()
    await decide('GET /later')
    await view.getByRole('button', { name: 'Resume (1 new)' }).click()
    await waitForRows(view, 4)
    expect((await requestsIn(view))[0]).toBe('GET /later')
  })

  test('invalidates the results of a principal after a confirmation', async () => {
    const service = await open()
    const { view, decide } = service
    await decideThrice(service)
    await rowsIn(view).nth(1).click()
    const button = view.locator('#detail').getByRole('button', { name: 'Invalidate' })
    await button.click()
    const dialog = view.getByRole('dialog', { name: 'Invalidate cached results' })
    expect(await dialog.getByLabel('Principal ID').inputValue()).toBe('user-ann')
    expect(await focused(view)).toBe('Cancel')
    await view.keyboard.press('Escape')
    expect(await focused(view)).toBe('Invalidate')
    await decide('GET /pets', 'token-ann')
    await waitForRows(view, 4)
    expect(await rowsIn(view).first().locator('.cache').textContent()).toContain('hit')
    await button.click()
    await dialog.getByRole('button', { name: 'Invalidate' }).click()
    await dialog.waitFor({ state: 'hidden' })
    await decide('GET /pets', 'token-ann')
    await waitForRows(view, 5)
    expect(await rowsIn(view).first().locator('.cache').textContent()).toBe('miss')
  })

  test('sends test requests, and shows outcome and explanation', async () => {
    const { view, complaints } = await open()
    await view.getByRole('button', { name: 'Test request' }).click()
    const dialog = view.getByRole('dialog', { name: 'Send a test request' })
    await dialog.getByLabel('Path and query').fill('/admin?x=1')
    await dialog.getByLabel('Headers').fill('Authorization: token-bob\n\nX-Other: 1')
    await dialog.getByRole('button', { name: 'Send' }).click()
    const result = dialog.getByRole('region', { name: 'Result' })
    await result.getByText('denied by a statement').waitFor()
    const text = await result.innerText()
    for (const part of [
      'denied 403',
      'EXPLICIT_DENY',
      'user-bob',
      'GET /admin',
      'AccessDeniedException',
      'characters, not shown',
    ])
      expect(text).toContain(part)
    await waitForRows(view, 1)
    expect(await rowsIn(view).first().locator('.tag').textContent()).toBe('test')
    await dialog.getByLabel('Headers').fill('no colon')
    await dialog.getByRole('button', { name: 'Send' }).click()
    expect(await dialog.getByRole('alert').textContent()).toBe('Headers need a colon after their name.')
    expect(complaints).toEqual([])
  })

  test('looks up the usage of a key', async () => {
    const plan = usagePlan(
      member(() => true),
      { ...TWO_A_DAY, api: { apiId: 'a', stage: 'b' } },
    )
    const { view } = await open({}, () => [plan], { usage: plan })
    await view.getByRole('button', { name: 'Test request' }).click()
    await view.getByLabel('Headers').fill(`x-api-key: ${KEY}`)
    await view.getByRole('button', { name: 'Send' }).click()
    await view.getByText('gold').waitFor()
    await view.keyboard.press('Escape')
    await view.getByRole('button', { name: 'Usage' }).click()
    const dialog = view.getByRole('dialog', { name: 'Usage of a key' })
    await dialog.getByLabel('Plan ID').fill('gold')
    await dialog.getByLabel('Key ID or subject').fill('acme')
    await view.keyboard.press('Enter')
    expect(await dialog.locator('dl').innerText()).toMatch(/Used\s+1\s+Remaining\s+1/)
  })

  test('works with the keyboard alone', async () => {
    const service = await open()
    const { view } = service
    await decideThrice(service)
    await view.getByRole('button', { name: 'Clear' }).focus()
    await view.keyboard.press('Tab')
    expect(await focused(view)).toBe('row-4')
    const outline = await view.evaluate(() => getComputedStyle(document.activeElement as Element).outlineStyle)
    expect(outline).toBe('solid')
    await view.keyboard.press('ArrowDown')
    const detail = view.getByRole('region', { name: 'Explanation' })
    await detail.getByRole('heading', { name: 'DELETE /pets' }).waitFor()
    expect(await rowsIn(view).nth(1).getAttribute('aria-selected')).toBe('true')
    await view.keyboard.press('End')
    await detail.getByRole('heading', { name: 'GET /pets' }).waitFor()
    await view.keyboard.press('Home')
    await detail.getByRole('heading', { name: 'GET /orders' }).waitFor()
    await view.keyboard.press('Enter')
    await view.waitForFunction(() => document.activeElement?.id === 'detail')
    await view.keyboard.press('Escape')
    expect(await focused(view)).toBe('row-4')
    expect(await detail.isVisible()).toBe(false)
    await view.getByRole('button', { name: 'Test request' }).focus()
    await view.keyboard.press('Enter')
    expect(await focused(view)).toBe('test-target')
    // The focus does not leave the dialog.
    for (let presses = 0; presses < 12; presses++) {
      await view.keyboard.press('Tab')
      const inside = await view.evaluate(
        () => document.activeElement?.closest('dialog') !== null || document.activeElement === document.body,
      )
      expect(inside).toBe(true)
    }
    await view.keyboard.press('Escape')
    expect(await focused(view)).toBe('open-test')
  })

  test('keeps the focus on a row while new decisions arrive, and announces them', async () => {
    const service = await open()
    const { view, decide } = service
    await decideThrice(service)
    await rowsIn(view).nth(1).click()
    const before = await focused(view)
    await decide('GET /later')
    await waitForRows(view, 4)
    expect(await focused(view)).toBe(before)
    await view.waitForFunction(() =>
      /^\d new decisions?, \d denied$/.test(document.getElementById('announce')?.textContent ?? ''),
    )
    expect(await view.locator('#announce').getAttribute('aria-live')).toBe('polite')
  })

  test('every control has a name', async () => {
    const { view } = await open()
    const unnamed = await view.evaluate(() =>
      [...document.querySelectorAll<HTMLInputElement>('input, select, textarea, button')]
        .filter((each) => (each.labels?.length ?? 0) === 0 && (each.textContent ?? '').trim() === '')
        .map((each) => each.outerHTML),
    )
    expect(unnamed).toEqual([])
  })

  test('SEC-143 shows markup and invisible characters as text', async () => {
    const { view, decide, complaints } = await open()
    await decide('GET /<img/src=x/onerror=alert(1)>', 'token-markup')
    await decide('GET /pets', 'token-markup')
    await waitForRows(view, 2)
    for (const index of [0, 1]) {
      await rowsIn(view).nth(index).click()
      await view.locator('#detail .facts').first().waitFor()
    }
    expect(await view.locator('#detail').innerText()).toContain('<img')
    expect(await view.locator('img, script:not([src])').count()).toBe(0)
    // oxlint-disable-next-line no-control-regex -- none may be in the page
    expect(await view.evaluate(() => document.body.innerText)).not.toMatch(/[\u001b\u202e]/)
    expect(complaints).toEqual([])
  })

  test('SEC-143 the policy stops inline scripts, markup and other servers', async () => {
    const { view, complaints } = await open()
    const blocked = await view.evaluate(async () => {
      const results: string[] = []
      try {
        document.body.insertAdjacentHTML('beforeend', '<b>x</b>')
      } catch (error) {
        results.push((error as Error).name)
      }
      const script = document.createElement('script')
      try {
        script.textContent = 'document.title = "changed"'
        document.body.append(script)
      } catch (error) {
        results.push((error as Error).name)
      }
      await fetch('http://127.0.0.1:9/').catch((error: Error) => results.push(error.name))
      return [...results, document.title]
    })
    expect(blocked).toEqual(['TypeError', 'TypeError', 'TypeError', 'Authorizer inspector'])
    expect(complaints.length).toBeGreaterThan(0)
  })

  test('SEC-141 shows nothing without the token', async () => {
    const { port } = await inspected()
    const context = await browser.newContext()
    onTestFinished(() => context.close())
    const view = await context.newPage()
    const response = await view.goto(`http://localhost:${port}/__authorizer/`)
    expect(response?.status()).toBe(401)
    expect(await view.locator('button').count()).toBe(0)
  })

  test('SEC-142 a page on another port cannot read, change, or frame it, although the browser sends the cookie', async () => {
    const { view, origin, decide, authorizer } = await open()
    await decide('GET /pets', 'token-ann')
    const invalidated: unknown[] = []
    Object.assign(authorizer, { invalidate: (selector: unknown) => void invalidated.push(selector) })
    const other = await listen((_, response) => {
      response.setHeader('Content-Type', 'text/html')
      response.end(`<title>other</title><iframe src="${origin}/__authorizer/"></iframe>`)
    })
    await view.goto(`http://localhost:${other}/`)
    const results = await view.evaluate(async (target) => {
      const attempt = (path: string, init: RequestInit): Promise<string> =>
        fetch(`${target}/__authorizer${path}`, { credentials: 'include', ...init }).then(
          async (response) => `${response.type} ${await response.text()}`,
          () => 'failed',
        )
      const body = JSON.stringify({ source: 0, principalId: 'user-ann' })
      const script = (path: string): Promise<string> =>
        new Promise((resolve) => {
          const element = document.createElement('script')
          element.addEventListener('load', () => resolve('loaded'))
          element.addEventListener('error', () => resolve('failed'))
          element.src = `${target}/__authorizer${path}`
          document.head.append(element)
        })
      return [
        await attempt('/api/state', {}),
        await attempt('/api/state', { mode: 'no-cors' }),
        await attempt('/api/invalidate', { method: 'POST', body, headers: { 'Content-Type': 'application/json' } }),
        await attempt('/api/invalidate', { method: 'POST', body, mode: 'no-cors' }),
        await script('/client.js'),
      ]
    }, origin)
    expect(results.map((each) => each.trim())).toEqual([
      'failed',
      expect.stringMatching(/^(?:failed|opaque)$/),
      'failed',
      expect.stringMatching(/^(?:failed|opaque)$/),
      'failed',
    ])
    expect(invalidated).toEqual([])
    const frame = view.frames().find((each) => each !== view.mainFrame())
    expect(await frame?.locator('button').count()).toBe(0)
  })

  test.each(['light', 'dark'] as const)('has the contrast of WCAG AA in %s mode', async (colorScheme) => {
    const service = await open({ colorScheme, reducedMotion: 'reduce' })
    const { view, authorizer } = service
    await decideThrice(service)
    authorizer.report('NOTE', 'a problem')
    await view.locator('#problems summary').click()
    await rowsIn(view).nth(1).click()
    await view.locator('#detail .statement').first().waitFor()
    const page = await view.evaluate(() => getComputedStyle(document.body).backgroundColor)
    expect(page).toBe(colorScheme === 'dark' ? 'rgb(17, 20, 24)' : 'rgb(245, 246, 248)')
    expect(await contrastProblems(view, 'body > *:not(dialog)')).toEqual([])
    await view.getByRole('button', { name: 'Pause' }).click()
    await view.mouse.move(0, 0)
    expect(await contrastProblems(view, '.filters')).toEqual([])
    await view.locator('#open-test').click()
    await view.getByRole('button', { name: 'Send' }).click()
    await view.locator('#test-result .sheet').first().waitFor()
    expect(await contrastProblems(view, 'dialog[open]')).toEqual([])
    expect(
      await view
        .locator('.row.fresh')
        .first()
        .evaluate((row) => getComputedStyle(row).animationName),
    ).toBe('none')
  })

  test('fits a phone, with the explanation over the list', async () => {
    const service = await open({ viewport: { width: 360, height: 640 }, hasTouch: true, isMobile: true })
    const { view } = service
    await decideThrice(service)
    const overflow = () => view.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    expect(await overflow()).toBe(0)
    await rowsIn(view).nth(1).tap()
    await view.locator('#detail .statement').first().waitFor()
    const box = await view.locator('#detail').boundingBox()
    expect([box?.x, box?.y, box?.width, box?.height]).toEqual([0, 0, 360, 640])
    expect(await overflow()).toBe(0)
    // The difference, at the end of the line, is visible.
    const scrolled = await view
      .locator('#detail pre')
      .first()
      .evaluate((pre) => pre.scrollLeft > 0 && pre.scrollLeft + pre.clientWidth >= pre.scrollWidth - 1)
    expect(scrolled).toBe(true)
    expect(await view.locator('.sheet').evaluate((sheet) => sheet.scrollWidth <= sheet.clientWidth)).toBe(true)
    await view.getByRole('button', { name: 'Close' }).tap()
    expect(await view.locator('#detail').isVisible()).toBe(false)
    await view.locator('#open-test').tap()
    const dialog = await view.locator('#test-dialog').boundingBox()
    expect((dialog?.x ?? -1) >= 0 && (dialog?.width ?? 999) <= 360).toBe(true)
  })

  test('without EventSource it loads decisions on request', async () => {
    const { view, decide } = await open({ init: 'delete window.EventSource' })
    await view.getByText('No live updates in this browser').waitFor()
    await decide('GET /pets', 'token-ann')
    await view.getByRole('button', { name: 'Reload' }).click()
    await waitForRows(view, 1)
    expect(await requestsIn(view)).toEqual(['GET /pets'])
  })

  test('says when the service has stopped', async () => {
    const service = await open()
    service.page.close()
    await service.view.getByRole('button', { name: 'Reload' }).waitFor()
    expect(await service.view.locator('#live-text').textContent()).toBe('Disconnected')
  })
})
