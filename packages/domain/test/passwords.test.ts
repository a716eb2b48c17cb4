import { ProblemError } from '@spintrack/contract/problems'
import t from 'tap'
import { checkPassword } from '../src/passwords.ts'

const ada = { email: 'ada.lovelace+work@example.com', name: 'Augusta Ada King' }
const refused = (password: string, person = ada) => {
  try {
    checkPassword(password, person)
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'weak_password') return error.message
    throw error
  }
  return 'accepted'
}

t.test('good passwords are accepted, whatever they are made of', async t => {
  const good = [
    'correct horse battery staple',
    'correcthorsebatterystaple',
    'purple monkey dishwasher',
    'h7Fk29xLmQ2p',
    'kX9#mQ2$vL7pR4',
    '   spaces around it count   ',
    'только по-русски и длинно',
    '大きな古時計は百年休まず動いた',
    '🚲 rides past 🏔 at dawn',
    'no digits no capitals at all',
    `${'long '.repeat(3)}${'passwords are welcome, up to a limit. '.repeat(26)}`.slice(0, 1024),
  ]
  for (const password of good) t.equal(refused(password), 'accepted', password.slice(0, 40))
})

t.test('length is 12 to 1,024 characters', async t => {
  const text = 'jfurbqpzmxky'
  t.equal(refused(text), 'accepted')
  t.match(refused(text.slice(1)), /at least 12 characters/)
  t.match(refused(''), /at least 12 characters/)
  const long = Array.from({ length: 1025 }, (_, i) => String.fromCodePoint(0x4e00 + ((i * i) % 997))).join('')
  t.equal(refused(long.slice(1)), 'accepted')
  t.match(refused(long), /at most 1024 characters/)
})

const cases: Record<string, { says: RegExp; passwords: string[] }> = {
  'repetitions are refused': {
    says: /repeats a few characters/,
    passwords: [
      'aaaaaaaaaaaa',
      'aaaaaaaaaaab',
      'abcabcabcabc',
      'AbcaBcabCabca',
      'Hunter2hunter2',
      'xkqzvjxkqzvjxk',
      '2222333344445555',
    ],
  },
  'sequences are refused': {
    says: /alphabet, the digits or the keyboard/,
    passwords: [
      'abcdefghijkl',
      'zyxwvutsrqpo',
      '123456789012',
      '210987654321',
      '123456789101112',
      'qwertyuiopas',
      'QWERTYuiopASDF',
      '1qaz2wsx3edc',
      '1q2w3e4r5t6y',
      'q1w2e3r4t5y6',
      'abcdef123456',
      'йцукенгшщзхъ',
      'azertyuiopqs',
    ],
  },
  'the name of the product is refused': {
    says: /name of this product/,
    passwords: ['I love Spintrack!', 'SPIN-TRACK forever', 'mySpintrackPass'],
  },
  'what others know of the person is refused': {
    says: /your name or e-mail address/,
    passwords: [
      'ada.lovelace+work@example.com',
      'Ada Lovelace rocks',
      'x_adalovelace_77',
      'x ADA.LOVELACE+WORK x',
      'augusta ada king 1',
    ],
  },
  'common and breached ones are refused': {
    says: /tried first everywhere/,
    passwords: [
      'password1234',
      'Password1234!',
      'P@ssw0rd1234',
      'b@seb@ll2024!',
      'unbelievable',
      'counterstrike',
      'iloveyoubaby',
      'letmein-letmein-1'.replace('-letmein', '2024'),
      '2024-welcome-2025',
      'AcmeWelcome99',
      'administrator',
    ],
  },
}

for (const [name, { says, passwords }] of Object.entries(cases)) {
  t.test(name, async t => {
    for (const password of passwords) t.match(refused(password), says, password)
  })
}

t.test('a short local part says nothing, and is found in other words', async t => {
  t.equal(refused('adamant weather vane', { email: 'ada@example.com', name: 'Ada' }), 'accepted')
  t.match(refused('adam and the weather', { email: 'adam@example.com', name: 'Adam' }), /e-mail address/)
  t.match(refused('my ada@example.com 1', { email: 'ada@example.com', name: 'Ada' }), /e-mail address/)
})

t.test('the answer says what to do, names the field and never repeats the password', async t => {
  try {
    checkPassword('Password1234!', ada)
    t.fail('accepted')
  } catch (error) {
    t.match(error, { code: 'weak_password', errors: [{ path: '/body/password', message: /choose several/ }] })
    t.notMatch(JSON.stringify([error, String(error)]), /Password1234/)
  }
})

t.test('long input is decided quickly', async t => {
  const start = process.cpuUsage()
  for (const text of ['a'.repeat(1024), '!a'.repeat(512), 'abcdefghij'.repeat(102), '!'.repeat(1023)]) refused(text)
  t.ok(process.cpuUsage(start).user < 500_000)
})
