import { Button, Divider } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { api, type Company } from '../api.ts'
import { companyTexts } from '../company-texts.ts'
import { ProblemAlert } from './problem.tsx'

const t = companyTexts.demo

/** One press to a company full of examples, for whoever wants to look before typing anything. */
export function DemoOffer({ onDone }: { onDone: (company: Company) => void }) {
  const making = useMutation({
    mutationFn: () => api.createCompany({ name: t.name, template: 'demo' }),
    onSuccess: onDone,
  })
  return (
    <>
      <Divider label={t.or} />
      <div className="demo-offer">
        <ProblemAlert error={making.error} />
        <Button variant="default" fullWidth loading={making.isPending} onClick={() => making.mutate()}>
          {t.offer}
        </Button>
        <p className="hint">{t.offerHint}</p>
      </div>
    </>
  )
}
