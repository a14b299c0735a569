/** The log line of a failing function names the class and the location of the error, never its message. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { createContext, runInContext } from 'node:vm'
import { createAuthorizer, type Problem, PROBLEM_CHANNEL } from '@custom-authorizer/core'
import * as aws from '@custom-authorizer/core/aws'
import { fakeClock } from '@custom-authorizer/core/testing'
import { describe, expect, test } from 'vitest'
import { RecordingLogger } from '../../../support/recording-logger.ts'
import { throwError } from '../../../support/failure-checks.ts'
import { withToken } from '../../../support/with-token.ts'

const logged = async (error: unknown): Promise<string> => {
  const logger = new RecordingLogger()
  const authorize = async (): Promise<never> => {
    throw error as Error
  }
  await createAuthorizer({ name: 'pets', authorize, contract: aws.token(), logger }).evaluate(withToken('t'))
  expect(logger.lines).toHaveLength(1)
  return (logger.lines[0] ?? '').replace(/^custom-authorizer: "pets": the authorizer failed with /, '')
}

const HERE =
  /^\w+ at test\/unit\/kernel\/decision\/failure-log\.test\.ts:\d+:\d+; onAuthorizerError receives the error itself$/
const CLASS_ONLY = /^(?:\w+|an error); onAuthorizerError receives the error itself$/

class TokenError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'HUNTER2'
  }
}
// `jsonwebtoken` declares its errors like this.
function OldError(this: { message: string }, message: string): void {
  Error.captureStackTrace(this)
  this.message = message
}
OldError.prototype = Object.create(Error.prototype, { constructor: { value: OldError } })
const makeOld = OldError as unknown as new (message: string) => Error

/** An error with the given stack. */
const withStack = (text: string): Error => Object.assign(new Error('m'), { stack: text })

/** An authorizer that throws the given errors in turn. */
const failing = (errors: readonly unknown[]) => {
  const logger = new RecordingLogger()
  const clock = fakeClock()
  let calls = 0
  const authorize = async (): Promise<never> => {
    throw errors[calls++ % errors.length] as Error
  }
  const authorizer = createAuthorizer({ authorize, contract: aws.token(), logger, clock })
  const evaluateTimes = async (times: number): Promise<void> => {
    for (let each = 0; each < times; each++) await authorizer.evaluate(withToken('t'))
  }
  return { logger, clock, evaluateTimes }
}

