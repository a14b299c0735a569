/** The requests of each load. A load that has several requests sends them in turn. */
const FEW = ['User-Agent: bench', 'Accept: */*']

/** With `Host` and `Authorization` 12 headers, as a browser sends them. */
const MANY = [
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'Accept: application/json, text/plain, */*',
  'Accept-Language: en-US,en;q=0.9,de;q=0.8',
  'Accept-Encoding: gzip, deflate, br, zstd',
  'Referer: https://app.example.com/pets',
  'Sec-Fetch-Dest: empty',
  'Sec-Fetch-Mode: cors',
  'Sec-Fetch-Site: same-site',
  'Cache-Control: no-cache',
  'X-Request-Id: 0b9f2c1e-5d0e-4f0a-9d0b-1d2c3b4a5968',
]

const DISTINCT_PATHS = 10_000

const get = (path, lines, port, authorization) => {
  const head = [`GET ${path} HTTP/1.1`, `Host: 127.0.0.1:${port}`, ...lines, `Authorization: ${authorization}`]
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1')
}

const UPGRADE = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
]

/** Name of a load, and its requests for one server. */
export const LOADS = {
  plain: (port, authorization) => [get('/pets', FEW, port, authorization)],
  headers: (port, authorization) => [get('/pets', MANY, port, authorization)],
  paths: (port, authorization) =>
    Array.from({ length: DISTINCT_PATHS }, (_, index) => get(`/pets/${10_000 + index}`, FEW, port, authorization)),
  handshakes: (port, authorization) => [get('/pets', [...FEW, ...UPGRADE], port, authorization)],
}
