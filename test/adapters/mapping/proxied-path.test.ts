/** A backend behind a proxy receives the authorized path byte for byte, or no request (SEC-115). */
import { createServer, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as aws from '@custom-authorizer/core/aws'
import { expect, onTestFinished, test } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'

const startBackend = async (seen: string[]): Promise<number> => {
  const server = createServer((request, response) => {
    seen.push(request.url ?? '')
    response.end()
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    return new Promise((resolve) => void server.close(() => resolve()))
  })
  return (server.address() as AddressInfo).port
}

const forward = (port: number, path: string): Promise<number> =>
  new Promise((resolve, reject) => {
    send({ host: '127.0.0.1', port, path }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0))
    })
      .on('error', reject)
      .end()
  })

const PIECES =
  '/ // . .. %2e %2E%2e %2f %5c \\ ; %3b a b %61 %7E ~ admin ADMIN * : @ %00 %0a %zz % %C3%AB %c3 ? ?a=1 &b=%2f # [ ] { | } " < > ^ ` + , = ! $ \' ( )'.split(
    ' ',
  )

/** Deterministic: xorshift32. */
const targets = (count: number): string[] => {
  let state = 0x9e3779b9
  const next = (bound: number): number => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) % bound
  }
  return Array.from({ length: count }, () => {
    const pieces = Array.from({ length: 1 + next(7) }, () => PIECES[next(PIECES.length)] as string)
    return `/${pieces.join(next(2) === 0 ? '/' : '')}`
  })
}

describeAdapters('a proxied backend', (adapter) => {
  test('SEC-115 for 1,000 targets, it receives the path of the event or no request', async () => {
    const backendSaw: string[] = []
    const functionSaw: string[] = []
    const port = await startBackend(backendSaw)
    const guard = adapter.customAuthorizer(
      (event: { rawPath: string; rawQueryString: string }) => {
        functionSaw.push(event.rawPath)
        return Promise.resolve({ isAuthorized: !event.rawPath.includes('admin') })
      },
      {
        contract: aws.httpApi({ enableSimpleResponses: true }),
        parameterMapping: aws.parameterMapping({ 'overwrite:path': '$request.path' }),
        logger: null,
      },
    )
    const service = await adapter.serve({
      use: [guard],
      routes: [{ path: '*', handle: async (request) => ({ status: await forward(port, request.target), body: '' }) }],
    })
    let passed = 0
    for (const target of targets(1000)) {
      backendSaw.length = 0
      functionSaw.length = 0
      const { status } = await service.send({ target, headers: [['Connection', 'close']] })
      if (status === 200) {
        passed++
        expect(
          backendSaw.map((url) => url.replace(/\?.*$/s, '')),
          target,
        ).toEqual(functionSaw)
        expect(functionSaw, target).toHaveLength(1)
      } else expect(backendSaw, target).toEqual([])
    }
    expect(passed).toBeGreaterThan(100)
  })
})
