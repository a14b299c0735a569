import { requireContext, requireScopes } from '@custom-authorizer/express'
import { respond, forget, guard, pass, type Row, routerWith, testTable } from './express-table.ts'

const order: readonly Row[] = [
  ['a route before the guard', (app) => app.get('/open', respond).use(guard).get('/x', respond), 'GET /open'],
  ['nothing before the guard', (app) => app.use(guard).get('/x', respond).all('/y', respond)],
  [
    'no guard at all',
    (app) => app.get('/a', respond).post('/a', respond).all('/b', respond),
    'GET /a',
    'POST /a',
    'ALL /b',
  ],
  ['nothing registered', () => undefined],
  ['only middleware', (app) => app.use(pass)],
  ['plain middleware before the guard', (app) => app.use(pass).use(guard).get('/x', respond)],
  ['a guard in the same `use`', (app) => app.use('/x', pass, [guard], respond)],
  [
    'the route of a later router',
    (app, library) =>
      app.use(guard).use(
        '/r',
        routerWith(library, (r) => r.get('/x', respond)),
      ),
  ],
  [
    'a requirement without a guard',
    (app) => app.use(requireContext({ role: 'admin' }), requireScopes('a')).get('/x', respond),
    'GET /x',
  ],
]

const ownRows: readonly Row[] = [
  ['a guard in the route', (app) => app.get('/x', guard, respond)],
  ['a guard after the handler', (app) => app.get('/x', respond, guard), 'GET /x'],
  ['a guard after a function that may be a handler', (app) => app.get('/x', pass, guard, respond), 'GET /x'],
  ['a guard for all methods of a route', (app) => app.route('/x').all(guard).get(respond).post(respond)],
  ['a guard for one method of a route', (app) => app.route('/x').get(guard).get(respond).post(respond), 'POST /x'],
  ['a guard after the handler of a route', (app) => app.route('/x').get(respond).all(guard), 'GET /x'],
  ['a guard for GET guards HEAD', (app) => app.get('/x', guard).get('/x', respond)],
  [
    'a guard that HEAD requests bypass',
    (app) => {
      app
        .route('/x')
        .get(guard)
        .head(forget as never)
      app.get('/x', respond)
    },
    'HEAD /x',
  ],
  [
    'a guard for all methods that GET requests can leave',
    (app) => {
      app.route('/x').get(pass).all(guard)
      app.route('/x').all(respond)
    },
    'GET /x',
    'ALL /x',
  ],
  ['HEAD with its own handler', (app) => app.route('/x').head(respond).get(respond), 'HEAD /x', 'GET /x'],
  ['a route for all methods, guarded for one', (app) => app.get('/x', guard).all('/x', respond), 'ALL /x'],
  ['an error handler between guard and handler', (app) => app.get('/x', guard, forget as never, respond), 'GET /x'],
  ['an error handler before the guard', (app) => app.get('/x', forget as never, guard, respond)],
]

const passedBy: readonly Row[] = [
  [
    'an error handler after the guard of a route',
    (app) => app.all('/x', guard, forget as never).get('/x', respond),
    'GET /x',
  ],
  [
    'an error handler after the guard at the start of a router',
    (app, library) => app.use(routerWith(library, (r) => r.use(guard, forget))).get('/x', respond),
    'GET /x',
  ],
  [
    'an error handler after the guard',
    (app) => app.use(guard).get('/x', respond).use(forget).get('/y', respond),
    'GET /y',
  ],
  [
    'an error handler inside a router',
    (app, library) =>
      app
        .use(guard)
        .use(routerWith(library, (r) => r.use(forget)))
        .get('/y', respond),
  ],
  [
    'a callback for the guard’s parameter',
    (app) =>
      void app
        .use('/t/:id', guard)
        .get('/t/:other', respond)
        .param('id', (_request, _response, next) => next('route')),
    'GET /t/:other',
  ],
  [
    'a callback for a parameter and a guard without a path',
    (app) =>
      void app
        .use('/t', guard)
        .get('/t/:id', respond)
        .param('id', pass as never),
  ],
  [
    'a callback for a parameter, and a guard in the route',
    (app) => void app.get('/t/:id', guard, respond).param('id', pass as never),
  ],
]

const endpoints: readonly Row[] = [
  ['static files', (app, library) => app.use('/public', library.static('.')).use(guard), 'static files at /public'],
  ['static files at the root', (app, library) => app.use(library.static('.')).use(guard), 'static files at /'],
  ['static files after the guard', (app, library) => app.use(guard).use(library.static('.'))],
  [
    'static files after a guard for one method',
    (app, library) => app.get('/p', guard).use('/p', library.static('.')),
    'static files at /p',
  ],
  ['a proxy', (app) => app.use('/b', Object.assign(pass.bind(undefined), { upgrade: pass })), 'proxy at /b'],
  [
    'another proxy',
    (app) =>
      app.use('/b', function handleProxy(_request, _response, next) {
        next()
      }),
    'proxy at /b',
  ],
  [
    'body parsers',
    (app, library) => app.use(library.json(), library.urlencoded(), library.raw(), library.text()).use(guard),
  ],
  ['a handler without a `next` parameter', (app) => app.use('/rpc', respond).use(respond), 'USE /rpc', 'USE /'],
  [
    'a Connect application',
    (app) => app.use(Object.assign(pass.bind(undefined), { stack: [{ route: '', handle: respond }] })),
    'application at /',
  ],
  [
    'an application without a readable router',
    (app) =>
      app.use('/s', function mounted_app() {
        throw new Error('not one of Express')
      }),
    'application at /s',
  ],
]

testTable([...order, ...ownRows, ...passedBy, ...endpoints])
