import { createApp, secretFrom } from '../app.js'

let app
export default {
  fetch(request, env, context) {
    app ??= createApp(secretFrom(env.SECRET))
    return app.fetch(request, env, context)
  },
}
