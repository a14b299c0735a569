// `require` and `import` in one test file: copies.mjs compares what they load.
import { different, exchanges } from '../../packages/consumer/copies.mjs'

test('require and import return the same functions and classes', () => {
  expect(different).toEqual([])
})

test.each(['required', 'imported'])('a guard that is %s works with the other copy', (guarding) => {
  const seen = Object.entries(exchanges[guarding]).map(([name, each]) => [name, Array.isArray(each) ? each[0] : each])
  expect(Object.fromEntries(seen)).toEqual({
    function: 200,
    authorizer: 200,
    composition: 200,
    unauthorized: 401,
    outage: 200,
    jwt: 200,
    forged: 401,
    error: true,
  })
})
