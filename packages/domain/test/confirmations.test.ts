import { testDatabase } from '@spintrack/database/testing'
import t from 'tap'
import { isCode, newCode } from '../src/codes.ts'
import { forgetConfirmations } from '../src/confirmations.ts'
import { newId } from '../src/ids.ts'
import { addFounder } from './support/founder.ts'

const { tenancy, owner } = await testDatabase(t)

t.test('what was not confirmed or used in time is forgotten, with the password it held', async t => {
  const { id } = await addFounder(tenancy)
  for (const [token, hours] of [
    ['old', -1],
    ['young', 1],
  ] as const) {
    await owner.query(
      `insert into email_confirmations (id, email, name, password_hash, token_hash, sealed_code, expires_at)
       values ($1, 'ada@example.com', 'Ada', 'hash', $2, 'code', now() + make_interval(hours => $3))`,
      [newId(), token, hours],
    )
    await owner.query(
      'insert into password_resets (id, user_id, token_hash, expires_at) values ($1, $2, $3, now() + make_interval(hours => $4))',
      [newId(), id, token, hours],
    )
  }
  await forgetConfirmations(tenancy.control)
  for (const table of ['email_confirmations', 'password_resets']) {
    t.strictSame((await owner.query(`select token_hash from ${table}`)).rows, [{ token_hash: 'young' }], table)
  }
})

t.test('a code is read however it is typed, and no other', async t => {
  const code = newCode()
  t.match(code, /^[2-9A-HJKMNP-TV-Z]{4}-[2-9A-HJKMNP-TV-Z]{4}$/)
  for (const typed of [code, code.toLowerCase(), code.replace('-', ''), ` ${code.replace('-', ' - ')} `]) {
    t.ok(isCode(typed, code), typed)
  }
  for (const typed of ['', '-', code.slice(1), `${code}2`, [...code].reverse().join('').replace(/.$/, '!')]) {
    t.notOk(isCode(typed, code), typed)
  }
  const many = new Set(Array.from({ length: 1000 }, newCode))
  t.equal(many.size, 1000)
})
