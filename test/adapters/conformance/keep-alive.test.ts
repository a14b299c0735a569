/** After a denial the connection is as good as before, or closed; never is a body read as a request. @module */
import { expect, it, onTestFinished } from 'vitest'
import { describeAdapters } from '../../support/adapters.ts'
import { type RawAnswer, RawConnection } from '../../support/raw-client.ts'
import { paced, PACES, policy, tokenContract, whoever } from './callers.ts'

const open = async (port: number): Promise<RawConnection> => {
  const connection = await RawConnection.open(port)
  onTestFinished(() => connection.close())
  return connection
}

/** Looks like a request that would be allowed, and is the body of one that is not. */
const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: a\r\nAuthorization: mallory\r\n\r\n'
const LAST = 'GET /last HTTP/1.1\r\nHost: a\r\nAuthorization: ann\r\nConnection: close\r\n\r\n'

const FRAMINGS = [
  ['a length', `Content-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`],
  ['chunks', `Transfer-Encoding: chunked\r\n\r\n${SMUGGLED.length.toString(16)}\r\n${SMUGGLED}\r\n0\r\n\r\n`],
] as const

const credential = (token: string | undefined): string => (token === undefined ? '' : `Authorization: ${token}\r\n`)

const undated = ({ lines }: RawAnswer): RawAnswer['lines'] => lines.filter(([name]) => name.toLowerCase() !== 'date')

describeAdapters('keep-alive', (adapter) => {
  for (const pace of PACES) {
    const guard = adapter.customAuthorizer(paced(pace, whoever))
    const plan = {
      use: [guard],
      routes: ['/last', '/smuggled'].flatMap((path) => [{ path }, { method: 'POST', path }]),
    }

    it.each(FRAMINGS)(`SEC-97 a body framed by %s is no request after a denial (${pace})`, async (_, framed) => {
      const service = await adapter.serve(plan)
      const connection = await open(service.port)
      connection.write(`POST /last HTTP/1.1\r\nHost: a\r\n${framed}`)
      expect((await connection.read('POST')).status).toBe(401)
      connection.write(LAST)
      // Either the server goes on with the next request, or it has closed the connection.
      const after = await connection.read().catch((): RawAnswer | undefined => undefined)
      if (after !== undefined) expect(after.body).toContain('"principalId":"ann"')
      expect((await connection.rest()).length).toBe(0)
      expect(service.hits).toEqual(after === undefined ? [] : ['GET /last'])
    })

    it.each(FRAMINGS)(`SEC-97 nor when body and next request come in one piece, by %s (${pace})`, async (_, framed) => {
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
    })

    it(`SEC-116 each request on a connection is decided by itself (${pace})`, async () => {
      const service = await adapter.serve(plan)
      const connection = await open(service.port)
      const tokens = ['ann', undefined, 'bob', undefined]
      connection.write(tokens.map((token) => `GET /last HTTP/1.1\r\nHost: a\r\n${credential(token)}\r\n`).join(''))
      const seen: (string | number)[] = []
      for (const token of tokens) {
        const answer = await connection.read()
        seen.push(answer.status, token !== undefined && answer.body.includes(`"principalId":"${token}"`) ? token : '-')
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
      // Had a body followed, it would stand before the next answer.
      connection.write(LAST)
      expect((await connection.read()).status).toBe(200)
    })
  }

  it('AWS-REST-01 AWS-REST-31 a denial in the words of AWS leaves the connection open, for HEAD as well', async () => {
    const guard = adapter.customAuthorizer(async () => policy({ '*': 'Deny' }), { contract: tokenContract() })
    const service = await adapter.serve({ use: [guard], routes: [{ path: '*' }] })
    const connection = await open(service.port)
    const ask = async (method: string): Promise<RawAnswer> => {
      connection.write(`${method} /pets HTTP/1.1\r\nHost: a\r\nAuthorization: t\r\n\r\n`)
      return connection.read(method)
    }
    for (const method of ['GET', 'HEAD', 'HEAD', 'DELETE']) {
      const answer = await ask(method)
      expect([answer.status, answer.header('Connection')?.toLowerCase()]).toEqual([403, 'keep-alive'])
      expect([answer.header('Content-Length'), answer.header('x-amzn-ErrorType'), answer.bytes.length]).toEqual([
        '110',
        'AccessDeniedException',
        method === 'HEAD' ? 0 : 110,
      ])
    }
  })
})
