/** The formats of imports and exports, with their media types. Apart from their shapes, which weigh too much for a page. */
export const fileTypes = { csv: 'text/csv', ndjson: 'application/x-ndjson' } as const
export type FileFormat = keyof typeof fileTypes
