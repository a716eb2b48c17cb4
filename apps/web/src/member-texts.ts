import { limits } from '@spintrack/contract/limits'
import type { Role } from '@spintrack/contract/permissions'
import type { Invitation } from './api.ts'

const days = limits.days.invitation

/** The words about people and invitations, in English. Apart from the others, as no first page says them. */
export const memberTexts = {
  title: 'Members',
  count: (count: number) => `${new Intl.NumberFormat().format(count)} ${count === 1 ? 'person' : 'people'}`,
  person: 'Person',
  role: 'Role',
  joined: 'Joined',
  you: 'You',
  roleOf: (name: string) => `Role of ${name}`,
  changed: (name: string, role: string) => `${name} is ${role.toLowerCase()} now.`,

  remove: 'Remove…',
  removeTitle: (name: string) => `Remove ${name}?`,
  removeText: (name: string, company: string) =>
    `${name} can no longer open ${company}, and their API tokens for it end. What they recorded stays, under their name.`,
  removeAction: 'Remove',
  removed: (name: string) => `${name} removed.`,

  leave: 'Leave company…',
  leaveTitle: (company: string) => `Leave ${company}?`,
  leaveText: 'You can come back only when somebody invites you. What you recorded stays, under your name.',
  leaveAction: 'Leave',
  left: (company: string) => `You left ${company}.`,

  transfer: 'Make owner in my place…',
  transferTitle: (name: string) => `Make ${name} the owner?`,
  transferText: (company: string) => `You become an admin of ${company}. Only an owner can make you an owner again.`,
  transferAction: 'Pass on ownership',
  transferred: (name: string, company: string) => `${name} owns ${company} now.`,

  invite: 'Invite people',
  inviteTitle: 'Invite somebody',
  by: 'How',
  ways: { email: 'By e-mail', link: 'By link' },
  email: 'E-mail address',
  emailHint: `They get a link that is for this address alone, for ${days} days.`,
  emailInvalid: 'Enter an e-mail address like ada@example.com.',
  linkHint: `You get a link to pass on. Whoever opens it first joins; it ends after ${days} days.`,
  send: 'Send invitation',
  makeLink: 'Make a link',
  sent: (email: string) => `Invitation to ${email} is on its way.`,
  roles: {
    owner: 'Everything, also who owns the company and whether it is deleted.',
    admin: 'Everything but owners: people, settings, exports.',
    member: 'Record spins and keep spinners.',
    viewer: 'Look at everything, change nothing.',
  } satisfies Record<Role, string>,

  linkTitle: 'Copy the link now',
  linkOnce: 'It is shown this once, and lets one person in. If you lose it, make another.',
  link: 'Link',
  done: 'Done',

  invitations: 'Open invitations',
  byLink: 'Link, for whoever gets it',
  invitationFacts: (role: string, inviter: string, state: string) => `${role} · by ${inviter} · ${state}`,
  states: {
    pending: (date: string) => `until ${date}`,
    expired: (date: string) => `ended on ${date}`,
    void: () => 'of no use, as who sent it may not invite any more',
  } satisfies Record<Invitation['state'], (date: string) => string>,
  formerMember: 'a former member',
  again: { email: 'Send again', link: 'New link' },
  againFor: (what: string) => `Send the invitation to ${what} again`,
  newLinkFor: 'Make a new link in place of this one',
  withdraw: (what: string) => `Withdraw the invitation: ${what}`,
  withdrawTitle: 'Withdraw this invitation?',
  withdrawText: 'Its link is of no use any more.',
  withdrawAction: 'Withdraw',
  withdrawn: 'Invitation withdrawn.',

  joinTitle: (company: string) => `Join ${company}`,
  joinLead: (inviter: string, role: string) => `${inviter} invites you, as ${role.toLowerCase()}.`,
  until: (date: string) => `The invitation ends on ${date}.`,
  accept: 'Accept',
  acceptName: (company: string) => `Accept and join ${company}`,
  decline: 'Decline',
  declined: 'Invitation declined.',
  welcome: (company: string) => `You belong to ${company} now.`,
  haveAccount: 'Log in to accept',
  noAccount: 'Create an account',
  forAnother: (email: string, mine: string) =>
    `The invitation is for ${email}, and you are logged in as ${mine}. Log out, and open the link again with the other account.`,
  logOut: 'Log out',
  invalidTitle: 'This invitation is of no use any more',
  invalid: 'It was used or withdrawn, its time is over, or the link is not whole. Ask for a new one.',
  toCompanies: 'Your companies',
  mine: 'You are invited',
} as const
