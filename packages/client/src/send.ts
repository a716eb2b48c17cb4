/** Sends one request: fetch itself, or what stands before it. Rejects with a TypeError when the network fails. */
export type Send = (request: Request) => Promise<Response>
