export class SettingsError extends Error {}
export type Settings = { databaseUrl?: string; databaseAppUrl?: string; sessionSecrets?: string[]; publicUrl: string; port: number; host: string; trustProxy: string[]; logLevel: string; dataDir: string; demoData: boolean; production: boolean }
export function readSettings(env = process.env): Settings {
  const port = Number(env.PORT ?? 3000)
  return { publicUrl: env.PUBLIC_URL ?? `http://localhost:${port}`, port, host: '127.0.0.1', trustProxy: [], logLevel: 'info', dataDir: env.DATA_DIR ?? '.data', demoData: true, production: false, ...(env.DATABASE_URL && {databaseUrl: env.DATABASE_URL}), ...(env.DATABASE_APP_URL && {databaseAppUrl: env.DATABASE_APP_URL}) }
}
