/** `headersDistinct` after an edit: Node's own view is used only where it is proved to follow the edit. */
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { expect, test } from 'vitest'
import { distinct, membersOf, replaceDistinct } from '../../../packages/core/src/node/views/distinct-view.ts'

type IncomingClass = NonNullable<Parameters<typeof membersOf>[0]>

const COUNT = Symbol('kHeadersCount')
const BUILT = Symbol('kHeadersDistinct')

/** A class of requests like Node's: the view reads as many elements as are counted, and is kept. */
class Like {
  [COUNT] = 0
  rawHeaders: string[] = []
  declare [BUILT]?: unknown
  get headersDistinct(): unknown {
    return (this[BUILT] ??= distinct(this.rawHeaders.slice(0, this[COUNT])))
  }
}

const CLASSES: Record<string, unknown> = {
  'that does not exist': undefined,
  'that cannot be built': () => undefined,
  'that counts in another member': class {
    rawHeaders: string[] = [];
    [BUILT]: unknown
    get headersDistinct(): unknown {
      return (this[BUILT] ??= {})
    }
  },
  'that keeps the view in another member': class extends Like {
    readonly other = new Map<string, unknown>()
    override get headersDistinct(): unknown {
      if (!this.other.has('view')) this.other.set('view', distinct(this.rawHeaders.slice(0, this[COUNT])))
      return this.other.get('view')
    }
  },
  'that does not limit the view': class extends Like {
    override get headersDistinct(): unknown {
      return (this[BUILT] ??= { a: ['1', '2'], b: ['3'] })
    }
  },
}

test.each(Object.keys(CLASSES))('SEC-19 the members of a class of requests %s are not used', (name) => {
  expect(membersOf(CLASSES[name] as IncomingClass)).toBeUndefined()
})

test('SEC-19 the members of a class of requests like that of Node are found', () => {
  expect(membersOf(Like as unknown as IncomingClass)).toEqual({ count: COUNT, built: BUILT })
  const found = membersOf(IncomingMessage as unknown as IncomingClass)
  expect([found?.count.description, found?.built.description]).toEqual(['kHeadersCount', 'kHeadersDistinct'])
})

test('SEC-19 a view that middleware has redefined is redefined again', () => {
  const incoming = new IncomingMessage(new Socket())
  const redefined = new IncomingMessage(new Socket())
  Object.defineProperty(redefined, 'headersDistinct', { value: { a: ['0'] }, configurable: true })
  for (const each of [incoming, redefined]) {
    each.rawHeaders = ['A', '1']
    replaceDistinct(each, each.rawHeaders)
    expect(each.headersDistinct).toEqual({ a: ['1'] })
  }
  expect([incoming, redefined].map((each) => Object.hasOwn(each, 'headersDistinct'))).toEqual([false, true])
})
