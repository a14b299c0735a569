// Etherpad, an editor for several authors: Express 4, Socket.IO 2, and a REST API. Its tests send requests to the server.
import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'

const POLLING = '/socket.io/?EIO=3&transport=polling'

/** @type {import('../types.d.mts').Service} */
export const etherpad = {
  title: 'Etherpad 1.8.14 (Express, Socket.IO)',
  package: 'ep_etherpad-lite@1.8.14',
  folder: 'src',
  // The manifest requires Express 4.17.1. The guard supports 4.18 and later.
  versions: { express: '4.22.1' },
  testDependencies: [
    'mocha',
    'mocha-froth',
    'openapi-schema-validation',
    'set-cookie-parser',
    'sinon',
    'superagent',
    'supertest',
  ],
  packages: ['@custom-authorizer/core', '@custom-authorizer/express'],
  source: import.meta.dirname,
  guardFolder: 'node',
  // The installer of Etherpad does the same: Etherpad is a plug-in of itself.
  prepare: (folder) => {
    mkdirSync(join(folder, 'node_modules'))
    mkdirSync(join(folder, 'var'))
    symlinkSync('../src', join(folder, 'node_modules', 'ep_etherpad-lite'), 'junction')
  },
  preload: [],
  // Some tests of hooks have a time limit of 30 ms.
  mocha: ['--timeout', '120000', '--retries', '3', '--recursive', 'tests/backend/specs'],
  env: {},
  knownFailures: [],
  requests: [
    { request: 'GET /', status: 200 },
    { request: 'GET /p/some-pad', status: 200 },
    { request: 'GET /p/some-pad/export/txt', status: 404 },
    { request: 'GET /api', status: 200 },
    { request: 'GET /api/1/createPad?padID=some-pad', status: 401 },
    { request: 'GET /stats', status: 200 },
    { request: 'GET /favicon.ico', status: 200 },
    { request: 'GET /static/css/pad.css', status: 200 },
    { request: 'GET /admin/plugins', status: 401 },
    { request: 'GET /not-there', status: 404 },
    { request: 'POST /jserror', status: 200 },
    { request: `GET ${POLLING}`, status: 200 },
    { request: 'GET /socket.io/socket.io.js', status: 200 },
    { request: 'UPGRADE /socket.io/?EIO=3&transport=websocket', status: 101 },
  ],
}
