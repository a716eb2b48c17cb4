import { limits } from '@spintrack/contract/limits'
import type { Role } from '@spintrack/contract/permissions'
import { texts } from './texts.ts'

const { days, logoBytes, copy } = limits
const number = (value: number) => new Intl.NumberFormat().format(value)
const count = (value: number, one: string, many: string) => `${number(value)} ${value === 1 ? one : many}`
const spinners = (value: number) => count(value, 'spinner', 'spinners')

/** The words of a company's settings and life, in English. Apart from the others, as no first page says them. */
export const companyTexts = {
  shut: {
    lostTitle: 'You cannot open this company',
    lost: (slug: string) =>
      `There is no company at “${slug}” that you belong to. It may have been renamed or closed, or your access may have ended. Ask one of its admins if you think this is wrong.`,
    others: 'Your other companies',
    title: (name: string) => `${name} is not open right now`,
    suspended: 'The company is suspended. Its spinners and spins are kept; ask the owner when it opens again.',
    archived: 'The company is archived. Its spinners and spins are kept, and nobody can open them meanwhile.',
    purging: 'The company is being deleted.',
    deletedTitle: (name: string) => `${name} is closed`,
    deleted: (date: string) => `It will be deleted on ${date}, with all its spinners and spins.`,
    deletedOwner: 'Until then you can undo that, and everything is as it was.',
    deletedOthers: 'Until then an owner can undo that, and everything is as it was.',
    undo: 'Undo the deletion',
    undone: (name: string) => `${name} is open again.`,
  },

  settings: {
    sections: {
      general: 'General',
      look: 'Look',
      templates: 'Templates',
      export: 'Export',
      deletion: 'Delete company',
    },
    label: 'Sections',
    saved: 'Settings saved.',
    forbiddenTitle: 'Settings are for owners and admins',
    forbidden: (role: Role) =>
      `Your role here is ${texts.roles[role].toLowerCase()}. Ask an owner or an admin of the company for the change you need.`,
    slugHint: 'Lower-case letters, digits and hyphens. Links to the old address stop working.',
  },

  look: {
    hint: 'Colour and logo stand beside the name, so that everybody sees at once which company they are in.',
    colour: 'Colour',
    noColour: 'No colour',
    greeting: 'Greeting',
    greetingHint: 'A line on everybody’s dashboard. Left empty, there is none.',
    logo: 'Logo',
    logoHint: `PNG, JPEG or WebP, up to ${logoBytes / 1024} KiB.`,
    logoType: (name: string) => `${name} is no PNG, JPEG or WebP image. Choose one of these.`,
    logoSize: (kib: string) =>
      `The image has ${kib} KiB, and ${logoBytes / 1024} are allowed. Make it smaller: 200 pixels in height are plenty.`,
    upload: 'Upload a logo',
    replace: 'Replace',
    remove: 'Remove',
    saved: 'Logo saved.',
    removed: 'Logo removed.',
  },

  templates: {
    hint: 'New companies can begin from a template. It keeps what is here now; later changes do not reach it.',
    make: 'Make a template',
    name: 'Name',
    nameMissing: 'Enter a name for the template.',
    contents: 'What to keep',
    spinners: 'Spinners only',
    spinnersHint: 'Names, serial numbers, models and colours.',
    everything: 'Everything',
    everythingHint: 'Also all spins and the names of who spun. People copied along cannot log in.',
    none: 'No templates yet.',
    made: (name: string) => `${name} is ready for new companies.`,
    from: (contents: string, date: string) => `${contents}, made on ${date}`,
    remove: (name: string) => `Delete ${name}`,
    removeTitle: (name: string) => `Delete the template ${name}?`,
    removeText: 'No company can begin from it any more. Those that did stay as they are. This cannot be undone.',
    removed: (name: string) => `${name} deleted.`,
  },

  exports: {
    hint: `One file with everything in the company: spinners, spins, people and looks. It can be downloaded for ${count(days.export, 'day', 'days')}.`,
    make: 'Export',
    none: 'No exports yet.',
    states: { waiting: 'Waiting to begin', running: 'Being made', done: 'Ready', failed: 'Failed' },
    expired: 'Expired',
    of: (when: string) => `Export of ${when}`,
    until: (size: string, when: string) => `${size}, until ${when}`,
    failed: 'It could not be made. Ask for a new one.',
    download: 'Download',
    downloadOf: (when: string) => `Download the export of ${when}`,
    remove: (when: string) => `Delete the export of ${when}`,
    removeTitle: 'Delete this export?',
    removeText: 'The file can no longer be downloaded. The company stays as it is.',
    removed: 'Export deleted.',
  },

  deletion: {
    hint: `The company closes at once for everybody in it. After ${days.deletionGrace} days it is deleted for good; until then an owner can undo that.`,
    open: 'Delete company…',
    title: (name: string) => `Delete ${name}?`,
    text: (date: string) =>
      `It closes now, for everybody in it. On ${date} its spinners, spins and people are deleted for good. Until then you can undo this.`,
    confirm: (slug: string) => `Type ${slug} to confirm`,
    mismatch: (slug: string) => `Type the company’s address exactly: ${slug}`,
    action: 'Delete company',
  },

  demo: {
    name: 'Demo company',
    offer: 'Look around a demo company',
    offerHint: `Full of examples and yours alone. It goes after ${days.demo} days unless you keep it.`,
    or: 'or',
    banner: (date: string) => `This is a demo. It goes on ${date}.`,
    reset: 'Start over',
    resetTitle: 'Start the demo over?',
    resetText: 'Your changes to spinners and spins go, and fresh examples come in their place. This cannot be undone.',
    resetDone: 'The demo starts over.',
    keep: 'Keep it',
    kept: (name: string) => `${name} is yours to keep.`,
  },

  begin: { label: 'Begin with', blank: 'Nothing yet', template: (name: string) => `Template: ${name}` },

  copy: {
    choose: (name: string) => `Choose ${name}`,
    chooseAll: 'Choose all shown',
    bar: 'Chosen spinners',
    chosen: (value: number) => `${spinners(value)} chosen`,
    clear: 'Clear',
    open: 'Copy to another company…',
    title: (value: number) => `Copy ${spinners(value)}`,
    to: 'To',
    toMissing: 'Choose the company to copy to.',
    what: 'What to copy',
    all: 'With their spins',
    allHint: `All spins come along, at most ${number(copy.spins)}. Whoever is not in the other company is named there without a log-in.`,
    alone: 'Spinners only',
    aloneHint: 'They begin there without a spin.',
    action: 'Copy',
    done: (company: string, { spinners: made, spins, skipped }: { spinners: number; spins: number; skipped: number }) =>
      `Added to ${company}: ${spinners(made)} and ${count(spins, 'spin', 'spins')}.${
        skipped ? ` ${number(skipped)} were there from an earlier copy and were skipped.` : ''
      }`,
    leaveOut: (value: number) => (value === 1 ? 'Leave it out' : `Leave these ${number(value)} out`),
  },
} as const
