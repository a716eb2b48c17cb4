import { limits } from '@spintrack/contract/limits'
import type { Role } from '@spintrack/contract/permissions'
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

  invitation: ({
    company,
    inviter,
    role,
    link,
  }: {
    company: string
    inviter: string
    role: Role
    link: string
  }): Mail => ({
    subject: `${inviter} invites you to ${company}`,
    paragraphs: [
      `${inviter} invites you to join ${company} on Spintrack, where it keeps its fidget spinners and times their spins.`,
      `You would be ${roleWords[role]}. The invitation is for this address alone and ends in ${limits.days.invitation} days.`,
    ],
    action: { label: 'Look at the invitation', url: link },
    footer: `You get this because ${inviter} entered your address. If you do not know them, leave it: nothing happens.`,
  }),
}

const roleWords: Record<Role, string> = {
  owner: 'an owner: you may do everything',
  admin: 'an admin: you may change everything but its owners',
  member: 'a member: you may record spins and keep spinners',
  viewer: 'a viewer: you may look at everything and change nothing',
}
