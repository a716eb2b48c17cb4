import { useEffect, useRef } from 'react'
import type { Spinner } from '../api.ts'
import { companyTexts } from '../company-texts.ts'
import type { SpinnerChoice } from '../spinner-choice.ts'

const t = companyTexts.copy

/** The box that chooses one spinner of a list. */
export function Choose({ spinner, choice }: { spinner: Spinner; choice: SpinnerChoice }) {
  const chosen = choice.has(spinner)
  return (
    <label className="choose-box">
      <span className="sr-only">{t.choose(spinner.name)}</span>
      <input
        type="checkbox"
        checked={chosen}
        onChange={() => (chosen ? choice.remove([spinner]) : choice.add([spinner]))}
      />
    </label>
  )
}

/** The box that chooses all spinners shown, half filled while some are chosen. */
export function ChooseAll({ spinners, choice }: { spinners: Spinner[]; choice: SpinnerChoice }) {
  const box = useRef<HTMLInputElement>(null)
  const chosen = spinners.filter(spinner => choice.has(spinner)).length
  const all = chosen === spinners.length
  useEffect(() => {
    if (box.current) box.current.indeterminate = chosen > 0 && !all
  }, [chosen, all])
  return (
    <label className="choose-box">
      <span className="sr-only">{t.chooseAll}</span>
      <input
        ref={box}
        type="checkbox"
        checked={all}
        onChange={() => (all ? choice.remove(spinners) : choice.add(spinners))}
      />
    </label>
  )
}
