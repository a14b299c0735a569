/** The method and target that `getAuthorizer` and the route checks compare with the decision, on Node.js requests. */
import { currentRequest } from '@custom-authorizer/core/node'
import { expect, test } from 'vitest'

test('INV-1 the current request has the present method and URL of a node:http request', () => {
  expect(currentRequest({ method: 'DELETE', url: '/pets/7?x=1' })).toEqual({
    method: 'DELETE',
    received: '/pets/7?x=1',
    knowsReceived: false,
    url: '/pets/7?x=1',
    bases: [''],
    knowsMounts: false,
    sent: undefined,
  })
})

test('INV-1 the current request has the original URL and the mount path of Connect and Express', () => {
  expect(currentRequest({ method: 'GET', url: '/7', originalUrl: '/pets/7', baseUrl: '/pets' })).toEqual({
    method: 'GET',
    received: '/pets/7',
    knowsReceived: true,
    url: '/7',
    bases: ['/pets'],
    knowsMounts: true,
    sent: undefined,
  })
})
