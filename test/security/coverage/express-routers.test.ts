import { appWith, respond, guard, pass, type Row, routerWith, testTable } from './express-table.ts'

const routers: readonly Row[] = [
  [
    'a guard in the router',
    (app, library) =>
      app.use(
        '/r',
        routerWith(library, (r) => r.get('/open', respond).use(guard).get('/x', respond)),
      ),
    'GET /r/open',
  ],
  [
    'a guard in one router, a route in another',
    (app, library) =>
      app.use(routerWith(library, (r) => r.use(pass).use(guard))).use(
        '/r',
        routerWith(library, (r) => r.get('/', respond).post('/:id', respond)),
      ),
    'GET /r',
    'POST /r/:id',
  ],
  [
    'a router that starts with a guard',
    (app, library) => app.use(routerWith(library, (r) => r.use(guard).use(pass))).get('/x', respond),
  ],
  [
    'a router at a path that starts with a guard',
    (app, library) =>
      app
        .use(
          '/r',
          routerWith(library, (r) => r.use(guard)),
        )
        .get('/r/x', respond)
        .get('/x', respond),
    'GET /x',
  ],
  [
    'a router that starts with a guard for some paths',
    (app, library) => app.use(routerWith(library, (r) => r.use('/a', guard))).get('/x', respond),
    'GET /x',
  ],
  [
    'a guard before a mounted application',
    (app, library) =>
      app.use(guard).use(
        '/s',
        appWith(library, (sub) => sub.get('/x', respond)),
      ),
  ],
  [
    'a mounted application',
    (app, library) => {
      const inner = appWith(library, (sub) => sub.get('/deep', respond))
      app.use(
        '/s',
        appWith(library, (sub) => sub.get('/x', respond).use('/t', inner).use(guard).get('/y', respond)),
      )
    },
    'GET /s/x',
    'GET /s/t/deep',
  ],
  [
    'an application in a router',
    (app, library) =>
      app.use(
        '/r',
        routerWith(library, (r) =>
          r.use(
            '/s',
            appWith(library, (sub) => sub.get('/x', respond)),
          ),
        ),
      ),
    'GET /r/s/x',
  ],
  [
    'a router in two places',
    (app, library) => {
      const router = routerWith(library, (r) => r.get('/x', respond))
      app.use('/a', guard, router).use(['/b', '/c'], router)
    },
    'GET /b/x',
    'GET /c/x',
  ],
  [
    'a router that contains itself',
    (app, library) => {
      const router = library.Router()
      router.get('/x', respond).use('/r', router)
      app.use(router)
    },
    'GET /x',
  ],
  [
    'the root of a router and a guard for its path alone',
    (app, library) =>
      app.all('/r', guard).use(
        '/r',
        routerWith(library, (r) => r.get('/', respond)),
      ),
    'GET /r',
  ],
]

testTable(routers)
