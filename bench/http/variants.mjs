/** The rows of each server section: which server, which load, and the row that it is compared with. */

const row = (name, over, more = {}) => ({ name, variant: name, load: 'plain', alg: 'RS256', over, ...more })

/** Rows that every framework has. `floor` is the row that the guard is compared with. */
const guardedRows = (floor) => [
  row('guarded', floor, { bytesOver: 'least' }),
  row('context', 'guarded'),
  row('mapped', 'guarded'),
  row('decision', 'guarded'),
  row('native', floor, { bytesOver: 'least' }),
]

const underLoad = (load) => [
  row(`least, ${load}`, undefined, { variant: 'least', load }),
  row(`guarded, ${load}`, `least, ${load}`, { variant: 'guarded', load }),
]

const verified = (names) =>
  names.flatMap(([name, ...algorithms]) =>
    algorithms.map((alg) => row(`${name} ${alg}`, 'bare', { variant: name, alg })),
  )

const framework = (peers) => [
  row('bare'),
  row('empty', 'bare'),
  row('least', 'bare'),
  ...guardedRows('least'),
  ...underLoad('headers'),
  ...underLoad('paths'),
  ...verified([['our JWT', 'RS256', 'ES256'], ...peers]),
]

export const SERVERS = {
  node: [row('bare'), row('least', 'bare'), ...guardedRows('bare'), ...underLoad('headers'), ...underLoad('paths')],
  express: framework([
    ['express-jwt', 'RS256', 'ES256'],
    ['express-oauth2-jwt-bearer', 'RS256'],
    ['fast-jwt', 'RS256', 'ES256'],
    ['aws-jwt-verify', 'RS256'],
  ]),
  koa: framework([['koa-jwt', 'RS256', 'ES256']]),
  hono: framework([['hono/jwt', 'RS256', 'ES256']]),
  websocket: [
    row('bare', undefined, { load: 'handshakes' }),
    row('native', 'bare', { load: 'handshakes' }),
    row('aws.webSocket', 'bare', { load: 'handshakes' }),
  ],
}
