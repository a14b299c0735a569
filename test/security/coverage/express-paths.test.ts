import express from 'express'
import express4 from 'express4'
import { respond, guard, pass, type Row, routerWith, testTable } from './express-table.ts'

const paths: readonly Row[] = [
  ['a guard with a path', (app) => app.use('/api', guard).get('/api/x', respond).get('/apis', respond), 'GET /apis'],
  ['a guard with several paths', (app) => app.use(['/a', '/b'], guard).get(['/a', '/b/x', '/c'], respond), 'GET /c'],
  [
    'a guard with a parameter',
    (app) => app.use('/t/:id', guard).get('/t/:any/x', respond).get('/t', respond),
    'GET /t',
  ],
  ['a parameter, and a guard for one value', (app) => app.use('/t/1', guard).get('/t/:id', respond), 'GET /t/:id'],
  ['a guard for a whole route, and a part of it', (app) => app.all('/a', guard).get('/a/b', respond), 'GET /a/b'],
  ['a guard for the same route', (app) => app.all('/a/:id', guard).get('/a/:id', respond).get('/a/b', respond)],
  ['a guard for another method', (app) => app.post('/a', guard).get('/a', respond), 'GET /a'],
  [
    'a guard after middleware that can leave the route',
    (app) => app.all('/a', pass, guard).get('/a', respond),
    'ALL /a',
    'GET /a',
  ],
  ['a regular expression as a guard’s path', (app) => app.use(/^\/a/, guard).get('/a', respond), 'GET /a'],
  ['the same regular expression for `use`', (app) => app.use(/b$/, guard).get(/b$/, respond), 'GET /b$/'],
  ['the same regular expression twice', (app) => app.all(/^\/a/, guard).get(/^\/a/, respond)],
  ['another regular expression', (app) => app.all(/^\/a/, guard).get(/^\/A/i, respond), 'GET /^\\/A/i'],
  ['a regular expression with the g flag', (app) => app.all(/^\/a/g, guard).get(/^\/a/g, respond), 'GET /^\\/a/g'],
  ['a string that looks like a regular expression', (app) => app.all('/x/', guard).get(/x/, respond), 'GET /x/'],
  ['a regular expression under a guard for everything', (app) => app.use(guard).get(/x/, respond)],
  ['letter case that the guard ignores', (app) => app.use('/Api', guard).get('/aPI/x', respond)],
  [
    'letter case that only the guard compares',
    (app, library) => {
      app.set('case sensitive routing', true)
      app.use('/api', guard).use(routerWith(library, (r) => r.get('/api/x', respond)))
    },
    'GET /api/x',
  ],
  [
    'letter case that guard and route compare',
    (app) => app.set('case sensitive routing', true).use('/api', guard).get('/api/x', respond).get('/API/x', respond),
    'GET /API/x',
  ],
  [
    'a trailing slash that only the guard compares',
    (app, library) => {
      app
        .set('strict routing', true)
        .all('/x', guard)
        .use(routerWith(library, (r) => r.get('/x', respond)))
    },
    'GET /x',
  ],
  [
    'a trailing slash that the guard requires',
    (app) => app.set('strict routing', true).all('/x/', guard).get('/x', respond),
    'GET /x',
  ],
  [
    'a trailing slash that guard and route compare',
    (app) => app.set('strict routing', true).all('/x', guard).get('/x', respond).get('/x/', respond),
    'GET /x/',
  ],
  [
    'a string that looks like a regular expression, in a strict router',
    (app) => {
      app.set('strict routing', true).set('case sensitive routing', true)
      app.all('/x/i', guard).get(/x/i, respond)
    },
    'GET /x/i',
  ],
]

const five: readonly Row[] = [
  ['a wildcard for everything', (app) => app.all('/{*all}', guard).get('/', respond).get('/x/*y', respond)],
  [
    'a wildcard that matches at least one segment',
    (app) => app.all('/*all', guard).get('/x', respond).get('/', respond),
    'GET /',
  ],
  ['a wildcard below a path', (app) => app.all('/a/*all', guard).get('/a/:b', respond).get('/a', respond), 'GET /a'],
  ['an optional part', (app) => app.use('/a', guard).get('/a{/:b}', respond).get('/a{b}', respond), 'GET /a{b}'],
  [
    'a guard with an optional part',
    (app) => app.all('/a{/:b}', guard).get('/a', respond).get('/a/b', respond).get('/a/b/c', respond),
    'GET /a/b/c',
  ],
  [
    'a mount path with a wildcard that matches nothing, too',
    (app, library) =>
      app.all('/', guard).use(
        '/{*all}',
        routerWith(library, (r) => r.get('/', respond)),
      ),
    'GET /{*all}',
  ],
  [
    'a mount path with a wildcard',
    (app, library) =>
      app.all('/', guard).use(
        '/*all',
        routerWith(library, (r) => r.get('/', respond)),
      ),
    'GET /*all',
  ],
  [
    'the path with two slashes is not below the mount',
    (app, library) =>
      app.use('/a/b', guard).use(
        '/a',
        routerWith(library, (r) => r.get('/b', respond)),
      ),
  ],
]

const four: readonly Row[] = [
  ['a wildcard for everything', (app) => app.all('*', guard).get('/', respond).get(/x/, respond)],
  ['a wildcard from the root', (app) => app.all('/*', guard).get('/x', respond).get('/:a/b', respond)],
  ['a wildcard below a path', (app) => app.use('/a', guard).get('/a/*', respond).get('/a*', respond), 'GET /a*'],
  ['an optional parameter', (app) => app.use('/a', guard).get('/a/:b?', respond).get('/a/b?', respond), 'GET /a/b?'],
  ['a parameter with an expression', (app) => app.use('/a', guard).get('/a/:b(\\d+)', respond)],
  ['a guard with a narrower parameter', (app) => app.use('/a/:b(\\d+)', guard).get('/a/:b', respond), 'GET /a/:b'],
  ['alternatives', (app) => app.use('/a', guard).get('/a|/b', respond), 'GET /a|/b'],
  ['an optional slash', (app) => app.use('/a', guard).get('/a/?b', respond), 'GET /a/?b'],
  [
    'a mount path with a wildcard',
    (app, library) =>
      app.all('/', guard).use(
        '*',
        routerWith(library, (r) => r.get('/', respond)),
      ),
    'GET *',
  ],
  [
    'two slashes, of which the mount removes one',
    (app, library) =>
      app.use('/a/b', guard).use(
        '/a',
        routerWith(library, (r) => r.get('/b', respond)),
      ),
    'GET /a/b',
  ],
  [
    'an expression that looks like the one Express creates for a list of paths',
    (app) => app.use(/^\/ap|^\/api\/?(?=\/|$)/i, guard).get('/api/x', respond),
    'GET /api/x',
  ],
]

testTable(paths)
testTable(five, [[5, express]])
testTable(four, [[4, express4]])
