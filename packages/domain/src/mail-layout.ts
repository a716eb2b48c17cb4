/** A mail as its writer sees it: what is said, the one thing to do, and why it came. */
export type Mail = {
  subject: string
  paragraphs: readonly string[]
  action?: { label: string; url: string }
  /** To be typed where the link cannot be opened. */
  code?: string
  footer: string
}

export type RenderedMail = { subject: string; text: string; html: string }

/** A mail in both forms that programs show. What people wrote is text in each, whatever it looks like. */
export function renderMail(mail: Mail): RenderedMail {
  return { subject: oneLine(mail.subject), text: plain(mail), html: page(mail) }
}

/** Names may have line breaks, which would begin a line of their own in a mail. */
export function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').trim()
}

function plain({ paragraphs, action, code, footer }: Mail): string {
  const parts = [...paragraphs.map(oneLine)]
  if (action) parts.push(`${action.label}:\n${action.url}`)
  if (code) parts.push(`Code: ${code}`)
  // RFC 3676, section 4.3: what follows this line is no part of the message.
  return `${parts.join('\n\n')}\n\n-- \n${oneLine(footer)}\n`
}

const styles = {
  body: 'margin:0;padding:24px 12px;background:#f3f0eb;color:#1e1a17;font:16px/1.5 system-ui,-apple-system,Segoe UI,Roboto,sans-serif',
  card: 'max-width:520px;margin:0 auto;padding:28px;background:#ffffff;border-radius:14px',
  brand: 'margin:0 0 20px;font-weight:700;color:#c43c0a',
  text: 'margin:0 0 16px',
  button:
    'display:inline-block;padding:11px 20px;border-radius:8px;background:#c43c0a;color:#ffffff;font-weight:600;text-decoration:none',
  code: 'margin:0 0 16px;font:700 26px/1.2 ui-monospace,Menlo,Consolas,monospace;letter-spacing:4px',
  small: 'margin:0 0 16px;font-size:13px;color:#6b6359;word-break:break-all',
  footer: 'max-width:520px;margin:16px auto 0;font-size:13px;color:#6b6359',
}

/** Styles stand in the elements: many programs drop everything else. No picture is loaded, so nobody is told it was read. */
function page({ subject, paragraphs, action, code, footer }: Mail): string {
  const content = paragraphs.map(text => element('p', styles.text, escapeHtml(oneLine(text))))
  if (action) {
    const url = escapeHtml(action.url)
    content.push(
      element('p', styles.text, `<a href="${url}" style="${styles.button}">${escapeHtml(action.label)}</a>`),
      element('p', styles.small, url),
    )
  }
  if (code) content.push(element('p', styles.code, escapeHtml(code)))
  return [
    '<!doctype html>',
    `<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(oneLine(subject))}</title></head>`,
    `<body style="${styles.body}">`,
    element('div', styles.card, `${element('p', styles.brand, 'Spintrack')}\n${content.join('\n')}`),
    element('p', styles.footer, escapeHtml(oneLine(footer))),
    '</body></html>',
    '',
  ].join('\n')
}

function element(name: string, style: string, content: string): string {
  return `<${name} style="${style}">${content}</${name}>`
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, character => entities[character] as string)
}
