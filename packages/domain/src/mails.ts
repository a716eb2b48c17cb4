import { limits } from '@spintrack/contract/limits'
import type { Role } from '@spintrack/contract/permissions'
import type { Mail } from './mail-layout.ts'

const { hours } = limits

/** Every mail that the product writes. Each says why it came, and what to do about one that nobody asked for. */
export const mails = {
  /** For an operator who wants to see that mail arrives. */
  test: ({ publicUrl }: { publicUrl: string }): Mail => ({
    subject: 'Mail from Spintrack arrives',
    paragraphs: ['This is the test that somebody who runs Spintrack asked for. Its links lead to the address below.'],
    action: { label: 'Open Spintrack', url: publicUrl },
    footer: 'You need not do anything.',
  }),

  confirmEmail: ({ link, code, isNew }: { link: string; code: string; isNew: boolean }): Mail => ({
    subject: `${code} confirms your address`,
    paragraphs: [
      isNew
        ? 'Somebody, you we hope, signs up for Spintrack with this address.'
        : 'You want to use this address at Spintrack.',
      `Open the link, or type the code where you were asked for it. Both are of use once, for ${hours.emailConfirmation} hours.`,
    ],
    action: { label: 'Confirm this address', url: link },
    code,
    footer: 'If it was not you, leave it: without the link and the code nothing happens.',
  }),

  accountExists: ({ reset }: { reset: string }): Mail => ({
    subject: 'You have an account at Spintrack',
    paragraphs: [
      'Somebody wanted to use this address for an account, and there is one already. Nothing was changed.',
      'If it was you, log in; a forgotten password can be replaced.',
    ],
    action: { label: 'Choose a new password', url: reset },
    footer: 'If it was not you, leave it: nothing happens.',
  }),

  resetPassword: ({ link }: { link: string }): Mail => ({
    subject: 'Choose a new password',
    paragraphs: [
      `The link lets you choose a new password for Spintrack. It is of use once, for ${hours.passwordReset === 1 ? 'an hour' : `${hours.passwordReset} hours`}.`,
      'You are logged out everywhere then.',
    ],
    action: { label: 'Choose a new password', url: link },
    footer: 'If you did not ask for it, leave it: your password stays as it is.',
  }),

  noAccount: ({ signUp }: { signUp: string }): Mail => ({
    subject: 'This address has no account at Spintrack',
    paragraphs: [
      'Somebody asked for a new password for this address, and it has no account. Perhaps you signed up with another one.',
    ],
    action: { label: 'Sign up', url: signUp },
    footer: 'If it was not you, leave it: nothing happens.',
  }),

  passwordChanged: ({ reset }: { reset: string }): Mail => ({
    subject: 'Your password was changed',
    paragraphs: [
      'The password of your account at Spintrack was changed a moment ago, and you were logged out elsewhere.',
    ],
    action: { label: 'It was not me', url: reset },
    footer: 'If it was you, you need not do anything.',
  }),

  /** To the address before, where no link could help any more. */
  emailChanged: ({ email }: { email: string }): Mail => ({
    subject: 'Your address at Spintrack was changed',
    paragraphs: [
      `Your account at Spintrack belongs to ${email} from now on, and no longer to this address.`,
      'If it was not you, tell whoever runs Spintrack for you at once.',
    ],
    footer: 'If it was you, you need not do anything.',
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
