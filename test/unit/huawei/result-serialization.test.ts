/** FunctionGraph serializes a result to JSON, so results need not be plain objects. */
import { describe, expect, test } from 'vitest'
import { evaluate, frontendAuthorizer, functionResult, summarize } from './authorizers.ts'

/** A result as a class instance. */
class Reply {
  readonly statusCode = 200
  readonly #status: string

  constructor(status: string) {
    this.#status = status
  }

  get ok(): boolean {
    return this.#status === 'allow'
  }
}

class FullReply extends Reply {
  readonly body: string

  constructor(status: string) {
    super(status)
    this.body = JSON.stringify({ status })
  }
}

class JsonReply {
  readonly #status: string

  constructor(status: string) {
    this.#status = status
  }

  toJSON(): object {
    return { statusCode: 200, body: JSON.stringify({ status: this.#status }) }
  }
}

describe('result serialization', () => {
  test.each([
    ['a date in an ignored member', { time: new Date(0) }],
    ['NaN in an ignored member', { took: Number.NaN }],
    ['a function in an ignored member', { log: () => 0 }],
    ['a class instance in an ignored member', { headers: new Headers({ a: 'b' }) }],
    ['undefined in an ignored member', { headers: undefined }],
    ['an object without a prototype', Object.assign(Object.create(null) as object, { a: 1 })],
  ])('HW-FG-03 HW-RSP-11 %s does not invalidate the result', async (_, more) => {
    expect(
      summarize(await evaluate(frontendAuthorizer(async () => ({ ...functionResult('allow'), ...more })))),
    ).toEqual({ frontend: {} })
  })

  test.each([
    ['a class instance', new FullReply('allow'), { frontend: {} }],
    ['a class instance that denies', new FullReply('deny'), '401 DENIED'],
    ['an object with toJSON', new JsonReply('allow'), { frontend: {} }],
    ['an object without own result members', new Reply('allow'), '500 BAD_RESULT'],
  ])('HW-FG-03 HW-RSP-11 %s is evaluated as its JSON', async (_, result, expected) => {
    expect(summarize(await evaluate(frontendAuthorizer(async () => result)))).toEqual(expected)
  })

  test('HW-FG-03 HW-RSP-11 a BigInt in the result gives 500', async () => {
    expect(summarize(await evaluate(frontendAuthorizer(async () => ({ ...functionResult('allow'), n: 1n }))))).toMatch(
      /^500 /,
    )
  })
})
