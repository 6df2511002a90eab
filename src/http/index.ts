/** `sonde/http`: what every page and endpoint of ours shares. */
export { loopbackHosts } from './hosts.ts'
export { checkServeOptions, type ServeOptions } from './options.ts'
export { type Route, type RouteFunction, sendText } from './route.ts'
export { createHttpServer, type HttpServer, serve } from './serve.ts'
export { sameToken } from './token.ts'
