/** Typical applications of each framework, with handlers and files that must not be reached. @module */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as aws from '@custom-authorizer/core/aws'
import { onTestFinished } from 'vitest'
import { policy } from '../../adapters/conformance/callers.ts'
import { sendRequest, type RawResponse } from '../../support/raw-client.ts'

/** Listens on a free loopback port until the test ends. */
export const serve = async (listener: RequestListener): Promise<number> => {
  const server = createServer(listener)
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  return (server.address() as AddressInfo).port
}

/** One GET request with a token, unless it is `undefined`. */
export const get = (port: number, target: string, token?: string, method = 'GET'): Promise<RawResponse> =>
  sendRequest(port, { method, target, headers: token === undefined ? [] : [['Authorization', token]] })

/** The grants of each token. */
const GRANTS: Readonly<Record<string, Parameters<typeof policy>[0]>> = {
  all: { '*': 'Allow' },
  'no-admin': { '*': 'Allow', 'GET/admin/*': 'Deny', 'GET/private/*': 'Deny' },
  public: { 'GET/public/*': 'Allow' },
  pets: { 'GET/pets': 'Allow' },
}

export const handler = async (event: aws.TokenEvent): Promise<aws.AuthorizerResponse> => {
  const grants = GRANTS[event.authorizationToken]
  if (grants === undefined) throw new Error('Unauthorized')
  return { ...policy(grants), principalId: event.authorizationToken } as aws.AuthorizerResponse
}

/** A token contract for the API in the grants. */
export const contract = aws.token({
  api: { region: 'us-east-1', accountId: '123456789012', apiId: 'abcdef123', stage: 'prod' },
  authorizerResultTtlInSeconds: 0,
})

/** A folder with `public/s.txt` and `private/s.txt`, removed after the test. */
export const files = (): string => {
  const root = mkdtempSync(join(tmpdir(), 'files-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  for (const folder of ['public', 'private', 'admin']) {
    mkdirSync(join(root, folder))
    writeFileSync(join(root, folder, 's.txt'), `the ${folder} file`)
    writeFileSync(join(root, folder, 'index.html'), `the ${folder} file`)
  }
  return root
}
