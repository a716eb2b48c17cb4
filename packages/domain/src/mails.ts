import type { Mail } from './mail-layout.ts'

/** Every mail that the product writes. Each says why it came, and what to do about one that nobody asked for. */
export const mails = {
  /** For an operator who wants to see that mail arrives. */
  test: ({ publicUrl }: { publicUrl: string }): Mail => ({
    subject: 'Mail from Spintrack arrives',
    paragraphs: ['This is the test that somebody who runs Spintrack asked for. Its links lead to the address below.'],
    action: { label: 'Open Spintrack', url: publicUrl },
    footer: 'You need not do anything.',
  }),
}
