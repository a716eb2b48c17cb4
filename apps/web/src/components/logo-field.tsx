import { Button } from '@mantine/core'
import type { operations } from '@spintrack/client/generated/schema'
import { limits } from '@spintrack/contract/limits'
import { useMutation } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { Company } from '../api.ts'
import { companyTexts } from '../company-texts.ts'
import { notifySaved } from '../notices.tsx'
import { useCompany } from '../session.ts'
import { saveLogo } from '../settings.ts'
import { CompanyLogo, Picture } from './logo.tsx'
import { ProblemAlert } from './problem.tsx'

const t = companyTexts.look
const types = ['image/png', 'image/jpeg', 'image/webp'] satisfies ImageType[]
type ImageType = keyof operations['putLogo']['requestBody']['content']

/** The company's logo: choosing a file shows and saves it. */
export function LogoField({ shown }: { shown: Company }) {
  const company = useCompany()
  const input = useRef<HTMLInputElement>(null)
  const [refusal, setRefusal] = useState<string | null>(null)
  const saving = useMutation({
    mutationFn: (image: File | null) => saveLogo(company, image),
    onSuccess: (_, image) => notifySaved(image ? t.saved : t.removed),
  })
  const choose = (image: File | undefined) => {
    if (!image) return
    const refused = whyNot(image)
    setRefusal(refused)
    saving.reset()
    if (!refused) saving.mutate(image)
  }
  const sent = saving.isPending ? saving.variables : null
  const has = shown.branding.logoUpdatedAt !== null
  return (
    <fieldset className="logo-field" aria-labelledby="logo-title" aria-busy={saving.isPending}>
      <span className="logo-box">
        {sent ? <Picture image={sent} height={48} /> : <CompanyLogo company={company} height={48} />}
      </span>
      <div className="logo-text">
        <strong id="logo-title">{t.logo}</strong>
        <p className="hint">{t.logoHint}</p>
      </div>
      <div className="logo-actions">
        <Button variant="default" loading={saving.isPending} onClick={() => input.current?.click()}>
          {has ? t.replace : t.upload}
        </Button>
        {has && (
          <Button variant="subtle" color="gray" disabled={saving.isPending} onClick={() => saving.mutate(null)}>
            {t.remove}
          </Button>
        )}
      </div>
      <input
        ref={input}
        type="file"
        accept={types.join()}
        hidden
        onChange={event => {
          choose(event.currentTarget.files?.[0])
          // The same file again is to be noticed too, once it was mended.
          event.currentTarget.value = ''
        }}
      />
      {refusal && (
        <p role="alert" className="problem">
          {refusal}
        </p>
      )}
      <ProblemAlert error={saving.error} />
    </fieldset>
  )
}

/** What is wrong with a file is said before it is sent; the API looks at its content as well. */
function whyNot({ name, type, size }: File): string | null {
  if (!types.some(known => known === type)) return t.logoType(name)
  if (size > limits.logoBytes) return t.logoSize(new Intl.NumberFormat().format(Math.ceil(size / 1024)))
  return null
}
