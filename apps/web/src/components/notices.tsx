import { Notifications } from '@mantine/notifications'

/** Where notifications appear. A file of its own, so that the first page does not wait for it. */
export function Notices() {
  return <Notifications position="bottom-left" limit={4} />
}
