/** The words of the mail page, in English. Apart from the others, as only who tries the product sees it. */
export const mailTexts = {
  title: 'Mail',
  lead: 'This installation has no mail server, so what it writes to people is kept here. In production nobody can open this page.',
  emptyTitle: 'No mail yet',
  empty: 'Invite somebody or reset a password, and the mail appears here.',
  absentTitle: 'Mail is not shown here',
  absent: 'It is sent, or only an operator may read it: spintrack mail list',
  to: (address: string) => `To ${address}`,
  back: 'All mail',
  forms: { html: 'As HTML', text: 'As text' },
  form: 'Form',
} as const
