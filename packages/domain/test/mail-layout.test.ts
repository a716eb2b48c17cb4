import t from 'tap'
import { type Mail, renderMail } from '../src/mail-layout.ts'

const mail: Mail = {
  subject: 'Ada invites you',
  paragraphs: ['First.', 'Second.'],
  action: { label: 'Accept', url: 'https://spintrack.example/invite/abc_-9' },
  code: 'ABCD-1234',
  footer: 'You need not do anything.',
}

t.test('both forms say everything', async t => {
  const { text, html } = renderMail(mail)
  for (const said of ['First.', 'Second.', 'Accept', mail.action?.url, mail.code, mail.footer]) {
    t.ok(text.includes(String(said)) && html.includes(String(said)), String(said))
  }
  t.match(html, `<a href="${mail.action?.url}"`)
  t.ok(text.includes(`\n${mail.action?.url}\n`), 'a link has its line to itself, so that programs find its end')
})

t.test('what people wrote is text, however it looks', async t => {
  const name = `<img src=x onerror="alert('1')">&amp;`
  const { text, html, subject } = renderMail({ ...mail, subject: name, paragraphs: [name], footer: name })
  t.notMatch(html, /<img/)
  t.equal(
    html.split('&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;amp;').length,
    4,
    'title, text and footer',
  )
  t.ok(text.includes(name))
  t.equal(subject, name)
})

t.test('a name cannot begin a line, a header or a footer of its own', async t => {
  const name = 'Ada\r\nBcc: all@example.com\n\n-- \u2028\u0000x'
  const { subject, text, html } = renderMail({ ...mail, subject: name, paragraphs: [name] })
  t.equal(subject, 'Ada Bcc: all@example.com -- x')
  t.ok(text.startsWith('Ada Bcc: all@example.com -- x\n'))
  t.equal(text.split('\n-- \n').length, 2)
  t.match(html, 'Ada Bcc: all@example.com -- x</p>')
})

t.test('nothing in a mail is loaded, so that nobody learns when it was read', async t => {
  t.notMatch(renderMail(mail).html, /src=|url\(|<link|<script|@import/)
})
