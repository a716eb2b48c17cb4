import { Combobox, UnstyledButton, useCombobox } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { IconCheck, IconPlus, IconSelector } from '@tabler/icons-react'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { api } from '../api.ts'
import { paths } from '../paths.ts'
import { enter, useCompany, useSession } from '../session.ts'
import { texts } from '../texts.ts'
import { CompanyLines } from './company-list.tsx'
import { CompanyLogo } from './logo.tsx'

const newCompany = 'new'
/** From here on one looks for a name rather than along a list. */
const many = 6

/** The company shown, and the way to the others: Alt+C, arrow keys, Enter. */
export function CompanySwitcher() {
  const company = useCompany()
  const { companies } = useSession()
  const navigate = useNavigate()
  const [search, setSearch] = useState('')
  const combobox = useCombobox({
    onDropdownClose: () => {
      combobox.resetSelectedOption()
      combobox.focusTarget()
      setSearch('')
    },
    onDropdownOpen: () => {
      if (companies.length >= many) combobox.focusSearchInput()
      else combobox.focusTarget()
      combobox.updateSelectedOptionIndex('active')
    },
  })
  useHotkeys([['alt+c', () => combobox.openDropdown(), { usePhysicalKeys: true }]], [])

  const found = companies.filter(({ name }) => name.toLocaleLowerCase().includes(search.trim().toLocaleLowerCase()))
  const choose = (id: string) => {
    combobox.closeDropdown()
    if (id === newCompany) return void navigate(paths.newCompany())
    const chosen = companies.find(one => one.id === id)
    if (!chosen || chosen.id === company.id) return
    void navigate(paths.company(chosen.slug))
    // Only a default for the next visit: where it fails, nothing on the page is wrong.
    api.chooseCompany(chosen.id).then(
      session => enter(session, { tellOtherTabs: false }),
      () => {},
    )
  }

  return (
    <Combobox store={combobox} onOptionSubmit={choose} width={320} position="bottom-start" shadow="lg" radius="lg">
      <Combobox.Target targetType="button">
        <UnstyledButton
          className="switcher"
          onClick={() => combobox.toggleDropdown()}
          aria-label={`${company.name}. ${texts.company.switch}`}
          aria-keyshortcuts="Alt+C"
          title={`${texts.company.switch} (Alt+C)`}
        >
          <CompanyLogo company={company} />
          <span className="switcher-name">{company.name}</span>
          <IconSelector size={16} aria-hidden="true" />
        </UnstyledButton>
      </Combobox.Target>
      <Combobox.Dropdown className="switcher-menu">
        {companies.length >= many && (
          <Combobox.Search
            value={search}
            onChange={event => {
              setSearch(event.currentTarget.value)
              combobox.updateSelectedOptionIndex()
            }}
            placeholder={texts.company.search}
            aria-label={texts.company.search}
          />
        )}
        <Combobox.Options aria-label={texts.company.switch}>
          <div className="switcher-options">
            {found.map(one => (
              <Combobox.Option
                value={one.id}
                key={one.id}
                active={one.id === company.id}
                selected={one.id === company.id}
                className="company-row"
              >
                <CompanyLines company={one} />
                {one.id === company.id && <IconCheck size={18} aria-hidden="true" />}
              </Combobox.Option>
            ))}
            {!found.length && <Combobox.Empty>{texts.company.noMatch}</Combobox.Empty>}
          </div>
          <Combobox.Option value={newCompany} className="company-row switcher-new">
            <IconPlus size={18} aria-hidden="true" />
            {texts.company.newTitle}
          </Combobox.Option>
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  )
}
