/** After a denial the connection can be reused or is closed; a body is never parsed as a request. @module */
import { expect, it, onTestFinished } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'
import { type RawResponse, RawConnection } from '../../support/raw-client.ts'
import { paced, PACES, policy, tokenContract, allowAnyToken } from './callers.ts'

const open = async (port: number): Promise<RawConnection> => {
  const connection = await RawConnection.open(port)
  onTestFinished(() => connection.close())
  return connection
}

/** The body of a denied request, with the bytes of a request that would be allowed. */
const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: a\r\nAuthorization: mallory\r\n\r\n'
const LAST = 'GET /last HTTP/1.1\r\nHost: a\r\nAuthorization: ann\r\nConnection: close\r\n\r\n'

const FRAMINGS = [
  ['a length', `Content-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`],
  ['chunks', `Transfer-Encoding: chunked\r\n\r\n${SMUGGLED.length.toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n`],
] as const

const credential = (token: string | undefined): string => (token === undefined ? '' : `Authorization: ${token}\r\n`)

const undated = ({ lines }: RawResponse): RawResponse['lines'] =>
  lines.filter(([name]) => name.toLowerCase() !== 'date')

describeAdapters('keep-alive', (adapter) => {
  for (const pace of PACES) {
    const guard = adapter.customAuthorizer(paced(pace, allowAnyToken))
    const plan = {
      use: [guard],
      routes: ['/last', '/smuggled'].flatMap((path) => [{ path }, { method: 'POST', path }]),
    }

    it.each(FRAMINGS)(
      `SEC-97 after a denial, a body framed by %s is not parsed as a request (${pace})`,
      async (_, framed) => {
        const service = await adapter.serve(plan)
        const connection = await open(service.port)
        connection.write(`POST /last HTTP/1.1\r\nHost: a\r\n${framed}`)
        expect((await connection.read('POST')).status).toBe(401)
        connection.write(LAST)
        // The server either serves the next request or has closed the connection.
        const after = await connection.read().catch((): RawResponse | undefined => undefined)
        if (after !== undefined) expect(after.body).toContain('"principalId":"ann"')
        expect((await connection.rest()).length).toBe(0)
        expect(service.hits).toEqual(after === undefined ? [] : ['GET /last'])
      },
    )

    it.each(FRAMINGS)(
      `SEC-97 a body framed by %s and the next request in one packet are separated (${pace})`,
      async (_, framed) => {
        const service = await adapter.serve(plan)
        const connection = await open(service.port)
        connection.write(`POST /last HTTP/1.1\r\nHost: a\r\n${framed}${LAST}`)
        const statuses = [(await connection.read('POST')).status]
        const rest = (await connection.rest()).toString('latin1')
        const more = rest.match(/HTTP\/1\.1 \d{3}/g) ?? []
        expect(statuses).toEqual([401])
        expect(more.length).toBeLessThanOrEqual(1)
        expect(rest).not.toContain('mallory')
        expect(service.hits).toEqual(more.length === 0 ? [] : ['GET /last'])
      },
    )

    it(`SEC-116 each request on a connection gets its own decision (${pace})`, async () => {
      const service = await adapter.serve(plan)
      const connection = await open(service.port)
      const tokens = ['ann', undefined, 'bob', undefined]
      connection.write(tokens.map((token) => `GET /last HTTP/1.1\r\nHost: a\r\n${credential(token)}\r\n`).join(''))
      const seen: (string | number)[] = []
      for (const token of tokens) {
        const response = await connection.read()
        seen.push(
          response.status,
          token !== undefined && response.body.includes(`"principalId":"${token}"`) ? token : '-',
        )
      }
      expect(seen).toEqual([200, 'ann', 401, '-', 200, 'bob', 401, '-'])
    })

    it(`AWS-REST-31 HEAD is denied with the headers of GET and without a body (${pace})`, async () => {
      const service = await adapter.serve(plan)
      const connection = await open(service.port)
      connection.write('GET /last HTTP/1.1\r\nHost: a\r\n\r\nHEAD /last HTTP/1.1\r\nHost: a\r\n\r\n')
      const byGet = await connection.read('GET')
      const byHead = await connection.read('HEAD')
      expect([byHead.status, undated(byHead)]).toEqual([byGet.status, undated(byGet)])
      expect(byHead.header('Content-Length')).toBe('26')
      // A body would precede the next response.
      connection.write(LAST)
      expect((await connection.read()).status).toBe(200)
    })
  }

  it('AWS-REST-01 AWS-REST-31 a denial of the AWS contract keeps the connection open, also for HEAD', async () => {
    const guard = adapter.customAuthorizer(async () => policy({ '*': 'Deny' }), { contract: tokenContract() })
    const service = await adapter.serve({ use: [guard], routes: [{ path: '*' }] })
    const connection = await open(service.port)
    const send = async (method: string): Promise<RawResponse> => {
      connection.write(`${method} /pets HTTP/1.1\r\nHost: a\r\nAuthorization: t\r\n\r\n`)
      return connection.read(method)
    }
    for (const method of ['GET', 'HEAD', 'HEAD', 'DELETE']) {
      const response = await send(method)
      expect([response.status, response.header('Connection')?.toLowerCase()]).toEqual([403, 'keep-alive'])
      expect([response.header('Content-Length'), response.header('x-amzn-ErrorType'), response.bytes.length]).toEqual([
        '110',
        'AccessDeniedException',
        method === 'HEAD' ? 0 : 110,
      ])
    }
  })
})
