// node --expose-gc --import tsx api-process.ts <app's address>: the API in a process of its own, whose memory can be looked
// at. Tells its parent its address and, for each message, how many bytes it holds on to. Ends with its parent.
import { openDatabase } from '@spintrack/database/database'
import { startServer } from '../../src/server.ts'
import { cheapHasher } from './api.ts'

process.once('disconnect', () => process.exit())
const { tenancy } = openDatabase({ appUrl: process.argv[2] ?? '' })
const { url } = await startServer({
  ...{ tenancy, hasher: cheapHasher, logger: false, host: '127.0.0.1', port: 0, trustProxy: [] },
  publicUrl: 'http://localhost:3000',
  sessionSecrets: ['a secret of tests that is long enough'],
})
process.on('message', () => {
  // The second one waits until the buffers that the first one found are given back.
  globalThis.gc?.()
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  process.send?.(heapUsed + external)
})
process.send?.(url)
