import { type MantineColorScheme, Menu, UnstyledButton, useMantineColorScheme } from '@mantine/core'
import { allows } from '@spintrack/contract/permissions'
import { IconBuilding, IconKey, IconLogout, IconUser, IconWebhook } from '@tabler/icons-react'
import { Link, useRouter } from '@tanstack/react-router'
import { use } from 'react'
import { notifyProblem } from '../notices.tsx'
import { paths } from '../paths.ts'
import { CompanyContext, logOut, useSession } from '../session.ts'
import { texts } from '../texts.ts'
import { tokenTexts } from '../token-texts.ts'
import { webhookTexts } from '../webhook-texts.ts'

export function UserMenu() {
  const { user } = useSession()
  const company = use(CompanyContext)
  const router = useRouter()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <Menu position="bottom-end" width={260} shadow="lg" radius="lg">
      <Menu.Target>
        <UnstyledButton className="avatar" aria-label={texts.account.menu(user.name)}>
          {initials(user.name)}
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <div className="menu-who">
          <strong>{user.name}</strong>
          <small>{user.email}</small>
        </div>
        <Menu.Divider />
        <Menu.Item component={Link} {...paths.account()} leftSection={<IconUser size={18} />}>
          {texts.account.own}
        </Menu.Item>
        <Menu.Item component={Link} {...paths.companies()} leftSection={<IconBuilding size={18} />}>
          {texts.company.all}
        </Menu.Item>
        {company && (
          <Menu.Item
            renderRoot={props => <Link {...paths.tokens(company.slug)} {...props} />}
            leftSection={<IconKey size={18} />}
          >
            {tokenTexts.title}
          </Menu.Item>
        )}
        {company && allows(company.role, 'webhooks.read') && (
          <Menu.Item
            renderRoot={props => <Link {...paths.webhooks(company.slug)} {...props} />}
            leftSection={<IconWebhook size={18} />}
          >
            {webhookTexts.title}
          </Menu.Item>
        )}
        <Menu.Divider />
        <Menu.RadioGroup value={colorScheme} onChange={scheme => setColorScheme(scheme as MantineColorScheme)}>
          {(['light', 'dark', 'auto'] as const).map(scheme => (
            <Menu.RadioItem key={scheme} value={scheme}>
              {texts.account.schemes[scheme]}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={18} />} onClick={() => logOut(router).catch(notifyProblem)}>
          {texts.account.logOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/)
  return [words[0], words.length > 1 ? words.at(-1) : '']
    .map(word => [...(word ?? '')][0] ?? '')
    .join('')
    .toLocaleUpperCase()
}
