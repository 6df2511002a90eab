export type { OutgoingRequest } from './client-counter.ts'
export { type HonoContext, honoRoute } from './hono-route.ts'
export { type InstrumentHttpOptions, instrumentHttp } from './instrument-http.ts'
export { setHttpRoute } from './known-routes.ts'
