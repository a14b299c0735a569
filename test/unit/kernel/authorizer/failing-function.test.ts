/** Functions that throw or return unusable values get 500 without details (SEC-31, SEC-36, SEC-100). */
import { createAuthorizer } from '@custom-authorizer/core'
import { expect, test } from 'vitest'
import { RecordingLogger } from '../../../support/recording-logger.ts'
import {
  throwError,
  expectNothingUncaught,
  expectFailClosed,
  settledOrUndefined,
} from '../../../support/failure-checks.ts'
import { withToken } from '../../../support/with-token.ts'

const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
const unreadable = (name: string): object => Object.defineProperty({}, name, { get: throwError, enumerable: true })
const thenable = (value: unknown): object => Object.defineProperty({}, ['th', 'en'].join(''), { value })

/** Thrown values. The native contract maps none of them to 401. */
const thrown: readonly [string, unknown][] = [
  ['a string', 'db password is hunter2'],
  ['null', null],
  ['undefined', undefined],
  ['an error', new Error('db password is hunter2')],
  ['an error with a custom name', Object.assign(new Error('x'), { name: 'hunter2 leaked\nline' })],
  ['an error whose name getter throws', Object.defineProperty(new Error('x'), 'name', { get: throwError })],
  ['an object whose message getter throws', unreadable('message')],
  ['a revoked proxy', revoked()],
]

expectNothingUncaught()

test.each(thrown)(
  'SEC-36 SEC-100 throwing %s, synchronously or asynchronously, gets 500 without its text',
  async (_, error) => {
    const logger = new RecordingLogger()
    const seen: unknown[] = []
    const authorizes = [
      (): boolean => {
        throw error as Error
      },
      async (): Promise<boolean> => {
        throw error as Error
      },
    ]
    for (const authorize of authorizes) {
      const authorizer = createAuthorizer({ authorize, logger, onAuthorizerError: (given) => seen.push(given) })
      const outcome = await settledOrUndefined(authorizer.evaluate(withToken('Bearer t')))
      expect(outcome).toMatchObject({ allowed: false, reason: 'AUTHORIZER_ERROR', response: { status: 500 } })
      expect(JSON.stringify(outcome)).not.toContain('hunter2')
    }
    // The hook receives the error itself, the log only its class.
    expect(seen.every((each) => Object.is(each, error))).toBe(true)
    expect(seen).toHaveLength(2)
    expect(logger.lines).toHaveLength(2)
    expect(logger.lines.join('')).not.toContain('hunter2')
    expect(logger.lines.join('')).not.toContain('\n')
  },
)

const results: readonly [string, () => unknown][] = [
  ['a revoked proxy', revoked],
  ['a promise of a revoked proxy', async () => [revoked()][0]],
  ['an object whose members throw', () => unreadable('isAuthorized')],
  ['a thenable that throws', () => thenable(throwError)],
  ['a thenable whose getter throws', () => unreadable(['th', 'en'].join(''))],
  ['a function', () => () => true],
  ['a symbol', () => Symbol('yes')],
  ['a bigint', () => 1n],
]
test.each(results)('SEC-31 the result %s gets 500', async (_, authorize) => {
  await expectFailClosed(createAuthorizer({ authorize: authorize as () => boolean, logger: null }))
})

const settles = (resolve: (value: boolean) => void, reject: (error: Error) => void): void => {
  resolve(false)
  resolve(true)
  reject(new Error('late'))
}
test('SEC-37 only the first settlement of a thenable counts', async () => {
  const authorizer = createAuthorizer({ authorize: () => thenable(settles) as Promise<boolean>, logger: null })
  await expect(settledOrUndefined(authorizer.evaluate(withToken('t')))).resolves.toMatchObject({ reason: 'DENIED' })
})
