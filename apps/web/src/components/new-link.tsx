import { memberTexts as t } from '../member-texts.ts'
import { ShownOnce } from './shown-once.tsx'

/** The link of an invitation. */
export function NewLinkShown({ link, onClose }: { link: string; onClose: () => void }) {
  return <ShownOnce title={t.linkTitle} lead={t.linkOnce} label={t.link} text={link} done={t.done} onClose={onClose} />
}
