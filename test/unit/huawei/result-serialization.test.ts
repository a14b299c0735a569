/** Answers that are no plain objects: FunctionGraph hands JSON on, whatever a function returns. */
import { describe, expect, test } from 'vitest'
import { ask, front, saying, told } from './authorizers.ts'

/** An answer as some functions build it. */
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

class Whole extends Reply {
  readonly body: string

  constructor(status: string) {
    super(status)
    this.body = JSON.stringify({ status })
  }
}

class Sent {
  readonly #status: string

  constructor(status: string) {
    this.#status = status
  }

  toJSON(): object {
    return { statusCode: 200, body: JSON.stringify({ status: this.#status }) }
  }
}

describe('HW-FG-03 HW-RSP-11 an answer goes through JSON on its way', () => {
  test.each([
    ['a date in a member that nobody reads', { time: new Date(0) }],
    ['no number in such a member', { took: Number.NaN }],
    ['a function in such a member', { log: () => 0 }],
    ['an instance of a class in such a member', { headers: new Headers({ a: 'b' }) }],
    ['undefined in such a member', { headers: undefined }],
    ['null without a prototype', Object.assign(Object.create(null) as object, { a: 1 })],
  ])('%s is no obstacle', async (_, more) => {
    expect(told(await ask(front(async () => ({ ...saying('allow'), ...more }))))).toEqual({ frontend: {} })
  })

  test.each([
    ['an instance of a class', new Whole('allow'), { frontend: {} }],
    ['an instance of a class, denying', new Whole('deny'), '401 DENIED'],
    ['an object that says itself what it is as JSON', new Sent('allow'), { frontend: {} }],
    ['an object that has nothing of an answer', new Reply('allow'), '500 BAD_RESULT'],
  ])('%s', async (_, answer, expected) => {
    expect(told(await ask(front(async () => answer)))).toEqual(expected)
  })

  test('a value that JSON does not have is no answer', async () => {
    expect(told(await ask(front(async () => ({ ...saying('allow'), n: 1n }))))).toMatch(/^500 /)
  })
})
