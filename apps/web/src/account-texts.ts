import { limits } from '@spintrack/contract/limits'

const { hours, codeTries, password } = limits

/** The words about one's own account, in English. Apart from the others, as no first page says them. */
export const accountTexts = {
  title: 'Your account',
  label: 'Sections',
  sections: { profile: 'Profile', email: 'E-mail address', password: 'Password', sessions: 'Where you are logged in' },
  back: 'Your companies',

  name: 'Your name',
  nameHint: 'Companies you join from now on know you by it; the others keep the name they know.',
  nameMissing: 'Enter your name, as colleagues know you.',
  nameSaved: 'Name saved.',

  emailHint: 'You log in with it, and links to choose a new password go there.',
  verified: 'Verified',
  unverified: 'Not verified',
  unverifiedHint: 'Verify it to find the invitations that were sent there.',
  verify: 'Send a link to verify it',
  newEmail: 'New e-mail address',
  emailInvalid: 'Enter an e-mail address like ada@example.com.',
  emailSame: 'This is your address already.',
  changeEmail: 'Change address',
  emailChanged: (email: string) => `Your address is ${email} now. Your other sessions have ended.`,
  currentPassword: 'Current password',
  currentMissing: 'Enter your current password.',

  passwordHint: 'Your other sessions end, and your address is told.',
  newPassword: 'New password',
  newPasswordHint: `At least ${password.min} characters. A few unrelated words do well.`,
  passwordShort: `Use at least ${password.min} characters.`,
  changePassword: 'Change password',
  passwordChanged: 'Password changed. Your other sessions have ended.',

  sessionsHint: 'End what you do not know, and change your password.',
  unknownBrowser: 'Unknown browser',
  unknownAddress: 'unknown address',
  thisOne: 'This one',
  sessionFacts: (address: string, began: string, seen: string) => `${address} · since ${began} · last seen ${seen}`,
  end: 'End',
  endName: (name: string, began: string) => `End the session of ${name} since ${began}`,
  ended: (name: string) => `The session of ${name} has ended.`,
  endOthers: 'End all others',
  othersEnded: 'All other sessions have ended.',

  codeTitle: 'Check your mail',
  codeLead: (email: string) =>
    `We wrote to ${email}. Open the link in the mail, or type its code here. Both are of use for ${hours.emailConfirmation} hours.`,
  code: 'Code',
  codeMissing: 'Type the code, such as 7KQ2-M9XB.',
  codeHint: `After ${codeTries} wrong codes only the link is left.`,
  confirm: 'Confirm',
  confirmed: 'Address confirmed.',
  noMail: 'Nothing came? Look among unwanted mail, or try again in a while.',

  verifyTitle: 'Confirm your address',
  verifyLead: 'One press, and the address is yours.',
  verifiedTitle: 'The address is confirmed',
  verifiedLead: 'You can log in with it now.',
  linkInvalidTitle: 'This link is of no use any more',
  linkInvalid: 'It was used, its time is over, or it is not whole.',

  resetTitle: 'Forgot your password?',
  resetLead: 'Enter your address, and we send you a link to choose a new one.',
  email: 'E-mail address',
  emailMissing: 'Enter your e-mail address.',
  sendLink: 'Send the link',
  sentTitle: 'Check your mail',
  sent: (email: string) => `We wrote to ${email}. The link in the mail is of use for an hour.`,
  newTitle: 'Choose a new password',
  newLead: 'You are logged out everywhere then, and log in with the new one.',
  setPassword: 'Set password',
  resetDone: 'Password set. Log in with it.',
  again: 'Ask for a new link',
} as const
