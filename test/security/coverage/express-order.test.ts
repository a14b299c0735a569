import { requireContext, requireScopes } from '@custom-authorizer/express'
import { answer, forget, guard, pass, type Row, routerWith, testTable } from './express-table.ts'

const order: readonly Row[] = [
  ['a route before the guard', (app) => app.get('/open', answer).use(guard).get('/x', answer), 'GET /open'],
  ['nothing before the guard', (app) => app.use(guard).get('/x', answer).all('/y', answer)],
  [
    'no guard at all',
    (app) => app.get('/a', answer).post('/a', answer).all('/b', answer),
    'GET /a',
    'POST /a',
    'ALL /b',
  ],
  ['nothing registered', () => undefined],
  ['only middleware', (app) => app.use(pass)],
  ['plain middleware before the guard', (app) => app.use(pass).use(guard).get('/x', answer)],
  ['a guard in the same `use`', (app) => app.use('/x', pass, [guard], answer)],
  [
    'the route of a later router',
    (app, library) =>
      app.use(guard).use(
        '/r',
        routerWith(library, (r) => r.get('/x', answer)),
      ),
  ],
  [
    'a requirement without a guard',
    (app) => app.use(requireContext({ role: 'admin' }), requireScopes('a')).get('/x', answer),
    'GET /x',
  ],
]

const ownRows: readonly Row[] = [
  ['a guard in the route', (app) => app.get('/x', guard, answer)],
  ['a guard after the handler', (app) => app.get('/x', answer, guard), 'GET /x'],
  ['a guard after a function that may be a handler', (app) => app.get('/x', pass, guard, answer), 'GET /x'],
  ['a guard for all methods of a route', (app) => app.route('/x').all(guard).get(answer).post(answer)],
  ['a guard for one method of a route', (app) => app.route('/x').get(guard).get(answer).post(answer), 'POST /x'],
  ['a guard after the handler of a route', (app) => app.route('/x').get(answer).all(guard), 'GET /x'],
  ['a guard for GET guards HEAD', (app) => app.get('/x', guard).get('/x', answer)],
  [
    'a guard that HEAD requests bypass',
    (app) => {
      app
        .route('/x')
        .get(guard)
        .head(forget as never)
      app.get('/x', answer)
    },
    'HEAD /x',
  ],
  [
    'a guard for all methods that GET requests can leave',
    (app) => {
      app.route('/x').get(pass).all(guard)
      app.route('/x').all(answer)
    },
    'GET /x',
    'ALL /x',
  ],
  ['HEAD with its own handler', (app) => app.route('/x').head(answer).get(answer), 'HEAD /x', 'GET /x'],
  ['a route for all methods, guarded for one', (app) => app.get('/x', guard).all('/x', answer), 'ALL /x'],
  ['an error handler between guard and handler', (app) => app.get('/x', guard, forget as never, answer), 'GET /x'],
  ['an error handler before the guard', (app) => app.get('/x', forget as never, guard, answer)],
]

const passedBy: readonly Row[] = [
  [
    'an error handler after the guard of a route',
    (app) => app.all('/x', guard, forget as never).get('/x', answer),
    'GET /x',
  ],
  [
    'an error handler after the guard at the start of a router',
    (app, library) => app.use(routerWith(library, (r) => r.use(guard, forget))).get('/x', answer),
    'GET /x',
  ],
  [
    'an error handler after the guard',
    (app) => app.use(guard).get('/x', answer).use(forget).get('/y', answer),
    'GET /y',
  ],
  [
    'an error handler inside a router',
    (app, library) =>
      app
        .use(guard)
        .use(routerWith(library, (r) => r.use(forget)))
        .get('/y', answer),
  ],
  [
    'a callback for the guard’s parameter',
    (app) =>
      void app
        .use('/t/:id', guard)
        .get('/t/:other', answer)
        .param('id', (_request, _response, next) => next('route')),
    'GET /t/:other',
  ],
  [
    'a callback for a parameter and a guard without a path',
    (app) =>
      void app
        .use('/t', guard)
        .get('/t/:id', answer)
        .param('id', pass as never),
  ],
  [
    'a callback for a parameter, and a guard in the route',
    (app) => void app.get('/t/:id', guard, answer).param('id', pass as never),
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
  ['a handler without a `next` parameter', (app) => app.use('/rpc', answer).use(answer), 'USE /rpc', 'USE /'],
  [
    'a Connect application',
    (app) => app.use(Object.assign(pass.bind(undefined), { stack: [{ route: '', handle: answer }] })),
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
