/** Requests whose body can be read but once. */
const streams = new WeakSet<Request>()

/** A Request that knows whether its body was a stream: afterwards every body looks like one. */
export class WatchfulRequest extends Request {
  constructor(...[input, init]: ConstructorParameters<typeof Request>) {
    super(input, init)
    const body: unknown = init?.body
    if (typeof body === 'object' && body !== null && (body instanceof ReadableStream || Symbol.asyncIterator in body)) {
      streams.add(this)
    }
  }
}

/** Whether the body of this request is a stream, which is gone once it was sent. */
export function isStream(request: Request): boolean {
  return streams.has(request)
}
