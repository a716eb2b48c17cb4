import { ActionIcon, Menu } from '@mantine/core'
import { allows } from '@spintrack/contract/permissions'
import { IconFileExport, IconFileImport, IconTransfer } from '@tabler/icons-react'
import { useState } from 'react'
import { ImportForm } from '../drawers.tsx'
import { fileTexts as t } from '../file-texts.ts'
import { download, type Noun } from '../files.ts'
import { notifyProblem } from '../notices.tsx'
import { useCompany } from '../session.ts'

type Props = { noun: Noun; filter: Record<string, string | undefined> }

/** The files of a page: what it shows, exported under its filters, and more of it out of a file. */
export function FileMenu({ noun, filter }: Props) {
  const company = useCompany()
  const [importing, setImporting] = useState(false)
  const href = (format: string) => {
    const given = Object.entries({ format, ...filter }).filter((pair): pair is [string, string] => Boolean(pair[1]))
    return `/api/v1/${noun}/export?${new URLSearchParams(given)}`
  }
  return (
    <>
      <Menu position="bottom-end" shadow="lg">
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label={t.menu}>
            <IconTransfer size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {allows(company.role, `${noun}.write`) && (
            <Menu.Item leftSection={<IconFileImport size={16} />} onClick={() => setImporting(true)}>
              {t.importItem}
            </Menu.Item>
          )}
          {(['csv', 'ndjson'] as const).map(format => (
            <Menu.Item
              key={format}
              leftSection={<IconFileExport size={16} />}
              onClick={() => download(company, href(format)).catch(notifyProblem)}
            >
              {t.exportItem[format]}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {importing && <ImportForm noun={noun} onClose={() => setImporting(false)} />}
    </>
  )
}
