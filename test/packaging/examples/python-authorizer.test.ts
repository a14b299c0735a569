import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type CurlResponse, runCommand } from '../../support/curl.ts'
import { buildPackages, Example } from '../../support/example.ts'

let example: Example
let responses: CurlResponse[]
beforeAll(async () => {
  await buildPackages()
  example = await Example.start('python-authorizer')
  responses = []
  for (const command of example.commands) responses.push(await runCommand(command))
}, 180_000)
afterAll(() => example.stop())

test('the printed commands of the Python example get the expected statuses', () => {
  const wanted = example.commands.map(({ status }) => status)
  expect(responses.map(({ status }) => status)).toEqual(wanted)
  expect(new Set(wanted)).toEqual(new Set([200, 401, 403, 500]))
})

test('handlers receive the context of both Python functions', () => {
  const bodies = responses.filter(({ status }) => status === 200).map(({ body }) => JSON.parse(body) as unknown)
  expect(bodies).toEqual([{ role: 'reader' }, { removed: '1' }, { user: 'rob', role: 'reader' }])
})

test('stopping the Python example also stops its authorizers', async () => {
  const [line = ''] = await example.lines(/^The authorizers listen on /)
  const port = Number(new URL(line.slice('The authorizers listen on '.length)).port)
  expect(await example.stop()).toBe(0)
  const outcome = await new Promise((resolve) => {
    connect({ port, host: '127.0.0.1' })
      .on('connect', () => resolve('connected'))
      .on('error', ({ message }) => resolve(message))
  })
  expect(outcome).toContain('ECONNREFUSED')
})
