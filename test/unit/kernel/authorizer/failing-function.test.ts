import { createAuthorizer } from '@custom-authorizer/core'
import { expect, test } from 'vitest'
import { RecordingLogger } from '../../../support/recording-logger.ts'
import { boom, expectNothingUncaught, expectRefused, settledOrUndefined } from '../../../support/refusal.ts'
import { withToken } from '../../../support/with-token.ts'

const revoked = (): object => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
const unreadable = (name: string): object => Object.defineProperty({}, name, { get: boom, enumerable: true })
const thenable = (value: unknown): object => Object.defineProperty({}, ['th', 'en'].join(''), { value })

/** What may be thrown. None of it is the text `Unauthorized` in a gateway's contract, so all of it is a fault. */
const thrown: readonly [string, unknown][] = [
  ['a string', 'db password is hunter2'],
  ['null', null],
  ['undefined', undefined],
  ['an error', new Error('db password is hunter2')],
  ['an error whose name is text of its own', Object.assign(new Error('x'), { name: 'hunter2 leaked\nline' })],
  ['an error whose name cannot be read', Object.defineProperty(new Error('x'), 'name', { get: boom })],
  ['an object whose message cannot be read', unreadable('message')],
  ['a proxy that throws', revoked()],
]

expectNothingUncaught()

test.each(thrown)('SEC-36 SEC-100 a throw of %s gets 500, at once or later, and is not repeated', async (_, error) => {
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
  // The hook of the owner's own code is handed the error itself, the log only its kind.
  expect(seen.every((each) => Object.is(each, error))).toBe(true)
  expect(seen).toHaveLength(2)
  expect(logger.lines).toHaveLength(2)
  expect(logger.lines.join('')).not.toContain('hunter2')
  expect(logger.lines.join('')).not.toContain('\n')
})

const answers: readonly [string, () => unknown][] = [
  ['a revoked proxy', revoked],
  ['a promise of a revoked proxy', async () => [revoked()][0]],
  ['an object whose members throw', () => unreadable('isAuthorized')],
  ['a thenable that throws', () => thenable(boom)],
  ['a thenable that is never read', () => unreadable(['th', 'en'].join(''))],
  ['a function', () => () => true],
  ['a symbol', () => Symbol('yes')],
  ['a bigint', () => 1n],
]
test.each(answers)('SEC-31 an answer that is %s gets 500', async (_, authorize) => {
  await expectRefused(createAuthorizer({ authorize: authorize as () => boolean, logger: null }))
})

const settles = (resolve: (value: boolean) => void, reject: (error: Error) => void): void => {
  resolve(false)
  resolve(true)
  reject(new Error('late'))
}
test('SEC-37 a thenable that settles three times is held to its first word', async () => {
  const authorizer = createAuthorizer({ authorize: () => thenable(settles) as Promise<boolean>, logger: null })
  await expect(settledOrUndefined(authorizer.evaluate(withToken('t')))).resolves.toMatchObject({ reason: 'DENIED' })
})