describe('log line of a failing function', () => {
  test.each<[string, () => unknown, string]>([
    ['a built-in error', () => new TypeError('hunter2'), 'TypeError'],
    ['an error of a custom class', () => new TokenError('hunter2'), 'TokenError'],
    ['an error with a multi-line message', () => new RangeError('hunter2\nhunter2\n\n'), 'RangeError'],
    ['an error of a constructor function', () => new makeOld('hunter2'), 'OldError'],
    ['an error of Node.js', () => new URL('hunter2', 'hunter2:').href, 'TypeError'],
    ['an error of Node.js with a code', () => Buffer.alloc('hunter2' as never), 'TypeError'],
    ['a JSON syntax error', () => JSON.parse('{hunter2'), 'SyntaxError'],
    ['an AbortError', () => AbortSignal.abort().throwIfAborted(), 'DOMException'],
  ])('SEC-101 AWS-REST-10 the line for %s names its class and location', async (_, make, name) => {
    let error: unknown
    try {
      error = make()
    } catch (thrown) {
      error = thrown
    }
    const line = await logged(error)
    expect(line).toMatch(HERE)
    expect(line).toMatch(new RegExp(`^${name} at `))
    expect(line).not.toMatch(/hunter2/i)
  })

  test('SEC-101 AWS-REST-10 the line for an error from another realm names its class and location', async () => {
    expect(await logged(runInContext('new TypeError("hunter2")', createContext({})))).toMatch(HERE)
  })

  test.each<[string, string]>([
    ['one line', 'x\n    at leak (/srv/hunter2.js:1:1)'],
    ['the first line', '\n    at leak (/srv/hunter2.js:1:1)'],
    ['every line', '    at leak (/srv/hunter2.js:1:1)\n    at async file:///srv/hunter2.mjs:2:2\n'],
    ['a file in the working directory', `x\n    at ${process.cwd()}/hunter2.js:1:1`],
    ['a relative file', 'x\n    at hunter2 (hunter2.js:1:1)'],
  ])('SEC-101 AWS-REST-10 a message in which %s looks like a stack frame is not logged', async (_, message) => {
    const error = new Error(message)
    expect(await logged(error)).toMatch(HERE)
    // The stack contains the message that the error had when the stack was first read.
    const changed = new Error(message)
    void changed.stack
    changed.message = 'other'
    expect(await logged(changed)).toMatch(CLASS_ONLY)
    changed.message = ''
    expect(await logged(changed)).toMatch(CLASS_ONLY)
    const nameless = Object.assign(new Error(message), { name: '' })
    expect(await logged(nameless)).toMatch(CLASS_ONLY)
    const named = Object.assign(new Error(''), { name: `Error\n${message}` })
    expect(await logged(named)).toMatch(CLASS_ONLY)
  })

  test.each<[string, () => unknown]>([
    ['a stack in the format of another engine', () => withStack('authorize@/srv/hunter2.js:1:1\n@/srv/hunter2.js:2:2')],
    [
      'a stack with a line that is not a frame',
      () => withStack('Error: m\n    at /srv/hunter2.js:1:1\n  cause: hunter2'),
    ],
    ['a stack that is not a string', () => Object.assign(new Error('m'), { stack: ['Error: m', 'hunter2'] })],
    ['a stack getter that throws', () => Object.defineProperty(new Error('m'), 'stack', { get: throwError })],
    ['a message getter that throws', () => Object.defineProperty(new Error('m'), 'message', { get: throwError })],
    ['a name getter that throws', () => Object.defineProperty(new Error('m'), 'name', { get: throwError })],
    [
      'a stack with frames of Node.js and packages only',
      () =>
        withStack(
          'Error: m\n    at f (node:internal/x:1:1)\n    at g (/srv/node_modules/a/b.js:1:1)\n    at <anonymous>\n    at new Promise (<anonymous>)',
        ),
    ],
    ['a file name with control characters', () => withStack('Error: m\n    at f (/srv/\u001bhunter2.js:1:1)')],
    ['a location that is not a source file', () => withStack('Error: m\n    at f (/srv/hunter2:1:1)')],
    ['a location without a line number', () => withStack('Error: m\n    at f (/srv/hunter2.js)')],
    ['a file URL with a malformed escape', () => withStack('Error: m\n    at f (file:///srv/%zz.js:1:1)')],
    [
      'a stack of ten megabytes',
      () => withStack(`Error: m\n${`    at f (/srv/${'x'.repeat(2000)}.js:1:1)\n`.repeat(5000)}`),
    ],
  ])('SEC-101 AWS-REST-10 the location is omitted for %s', async (_, make) => {
    const line = await logged(make())
    expect(line).toBe('Error; onAuthorizerError receives the error itself')
  })

  test.each<[string, unknown]>([
    ['has spaces', 'hunter2 \u001b'],
    ['is long', 'Hunter'.repeat(20)],
    ['is empty', ''],
    ['is not a string', 7],
  ])('SEC-101 AWS-REST-10 a class name that %s is not logged', async (_, name) => {
    const type = Object.defineProperty(class extends Error {}, 'name', { value: name })
    expect(await logged(new type('m'))).toMatch(/^an error at test\//)
  })

  test('SEC-101 AWS-REST-10 the location is logged if the error had no message when its stack was read', async () => {
    const text = 'Error\n    at f (/opt/x.js:3:4)'
    for (const message of ['', 'hunter2']) {
      expect(await logged(Object.assign(new Error(message), { stack: text }))).toMatch(/^Error at x\.js:3:4;/)
    }
  })

  test.each<[string, unknown, string]>([
    ['a string', 'hunter2', 'a value of type string'],
    ['null', null, 'a value of type null'],
    [
      'an object that looks like an error',
      { name: 'E', message: 'hunter2', stack: 'E: hunter2' },
      'a value of type object',
    ],
  ])('SEC-101 AWS-REST-10 the line for %s names its type', async (_, error, kind) => {
    expect(await logged(error)).toBe(`${kind}; onAuthorizerError receives the error itself`)
  })

  test('SEC-101 AWS-REST-10 files in the working directory are logged by path, others by file name', async () => {
    expect(await logged(withStack(`Error: m\n    at f (${process.cwd()}/src/a b/x.mjs:3:4)`))).toMatch(
      /^Error at src\/a b\/x\.mjs:3:4;/,
    )
    expect(await logged(withStack(`Error: m\n    at async file://${process.cwd()}/src/x.ts?t=1:3:4`))).toMatch(
      /^Error at src\/x\.ts:3:4;/,
    )
    expect(await logged(withStack('Error: m\n    at Object.f [as g] (/opt/nodejs/x.cjs:3:4)'))).toMatch(
      /^Error at x\.cjs:3:4;/,
    )
    expect(await logged(withStack('Error: m\n    at f (C:\\app\\x.js:3:4)'))).toMatch(/^Error at x\.js:3:4;/)
    expect(
      await logged(withStack('Error: m\n    at f (/opt/node_modules/a/x.js:1:1)\n    at g (/opt/y.js:5:6)')),
    ).toMatch(/^Error at y\.js:5:6;/)
  })
})

describe('messages similar to "Unauthorized"', () => {
  const contracts = [
    ['aws.token', aws.token()],
    ['aws.request', aws.request({ authorizerResultTtlInSeconds: 0 })],
    ['aws.webSocket', aws.webSocket()],
    ['aws.httpApi', aws.httpApi({ compatibility: { httpApiThrowUnauthorized: '401' } })],
  ] as const
  const similar = [
    'unauthorized',
    'Unauthorized: hunter2',
    'Unauthorized ',
    'UNAUTHORIZED',
    '[401] Unauthorized',
    'Error: Unauthorized',
  ]
  test.each(contracts.flatMap(([name, contract]) => similar.map((text) => [name, text, contract] as const)))(
    'AWS-REST-26 SEC-36 under %s, the line for %j names the exact message to throw',
    async (_, text, contract) => {
      for (const error of [new Error(text), text]) {
        const logger = new RecordingLogger()
        const authorize = (async () => {
          throw error as Error
        }) as never
        const options = { authorize, contract: contract as never, logger }
        expect(await createAuthorizer(options).evaluate(withToken('t'))).toMatchObject({ reason: 'AUTHORIZER_ERROR' })
        expect(logger.lines).toHaveLength(1)
        expect(logger.lines[0]).toMatch(
          /only the exact text "Unauthorized" gives 401.*: throw new Error\("Unauthorized"\)/,
        )
        expect(logger.lines[0]).not.toContain('hunter2')
      }
    },
  )

  test('AWS-REST-26 SEC-36 the exact message is not suggested for other messages', async () => {
    for (const text of ['the user is Unauthorized', 'Forbidden', '']) {
      expect(await logged(new Error(text))).not.toContain('Unauthorized')
    }
  })
})

describe('repeated failures', () => {
  test('SEC-99 each class and location is logged once a minute, with the number of omitted lines', async () => {
    const { logger, clock, evaluateTimes } = failing([new Error('a'), new Error('b'), new TypeError('c')])
    const published: Problem[] = []
    const listen = (problem: unknown): void => void published.push(problem as Problem)
    subscribe(PROBLEM_CHANNEL, listen)
    await evaluateTimes(300)
    expect(logger.lines).toHaveLength(3)
    expect(published.filter(({ kind }) => kind === 'AUTHORIZER_ERROR')).toHaveLength(300)
    unsubscribe(PROBLEM_CHANNEL, listen)
    clock.advanceSync(59_999)
    await evaluateTimes(3)
    expect(logger.lines).toHaveLength(3)
    clock.advanceSync(1)
    await evaluateTimes(3)
    expect(logger.lines).toHaveLength(6)
    expect(logger.lines[3]).toBe(`${logger.lines[0]} (100 more like it since the last line)`)
  })

  test('SEC-99 at most 100 lines a minute are logged, regardless of what the function throws', async () => {
    const classes = Array.from({ length: 150 }, (_, index) => {
      const type = { [`Error${index}`]: class extends Error {} }[`Error${index}`] as ErrorConstructor
      Object.defineProperty(type, 'name', { value: `Error${index}` })
      return new type('m')
    })
    const { logger, clock, evaluateTimes } = failing(classes)
    await evaluateTimes(300)
    expect(logger.lines).toHaveLength(100)
    clock.advanceSync(60_000)
    await evaluateTimes(150)
    expect(logger.lines).toHaveLength(200)
  })
})
