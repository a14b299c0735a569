/** `NODE_DEBUG=custom-authorizer`. The examples test it with a real environment variable. */
import { channel, type ChannelListener } from 'node:diagnostics_channel'
import { format } from 'node:util'
import { type Decision, DECISION_CHANNEL, formatDecision } from '@custom-authorizer/core'
import { expect, test } from 'vitest'
import { startDebugLog } from '../../../packages/core/src/node/debug-log.ts'

const decision: Decision = {
  authorizer: 'pets',
  contract: 'native',
  method: 'GET',
  path: '/100%25d%s',
  verdict: 'allow',
  reason: 'ALLOWED',
  cache: { state: 'off' },
  durationMs: 1,
  explain: () => {
    throw new Error('not called for an allowed request')
  },
}

/** A host whose environment enables the section or not, and what it has printed and subscribed to. */
const hostWith = (enabled: boolean) => {
  const printed: string[] = []
  const listeners: ChannelListener[] = []
  const names: unknown[] = []
  const modules: Readonly<Record<string, object>> = {
    'node:util': {
      debuglog: (section: string) =>
        Object.assign((...values: unknown[]) => void printed.push(format(...values)), {
          enabled: enabled && section === 'custom-authorizer',
        }),
    },
    'node:diagnostics_channel': {
      subscribe: (name: unknown, listener: ChannelListener) => {
        names.push(name)
        listeners.push(listener)
      },
    },
  }
  const host = { process: { getBuiltinModule: (id: string): object | undefined => modules[id] } }
  const publish = (message: unknown): void => listeners.forEach((each) => each(message, DECISION_CHANNEL))
  return { host, names, printed, publish }
}

test('SEC-101 NODE_DEBUG prints each decision of the channel as one line', () => {
  const { host, names, printed, publish } = hostWith(true)
  startDebugLog(host)
  publish(decision)
  expect(names).toEqual([DECISION_CHANNEL])
  expect(printed).toEqual([formatDecision(decision)])
})

test('SEC-106 without NODE_DEBUG nothing subscribes to the channel, so decisions are not built', () => {
  const { host, names } = hostWith(false)
  startDebugLog(host)
  expect(names).toEqual([])
  expect(channel(DECISION_CHANNEL).hasSubscribers).toBe(false)
})

test.each([
  ['without process', {}],
  ['without getBuiltinModule', { process: {} }],
  ['without the modules', { process: { getBuiltinModule: () => undefined } }],
  [
    'that denies access to the environment',
    {
      process: {
        getBuiltinModule: () => {
          throw new Error('denied')
        },
      },
    },
  ],
  ['with an incomplete util module', { process: { getBuiltinModule: () => ({}) } }],
])('SEC-106 a runtime %s has no debug log and loads the module', (_, host) => {
  expect(() => startDebugLog(host)).not.toThrow()
})

test('SEC-104 a message of another publisher does not end the process', () => {
  const { host, printed, publish } = hostWith(true)
  startDebugLog(host)
  for (const message of [undefined, 'text', {}, { ...decision, cache: undefined }]) publish(message)
  expect(printed).toEqual(Array.from({ length: 4 }, () => 'a decision could not be formatted'))
})
