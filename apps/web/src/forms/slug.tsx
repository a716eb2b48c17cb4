import { TextInput, type TextInputProps } from '@mantine/core'
import { limits } from '@spintrack/contract/limits'
import { texts } from '../texts.ts'

const pattern = new RegExp(limits.slug.pattern)

export function isSlug(typed: string): boolean {
  return typed.length >= limits.slug.min && pattern.test(typed)
}

/** A company's part of the address. */
export function SlugInput(props: TextInputProps) {
  return (
    <TextInput
      label={texts.company.slug}
      leftSection={<span className="slug-prefix">/c/</span>}
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      maxLength={limits.slug.max}
      {...props}
    />
  )
}
