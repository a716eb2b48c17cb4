import { Button, Group, Stack } from '@mantine/core'
import { useForm } from '@mantine/form'
import { ApiProblem } from '@spintrack/client/problem'
import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useId } from 'react'
import { texts } from '../texts.ts'
import { ProblemAlert } from './problem.tsx'

type Values = Record<string, string | null>

type FormOptions<V extends Values, R> = {
  initial: V
  /** Says what is wrong with a field before it is sent; the API has the last word. */
  check?: { [field in keyof V]?: (value: V[field], values: V) => string | null }
  send: (values: V) => Promise<R>
  onDone: (result: R) => void
}

/**
 * The one way a form works here: `send` what was typed, put the API's complaints beside the fields they are about and
 * the rest above the buttons, keep every letter typed until it is stored.
 */
export function useApiForm<V extends Values, R>({ initial, check, send, onDone }: FormOptions<V, R>) {
  const id = useId()
  const form = useForm<V>({ mode: 'controlled', initialValues: initial, validate: (check ?? {}) as never })
  const sending = useMutation({
    mutationFn: send,
    onSuccess: onDone,
    onError: error => showErrors(fieldErrors(error, initial)),
  })
  const showErrors = (errors: Record<string, ReactNode>) => {
    form.setErrors(errors)
    focusField(id, Object.keys(errors)[0])
  }
  return {
    id,
    pending: sending.isPending,
    /** Takes back what the last try was refused for, once that was put right otherwise. */
    dismiss: sending.reset,
    problem: Object.keys(fieldErrors(sending.error, initial)).length ? null : sending.error,
    values: form.values,
    set: form.setFieldValue,
    field: (name: keyof V & string) => ({ name, ...form.getInputProps(name) }),
    submit: form.onSubmit(
      values => {
        if (!sending.isPending) sending.mutate(values)
      },
      errors => focusField(id, Object.keys(errors)[0]),
    ),
  }
}

type FormProps = {
  form: Pick<ReturnType<typeof useApiForm>, 'id' | 'pending' | 'problem' | 'submit'>
  submit: string
  onCancel?: (() => void) | undefined
  wide?: boolean
  /** What it does cannot simply be done again the other way. */
  danger?: boolean
  /** More about the problem, and what can be done about it. */
  remedy?: ReactNode
  children: ReactNode
}

export function Form({ form, submit, onCancel, wide = false, danger = false, remedy, children }: FormProps) {
  return (
    <form id={form.id} onSubmit={form.submit} noValidate>
      <Stack gap="md">
        {children}
        <ProblemAlert error={form.problem} />
        {remedy}
        <Group justify="flex-end" gap="sm" mt={4}>
          {onCancel && (
            <Button variant="default" onClick={onCancel}>
              {texts.cancel}
            </Button>
          )}
          <Button type="submit" className={danger ? 'danger' : undefined} loading={form.pending} fullWidth={wide}>
            {submit}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

/** Codes that are about one field though the answer names none. */
const fieldOfCode: Partial<Record<ApiProblem['code'], string>> = {
  email_taken: 'email',
  weak_password: 'password',
  slug_taken: 'slug',
  serial_number_taken: 'serialNumber',
  spinner_retired: 'spinnerId',
}

/** The API's complaints by field; empty when one of them is about something this form does not show. */
function fieldErrors(error: unknown, fields: Values): Record<string, string> {
  if (!(error instanceof ApiProblem)) return {}
  const field = fieldOfCode[error.code]
  if (field && field in fields) return { [field]: error.message }
  const named = error.errors.map(({ path, message }) => [path.replace(/^\/body\//, ''), message] as const)
  return named.every(([name]) => name in fields) ? Object.fromEntries(named) : {}
}

function focusField(id: string, name: string | undefined) {
  const field = name && document.getElementById(id)?.querySelector<HTMLElement>(`[name="${name}"]`)
  if (field) field.focus()
}
